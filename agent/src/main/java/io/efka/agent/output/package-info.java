/**
 * A service's stdout and stderr: files the kernel appends to, one watcher, one shipper that publishes what is new, and a
 * reader that answers from the same files. {@link io.efka.agent.output.Output} is the door.
 *
 * <p>Threads: {@code agent-output} owns every offset and publishes; {@code agent-output-watch} hears of writes and leaves
 * it a note. Files are shared under one lock a stream. Offsets never go back, whoever truncates or deletes a file: its
 * name says which offset its position 0 is, and it is renamed when that changes. Uses values of {@code service}, ports
 * of {@code wire}, and the JDK.
 */
@NullMarked
package io.efka.agent.output;

import org.jspecify.annotations.NullMarked;
