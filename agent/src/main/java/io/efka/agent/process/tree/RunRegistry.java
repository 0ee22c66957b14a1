package io.efka.agent.process.tree;

import io.efka.agent.process.cgroup.GroupRemoval;
import io.efka.agent.process.cgroup.RunGroup;
import io.efka.agent.process.proc.RetryingExecutor;
import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.Launcher.Launch;
import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import io.efka.protocol.Exit;
import io.efka.protocol.RunId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The runs that have processes, from the launch to the end of the tree. Thread-safe. */
public final class RunRegistry {
    private final ProcessTrees trees;
    private final RetryingExecutor work;
    private final TreeReaper treeReaper;
    private final Map<RunId, ActiveRun> runs = new ConcurrentHashMap<>();

    public RunRegistry(ProcessTrees trees, RetryingExecutor work, TreeReaper treeReaper) {
        this.trees = trees;
        this.work = work;
        this.treeReaper = treeReaper;
    }

    /** The main process of a run, and its group where there is one. */
    public record Main(ProcessIdentity process, Optional<RunGroup> group) {}

    public ActiveRun begin(Launch launch, Main main, RunOutput output, Consumer<Event> tell) {
        ProcessTreeId treeId =
                new ProcessTreeId(ProcessTreeId.Mark.of(launch.run()), Optional.of(main.process()), main.group());
        ActiveRun run = new ActiveRun(launch, treeId, output, tell, () -> end(launch.run()));
        runs.put(launch.run(), run);
        return run;
    }

    public Optional<ActiveRun> find(RunId id) {
        return Optional.ofNullable(runs.get(id));
    }

    /** The main process of a run ended: tells it, and looks after what it left. */
    public void mainEnded(ActiveRun run, Exit exit) {
        boolean treeEmpty = trees.isEmpty(run.treeId());
        run.mainEnded(new Event.Exited(run.id(), exit, treeEmpty));
        if (!treeEmpty) watch(run);
    }

    /** Kills whatever is found of a run, until nothing is. */
    public void kill(ActiveRun run) {
        run.killFromNowOn();
        watch(run);
    }

    private void watch(ActiveRun run) {
        if (run.beginWatch()) treeReaper.follow(run);
    }

    /** The run is over: nothing of it is kept. */
    private void end(RunId id) {
        ActiveRun run = runs.remove(id);
        if (run == null) return;
        run.treeId().group().ifPresent(group -> new GroupRemoval(group, work).begin());
        run.stopCommand().ifPresent(command -> work.run(command::kill));
    }
}
