package io.efka.agent.supervision;

import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceStatus;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Somebody who asked a supervisor for something and waits for its outcome. Answered exactly once.
 *
 * @param commandId for the status's cause; empty when the command had none
 * @param waits false: answered at acceptance, not when done
 * @param answer takes the outcome; called on the mailbox, must not block
 */
public record Request(Optional<String> commandId, boolean waits, Consumer<Outcome> answer) {

    /** What became of a request to a supervisor. */
    public sealed interface Outcome {

        /** It is done, or accepted if the request did not wait. */
        record Done(ServiceStatus status) implements Outcome {}

        /** It was refused or failed. */
        record Rejected(ErrorCode reason, String message, ServiceStatus status) implements Outcome {}
    }
}
