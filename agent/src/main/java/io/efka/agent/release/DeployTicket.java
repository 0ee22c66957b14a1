package io.efka.agent.release;

import io.efka.agent.release.DeployResult.Problem;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import java.util.concurrent.CompletableFuture;

/**
 * What whoever asks for a deploy gets. Thread-safe.
 *
 * @param accepted completes when the next agent would go on with it, or it was refused, or it is over
 * @param result completes when the deploy is over, or switched where nobody wants the service to run
 */
public record DeployTicket(CompletableFuture<Void> accepted, CompletableFuture<DeployResult> result) {
    static DeployTicket create() {
        var result = new CompletableFuture<DeployResult>();
        var accepted = new CompletableFuture<Void>();
        return new DeployTicket(accepted, result);
    }

    @SuppressWarnings("NullAway") // a Void has no other value
    void accept() {
        accepted.complete(null);
    }

    void end(DeployResult how) {
        result.complete(how);
        accept();
    }

    void supersede(String why) {
        end(DeployResult.of(DeployResult.Outcome.SUPERSEDED, new Problem(ErrorCode.CANCELLED, why)));
    }

    void refuse(CommandException refusal) {
        end(DeployResult.failed(Problem.of(refusal)));
    }
}
