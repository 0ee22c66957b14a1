package io.efka.agent.command.handler;

import static io.efka.agent.command.CommandTable.Next.AFTER_COMPLETION;
import static io.efka.agent.command.CommandTable.Next.AFTER_DISPATCH;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.command.CommandResult;
import io.efka.agent.command.KeyedSerialExecutor;
import io.efka.agent.command.handler.ActionRounds.Begun;
import io.efka.agent.command.handler.ApplySteps.Action;
import io.efka.protocol.ServiceId;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class ActionRoundsTest {
    private static final ServiceId CAM = new ServiceId("cam");

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final KeyedSerialExecutor queues = new KeyedSerialExecutor(tasks::add, 64, 1 << 20);
    private boolean hasReleases;

    private void settle() {
        while (!tasks.isEmpty()) tasks.remove().run();
    }

    /** What has releases is deployed to, and a deploy waits for its turn in the same queue. */
    private Begun begin() {
        var going = new CompletableFuture<Optional<Action>>();
        var done = Optional.of(new Action(CAM, "updated", CommandResult.done()));
        if (!hasReleases) return new Begun(AFTER_COMPLETION, CompletableFuture.completedFuture(done));
        queues.turn(CAM, end -> {
            going.complete(done);
            end.run();
        });
        return new Begun(AFTER_DISPATCH, going);
    }

    @Test
    void aServiceThatIsInstalledWhileAnApplyWaitsIsDeployedToWithoutADeadlock() {
        queues.turn(CAM, end -> {
            hasReleases = true; // by an install that is under way
            end.run();
        });
        CompletableFuture<Optional<Action>> action = new ActionRounds(queues).inQueue(CAM, true, this::begin);
        settle();
        assertThat(action).isCompletedWithValueMatching(Optional::isPresent);
    }
}
