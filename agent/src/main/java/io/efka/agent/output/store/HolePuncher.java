package io.efka.agent.output.store;

import java.nio.file.Path;

/** Gives the beginning of a file back to the file system without moving what follows it. Thread-safe. */
public interface HolePuncher {

    /**
     * Frees the first bytes of a file that others may be appending to; its size stays. Blocks for the file system.
     *
     * @param length a multiple of the file system's block
     * @return false if it cannot be done here
     */
    boolean punch(Path file, long length);
}
