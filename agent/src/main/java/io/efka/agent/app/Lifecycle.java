package io.efka.agent.app;

import io.efka.threads.ExitCode;
import java.util.List;

/**
 * What an operator starts and stops: the agent, or the demo around it. It is started once; {@link #close()} may be called
 * at any time and from any thread, also during {@link #start()} or without it.
 */
public interface Lifecycle extends AutoCloseable {

    /**
     * Starts everything and returns when it runs. After a failure, {@link #close()} stops what was started.
     *
     * @throws StartException if it cannot run here; the message says what to do about it
     */
    void start() throws StartException;

    /**
     * Waits until it has ended completely, by {@link #close()} or by itself (the {@code shutdown} command).
     *
     * @return how it ended
     */
    ExitCode awaitEnd() throws InterruptedException;

    /**
     * Reads the files that its settings name again. May block for the disk.
     *
     * @return in words, what became of each file and what follows; empty: there is none
     */
    default List<String> reread() {
        return List.of();
    }

    /** Ends everything gracefully and returns when it has ended, within the time its settings grant. Idempotent. */
    @Override
    void close();

    /** The agent cannot run here and now; the message is for the operator. */
    static final class StartException extends Exception {
        private final Reason reason;

        public StartException(Reason reason, String message) {
            super(message);
            this.reason = reason;
        }

        public StartException(Reason reason, String message, Throwable cause) {
            super(message, cause);
            this.reason = reason;
        }

        public Reason reason() {
            return reason;
        }

        /** What kind of failure it is, and so which exit code follows. */
        public enum Reason {
            /** Another agent uses the data folder. */
            DATA_FOLDER_BUSY,
            /** The data folder or the log folder cannot be made, read or written. */
            DATA_FOLDER_UNUSABLE,
            /** Something it needs is not available: a port is taken, a program is missing. */
            UNAVAILABLE
        }
    }
}
