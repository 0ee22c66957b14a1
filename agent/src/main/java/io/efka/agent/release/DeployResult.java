package io.efka.agent.release;

import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import java.util.Optional;

/**
 * How a deploy ended.
 *
 * @param problem why it did not succeed; empty if it did
 */
public record DeployResult(Outcome outcome, Optional<Problem> problem) {

    /** On the wire in lower case. */
    public enum Outcome {
        COMMITTED,
        FAILED,
        ROLLED_BACK,
        ROLLBACK_FAILED,
        CANCELLED,
        SUPERSEDED
    }

    /** @param message one sentence, for a person */
    public record Problem(ErrorCode code, String message) {
        static Problem of(CommandException refusal) {
            return new Problem(refusal.code(), refusal.reason());
        }
    }

    static final DeployResult COMMITTED = new DeployResult(Outcome.COMMITTED, Optional.empty());

    static DeployResult failed(Problem problem) {
        return new DeployResult(Outcome.FAILED, Optional.of(problem));
    }

    static DeployResult of(Outcome outcome, Problem problem) {
        return new DeployResult(outcome, Optional.of(problem));
    }
}
