/**
 * State that survives a kill -9 and a power cut. {@link io.efka.agent.state.StateStore} keeps named maps of documents in
 * memory; a change is acknowledged when its record in an append-only journal is synced (one sync a group of commits), and
 * now and then everything goes into a MapDB checkpoint, written whole to a new file, because MapDB's own transactions lose
 * data at a kill. The other classes implement ports of other packages on top of it. Commits run on their callers' threads; the package's own
 * are {@code agent-state} and {@code agent-checkpoint}. Only
 * {@link io.efka.agent.state.Checkpoint} uses MapDB.
 */
@NullMarked
package io.efka.agent.state;

import org.jspecify.annotations.NullMarked;
