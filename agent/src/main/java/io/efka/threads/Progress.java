package io.efka.threads;

/**
 * Something that works on what it is given, and shows whether it gets on. Thread-safe; reading it takes no lock and
 * allocates nothing, so that it can be read when everything else is stuck.
 */
public interface Progress {
    /** As it is called in a thread dump or in the log. */
    String name();

    /** Whether there is something to do; what is idle is never stuck. */
    boolean isBusy();

    /** Changes whenever something was done. */
    int steps();
}
