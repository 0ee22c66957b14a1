package io.efka.agent.process;

import io.efka.agent.process.proc.LaunchRefused;
import io.efka.agent.process.proc.RetryingExecutor;
import io.efka.agent.process.tree.LaunchSpec;
import io.efka.agent.process.tree.ProcessTrees;
import io.efka.agent.process.tree.RunRegistry.ActiveRun;
import io.efka.agent.process.tree.SideProcess;
import io.efka.agent.process.tree.Spawner;
import io.efka.agent.supervision.Event;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Runs a service's stop command next to the service, until the service has ended or its grace is over. */
final class StopCommand {
    private final ActiveRun run;
    private final LaunchSpec.Factory specs;
    private final Spawner spawner;

    StopCommand(ActiveRun run, LaunchSpec.Factory specs, Spawner spawner) {
        this.run = run;
        this.specs = specs;
        this.spawner = spawner;
    }

    /** Starts it; reports its end to the run. */
    void run(String exec, List<String> args, ProcessTrees trees, RetryingExecutor work) {
        Duration grace = run.launch().manifest().stop().grace();
        OptionalInt mainPid = run.treeId().leader().stream()
                .mapToInt(leader -> Math.toIntExact(leader.pid()))
                .findFirst();
        var side = new LaunchSpec.Factory.Side(run.id() + "-stop", mainPid, run.output());
        try {
            LaunchSpec spec = specs.side(run.launch(), exec, args, side);
            var limit = new SideProcess.Limit(grace, code -> ended(problem(code, grace)));
            SideProcess command = SideProcess.start(spawner, spec, trees, work, limit);
            if (!run.setStopCommand(command)) command.kill();
        } catch (LaunchRefused refused) {
            ended(Optional.of("stop command: " + refused.reason()));
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
