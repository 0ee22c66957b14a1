package io.efka.fleet.session;

import io.efka.mqtt.LinkException;
import io.efka.threads.ExitCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** What came of a request. */
final class SettledAnswer {
    private SettledAnswer() {}

    private static ExitCode code(Throwable cause) {
        return cause instanceof LinkException refusal && refusal.isRefused()
                ? ExitCode.NOT_ALLOWED
                : ExitCode.UNAVAILABLE;
    }

    static <T> T of(CompletableFuture<T> answer, String what) throws FleetException {
        try {
            return answer.join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String message = what + " failed: " + cause.getMessage();
            throw LinkException.kindOf(cause) == LinkException.Kind.LOST
                    ? new LostConnectionException(message)
                    : new FleetException(code(cause), message);
        }
    }
}
