package io.efka.fleet.session;

import io.efka.threads.ExitCode;

/** What was asked of the broker was not answered because the connection is lost. */
final class LostConnectionException extends FleetException {
    private static final long serialVersionUID = 1L;

    LostConnectionException(String message) {
        super(ExitCode.UNAVAILABLE, message);
    }
}
