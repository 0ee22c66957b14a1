/**
 * The event journal: every event that the agent publishes is also kept on disk, within bounds, and can be searched.
 *
 * <p>Any thread records an event, which puts a line into a bounded queue. {@code agent-events} writes the lines, and nobody waits
 * for it: a disk that is full or hangs costs events, which are counted. Searches run in the pool of {@code agent.search} and see
 * the files and the lines that still wait.
 */
@NullMarked
package io.efka.agent.events;

import org.jspecify.annotations.NullMarked;
