/**
 * A service's stdout and stderr: files that the kernel appends to, one watcher, one shipper that publishes new output,
 * and a reader that answers queries from the same files. {@link io.efka.agent.output.Output} is the entry point.
 *
 * <p>Threads: {@code agent-output} owns all offsets and publishes; {@code agent-output-watch} is notified of writes and
 * leaves it a note. Each stream's files have one lock. Offsets never go back, even if somebody truncates or deletes a
 * file: the file's name says which offset its position 0 has, and the file is renamed when that changes.
 */
@NullMarked
package io.efka.agent.output;

import org.jspecify.annotations.NullMarked;
