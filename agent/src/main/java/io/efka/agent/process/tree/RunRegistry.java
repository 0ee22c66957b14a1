package io.efka.agent.process.tree;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.process.cgroup.RunGroup;
import io.efka.agent.process.proc.RetryingExecutor;
import io.efka.agent.process.tree.ProcessTrees.TreeId;
import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.Launcher;
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

    public RunRegistry(ProcessTrees trees, RetryingExecutor work) {
        this.trees = trees;
        this.work = work;
        this.treeReaper = new TreeReaper(trees, work);
    }

    /**
     * Adds a run.
     *
     * @param main its main process
     * @param group its control group, if it has one
     * @param tell receives its events; must only enqueue them
     */
    public ActiveRun begin(
            Launch launch, ProcessIdentity main, Optional<RunGroup> group, RunOutput output, Consumer<Event> tell) {
        TreeId treeId = new TreeId(TreeId.Mark.of(launch.run()), Optional.of(main), group);
        ActiveRun run = new ActiveRun(launch, treeId, output, tell, () -> end(launch.run()));
        runs.put(launch.run(), run);
        return run;
    }

    public Optional<ActiveRun> find(RunId id) {
        return Optional.ofNullable(runs.get(id));
    }

    /** The main process of a run ended: reports it, and watches the rest of the tree until it is empty. */
    public void mainEnded(ActiveRun run, Exit exit) {
        boolean treeEmpty = trees.isEmpty(run.treeId());
        run.mainEnded(new Event.Exited(run.id(), exit, treeEmpty));
        if (!treeEmpty) watch(run);
    }

    /** Kills all processes of a run, until none is found any more. */
    public void kill(ActiveRun run) {
        run.killFromNowOn();
        watch(run);
    }

    /** Watches a tree that is not in the registry until it is empty. */
    void reap(TreeReaper.Watched tree) {
        treeReaper.follow(tree);
    }

    private void watch(ActiveRun run) {
        if (run.beginWatch()) treeReaper.follow(run);
    }

    /** The run has ended: removes it. */
    private void end(RunId id) {
        ActiveRun run = runs.remove(id);
        if (run == null) return;
        run.treeId().group().ifPresent(group -> group.removeSoon(work));
        run.stopCommand().ifPresent(command -> work.run(command::kill));
    }

    /**
     * A run that has processes. Thread-safe; it reports events in the order in which they happened, under its lock, so
     * {@code tell} must only enqueue them.
     */
    public static final class ActiveRun implements TreeReaper.Watched {
        private final Launcher.Launch launch;
        private final TreeId treeId;
        private final RunOutput output;
        private final Consumer<Event> tell;
        private final Runnable whenGone;

        @GuardedBy("this") private Optional<SideProcess> stopCommand = Optional.empty();

        @GuardedBy("this") private Phase phase = Phase.MAIN_ALIVE;

        @GuardedBy("this") private boolean watched;

        private volatile boolean killing;

        private enum Phase {
            MAIN_ALIVE,
            MAIN_ENDED,
            GONE
        }

        ActiveRun(Launcher.Launch launch, TreeId treeId, RunOutput output, Consumer<Event> tell, Runnable whenGone) {
            this.launch = launch;
            this.treeId = treeId;
            this.output = output;
            this.tell = tell;
            this.whenGone = whenGone;
        }

        public RunId id() {
            return launch.run();
        }

        public Launcher.Launch launch() {
            return launch;
        }

        @Override
        public TreeId treeId() {
            return treeId;
        }

        public RunOutput output() {
            return output;
        }

        /** The stop command that was started last. */
        synchronized Optional<SideProcess> stopCommand() {
            return stopCommand;
        }

        /** Remembers a stop command, which is killed with the run; returns false if the run has ended already. */
        public synchronized boolean setStopCommand(SideProcess command) {
            stopCommand = Optional.of(command);
            return phase != Phase.GONE;
        }

        /** Reports an event before the end. */
        public void tell(Event event) {
            tell.accept(event);
        }

        /** The main process ended; reports it. */
        synchronized void mainEnded(Event.Exited exited) {
            phase = exited.treeEmpty() ? Phase.GONE : Phase.MAIN_ENDED;
            if (exited.treeEmpty()) whenGone.run();
            tell.accept(exited);
        }

        /** Reports it, if the end of the main process was reported; otherwise the run has not ended yet. */
        @Override
        public synchronized boolean foundEmpty() {
            if (phase == Phase.MAIN_ENDED) {
                phase = Phase.GONE;
                whenGone.run();
                tell.accept(new Event.TreeEmptied(id()));
            }
            return phase == Phase.GONE;
        }

        public synchronized boolean isGone() {
            return phase == Phase.GONE;
        }

        /** Whether the caller must watch the tree from now on; true once. */
        synchronized boolean beginWatch() {
            boolean first = !watched;
            watched = true;
            return first;
        }

        void killFromNowOn() {
            killing = true;
        }

        @Override
        public boolean isKilling() {
            return killing;
        }
    }
}
