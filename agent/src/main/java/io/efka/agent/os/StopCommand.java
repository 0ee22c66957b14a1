package io.efka.agent.os;

import io.efka.agent.service.Event;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Runs a service's own stop command: beside the service, and no longer than the service or its grace. */
final class StopCommand {
    private final LiveRun run;
    private final Orders orders;
    private final Spawner spawner;

    StopCommand(LiveRun run, Orders orders, Spawner spawner) {
        this.run = run;
        this.orders = orders;
        this.spawner = spawner;
    }

    /** Starts it; its end is told to the run. */
    void run(String exec, List<String> args, Trees trees, Work work) {
        Duration grace = run.launch().manifest().stop().grace();
        OptionalInt mainPid = run.kin().leader().stream()
                .mapToInt(leader -> Math.toIntExact(leader.pid()))
                .findFirst();
        var side = new Orders.Side(run.id() + "-stop", mainPid, run.output());
        try {
            Order order = orders.side(run.launch(), exec, args, side);
            var limit = new SideProcess.Limit(grace, code -> ended(problem(code, grace)));
            SideProcess command = SideProcess.start(spawner, order, trees, work, limit);
            if (!run.began(command)) command.kill();
        } catch (LaunchRefused refused) {
            ended(Optional.of("stop command: " + refused.why()));
        }
    }

    private Optional<String> problem(OptionalInt code, Duration grace) {
        if (code.isEmpty()) {
            return run.isGone()
                    ? Optional.empty()
                    : Optional.of("stop command took longer than " + grace.toMillis() + " ms");
        }
        if (code.getAsInt() == 0) return Optional.empty();
        return Optional.of("stop command exited with " + code.getAsInt());
    }

    private void ended(Optional<String> problem) {
        run.tell(new Event.StopCommandEnded(run.id(), problem));
    }
}
