package io.efka.threads;

/**
 * Something that does work and shows whether it makes progress. Thread-safe; reading it takes no lock and allocates
 * nothing, so that it can be read when everything else is stuck.
 */
public interface Progress {
    /** Its name in a thread dump and in the log. */
    String name();

    /** Whether it has something to do; if not, it is not stuck. */
    boolean isBusy();

    /** Changes whenever it has done something. */
    int steps();
}
