package io.efka.agent.os;

import io.efka.agent.service.Event;
import io.efka.agent.service.Exit;
import io.efka.agent.service.Launcher.Launch;
import io.efka.agent.service.ProcessIdentity;
import io.efka.agent.service.RunId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The runs that have processes, from the launch to the end of the tree. Thread-safe. */
final class Runs {
    private final Trees trees;
    private final Work work;
    private final TreeWatch treeWatch;
    private final Map<RunId, LiveRun> runs = new ConcurrentHashMap<>();

    Runs(Trees trees, Work work, TreeWatch treeWatch) {
        this.trees = trees;
        this.work = work;
        this.treeWatch = treeWatch;
    }

    /** The main process of a run, and its group where there is one. */
    record Main(ProcessIdentity process, Optional<RunGroup> group) {}

    LiveRun begin(Launch launch, Main main, RunOutput output, Consumer<Event> tell) {
        Kin kin = new Kin(Kin.Mark.of(launch.run()), Optional.of(main.process()), main.group());
        LiveRun run = new LiveRun(launch, kin, output, tell, () -> end(launch.run()));
        runs.put(launch.run(), run);
        return run;
    }

    Optional<LiveRun> find(RunId id) {
        return Optional.ofNullable(runs.get(id));
    }

    /** The main process of a run ended: tells it, and looks after what it left. */
    void mainEnded(LiveRun run, Exit exit) {
        boolean treeEmpty = trees.isEmpty(run.kin());
        run.mainEnded(new Event.Exited(run.id(), exit, treeEmpty));
        if (!treeEmpty) watch(run);
    }

    /** Kills whatever is found of a run, until nothing is. */
    void kill(LiveRun run) {
        run.killFromNowOn();
        watch(run);
    }

    private void watch(LiveRun run) {
        if (run.beginWatch()) treeWatch.follow(run);
    }

    /** The run is over: nothing of it is kept. */
    private void end(RunId id) {
        LiveRun run = runs.remove(id);
        if (run == null) return;
        run.kin().group().ifPresent(group -> new GroupRemoval(group, work).begin());
        run.stopCommand().ifPresent(command -> work.run(command::kill));
    }
}
