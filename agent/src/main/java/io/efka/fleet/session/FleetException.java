package io.efka.fleet.session;

import io.efka.threads.ExitCode;

/** A command for the fleet cannot go on. The message is for the operator. */
public sealed class FleetException extends Exception permits LostConnectionException {
    private static final long serialVersionUID = 1L;

    private final ExitCode code;

    public FleetException(ExitCode code, String message) {
        super(message);
        this.code = code;
    }

    /** With what the process ends. */
    public ExitCode code() {
        return code;
    }
}
