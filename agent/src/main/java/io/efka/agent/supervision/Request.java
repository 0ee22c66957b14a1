package io.efka.agent.supervision;

import io.efka.protocol.Cause;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceStatus;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A request to a supervisor, which answers it exactly once.
 *
 * @param cause goes into the status
 * @param waits whether it is answered when done; if false, when accepted
 * @param answer gets the outcome; called on the mailbox, must not block
 */
public record Request(Cause cause, boolean waits, Consumer<Outcome> answer) {
    /** One of a command; {@code commandId} is empty if it had none. */
    public Request(Optional<String> commandId, boolean waits, Consumer<Outcome> answer) {
        this(Cause.command(commandId), waits, answer);
    }

    /** The outcome of a request. */
    public sealed interface Outcome {

        /** It is done, or accepted if the request did not wait. */
        record Done(ServiceStatus status) implements Outcome {}

        /** It was refused or failed. */
        record Rejected(ErrorCode reason, String message, ServiceStatus status) implements Outcome {}
    }
}
