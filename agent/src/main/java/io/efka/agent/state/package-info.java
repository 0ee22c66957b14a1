/**
 * State that survives a kill -9 and a power cut. {@link io.efka.agent.state.StateStore} keeps named maps of documents in
 * memory. A change is acknowledged when its record in an append-only journal is synced, with one sync for each group of
 * commits. Now and then everything is written to a new file, a MapDB checkpoint, because MapDB's own transactions lose data
 * at a kill; only {@link io.efka.agent.state.Checkpoint} uses MapDB. The other classes implement ports of other packages on
 * top of the store.
 *
 * <p>Commits run on their callers' threads; the package's own threads are {@code agent-state} and {@code agent-checkpoint}.
 */
@NullMarked
package io.efka.agent.state;

import org.jspecify.annotations.NullMarked;
