package io.efka.agent.app;

/** The agent cannot run here and now; the message is for the operator. */
public final class StartException extends Exception {
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
        /** Something it needs is not to be had: a port is taken, a program is missing. */
        UNAVAILABLE
    }
}
