package io.efka.agent.process;

import io.efka.agent.process.cgroup.Cgroups;
import io.efka.agent.process.cgroup.RunGroup;
import io.efka.agent.process.proc.AgentMark;
import io.efka.agent.process.proc.LaunchRefused;
import io.efka.agent.process.proc.ProcessTable;
import io.efka.agent.process.proc.ProcessTable.ProcessStat;
import io.efka.agent.process.proc.RetryingExecutor;
import io.efka.agent.process.tree.Adoption;
import io.efka.agent.process.tree.ExitReader;
import io.efka.agent.process.tree.InputWriter;
import io.efka.agent.process.tree.LaunchSpec;
import io.efka.agent.process.tree.LaunchSpec.AgentEnvironment;
import io.efka.agent.process.tree.ProcessTrees;
import io.efka.agent.process.tree.RunFolder;
import io.efka.agent.process.tree.RunOutput;
import io.efka.agent.process.tree.RunRegistry;
import io.efka.agent.process.tree.RunRegistry.ActiveRun;
import io.efka.agent.process.tree.ShellPool;
import io.efka.agent.process.tree.Signaller;
import io.efka.agent.process.tree.Spawner;
import io.efka.agent.process.tree.UnrecordedRuns;
import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.Launcher;
import io.efka.agent.supervision.OutputFiles;
import io.efka.agent.supervision.ServiceRecord.RunRecord;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Signal;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Runs services as processes of this Linux machine. Thread-safe; slow work runs on the executors, which may be small
 * and bounded (a launch takes two milliseconds). Closing it ends its own helper processes, but no service.
 */
public final class ProcessLauncher implements Launcher, AutoCloseable {
    /** A launch takes milliseconds; seconds if a thousand others are before it. */
    static final Duration LAUNCH_LIMIT = Duration.ofSeconds(60);

    private static final Duration UNRECORDED_RUNS_LIMIT = Duration.ofSeconds(5);

    private final Cgroups cgroups;
    private final OutputFiles outputFiles;
    private final RetryingExecutor work;
    private final RunFolder runFolder;
    private final RetryingExecutor launches;
    private final LaunchSpec.Factory specs;
    private final LaunchPrefetch prefetch;
    private final ShellPool shells;
    private final Spawner spawner;
    private final Signaller signaller = new Signaller();
    private final ProcessTrees trees;
    private final RunRegistry runs;
    private final Adoption adoption;
    private final UnrecordedRuns unrecordedRuns;
    private final InputWriter inputs;

    /**
     * Run the slow work. There are two, because a launch may hang on a dead disk and a kill must not. If an executor
     * rejects a task, a launch fails; everything else is tried again.
     *
     * @param launches starts programs
     * @param processes signals, kills and searches for processes
     */
    public record Executors(Executor launches, Executor processes) {}

    /** @param outputFiles provides the files that the kernel appends the services' output to */
    public ProcessLauncher(
            AgentEnvironment environment,
            OutputFiles outputFiles,
            Cgroups cgroups,
            Timers timers,
            Executors executors) {
        ProcessTable table = new ProcessTable();
        this.cgroups = cgroups;
        this.outputFiles = outputFiles;
        this.work = new RetryingExecutor(executors.processes(), timers);
        this.launches = new RetryingExecutor(executors.launches(), timers);
        this.shells = new ShellPool(table, cgroups, launches);
        this.runFolder = RunFolder.prepared(environment.runFolder());
        this.specs = new LaunchSpec.Factory(environment);
        this.prefetch = new LaunchPrefetch(outputFiles, specs, launches);
        this.spawner = new Spawner(table, launches, shells);
        this.trees = new ProcessTrees(table, signaller);
        this.runs = new RunRegistry(trees, work);
        AgentMark agent = environment.agent();
        this.adoption = new Adoption(table, trees, cgroups, agent, runs, work);
        this.unrecordedRuns = new UnrecordedRuns(table, trees, cgroups, agent);
        this.inputs = new InputWriter(timers);
    }

    @Override
    public void prepare(Launch launch) {
        prefetch.begin(launch);
    }

    @Override
    public void launch(Launch launch, Consumer<Event> tell) {
        var answer = new LaunchAnswer(launch, tell, work.timers());
        if (!launches.offer(() -> launchNow(launch, answer))) {
            answer.fail("too many programs are being started, or the machine has no thread left");
        }
    }

    private void launchNow(Launch launch, LaunchAnswer answer) {
        if (answer.isGiven()) return;
        try {
            LaunchPrefetch.Prepared prepared = prefetch.of(launch);
            var warnings = new ArrayList<>(prepared.warnings());
            ShellPool.Shell shell = shells.take();
            Optional<RunGroup> group =
                    cgroups.limit(shell.group(), launch.manifest().limits(), warnings);
            Spawner.Spawned spawned = spawner.spawn(
                    shell, prepared.spec().joining(group.map(RunGroup::joins).orElse(List.of())));
            warnings.addAll(spawned.warnings());
            boolean inTime = answer.claim();
            Consumer<Event> listener = inTime ? answer.listener() : tooLate -> {};
            ActiveRun run = runs.begin(launch, spawned.identity(), group, prepared.output(), listener);
            run.tell(new Event.Launched(launch.run(), spawned.identity(), group.map(RunGroup::name), warnings));
            ExitReader.whenEnded(spawned.process(), work, code -> mainEnded(run, code));
            if (!inTime) runs.kill(run);
        } catch (LaunchRefused refused) {
            answer.fail(refused.reason());
        } catch (RuntimeException bug) {
            answer.fail("internal error: " + bug);
            throw bug;
        }
    }

    private void mainEnded(ActiveRun run, int exitValue) {
        runs.mainEnded(run, ExitReader.of(exitValue, work.timers().now(), run));
    }

    @Override
    public void adopt(Launch launch, RunRecord record, Consumer<Event> tell) {
        work.run(() -> {
            RunOutput output = RunOutput.current(outputFiles, launch);
            adoption.adopt(launch, record, output, tell);
        });
    }

    @Override
    public void signalTree(RunId id, Signal signal) {
        runs.find(id).ifPresent(run -> trees.signalTree(run.treeId(), signal, work));
    }

    @Override
    public void signal(RunId id, Signal signal) {
        runs.find(id).ifPresent(run -> trees.signalLeader(run.treeId(), signal));
    }

    @Override
    public void killTree(RunId id) {
        runs.find(id).ifPresent(runs::kill);
    }

    @Override
    public void runStopCommand(RunId id, String exec, List<String> args) {
        runs.find(id)
                .ifPresent(
                        run -> launches.run(() -> new StopCommand(run, specs, spawner).run(exec, args, trees, work)));
    }

    @Override
    public void input(RunId id, byte[] bytes, Consumer<Optional<String>> done) {
        runs.find(id)
                .ifPresentOrElse(
                        run -> inputs.write(specs.stdin(run.launch()), bytes, done),
                        () -> done.accept(Optional.of("the service is not running")));
    }

    @Override
    public void forget(ServiceId id) {
        prefetch.forget(id);
        runFolder.forget(id);
    }

    /** Deletes the FIFOs of services that are not installed. To be called once, before any launch. */
    public void forgetAllBut(Set<ServiceId> installed) {
        runFolder.forgetAllBut(installed);
    }

    /**
     * Kills runs that an earlier agent on the same data folder started and did not record. To be called once, before
     * any launch; blocks until none is left, for five seconds at most.
     *
     * @param recorded the recorded runs, which stay
     */
    public void killUnrecordedRuns(Collection<RunRecord> recorded) {
        unrecordedRuns.kill(recorded, UNRECORDED_RUNS_LIMIT);
    }

    /** Whether a run's processes have a control group; true if it has no processes any more. */
    public boolean isGrouped(RunId id) {
        return runs.find(id).filter(run -> run.treeId().group().isEmpty()).isEmpty();
    }

    /** The living processes of a run. */
    List<ProcessStat> members(RunId id) {
        return runs.find(id).map(run -> trees.members(run.treeId())).orElse(List.of());
    }

    /** Whether a run has no processes any more. */
    boolean isOver(RunId id) {
        return runs.find(id).isEmpty();
    }

    @Override
    public void close() {
        inputs.close();
        shells.close();
        signaller.close();
    }

    /**
     * The one answer to a launch: it worked, it failed, or it took too long. So a service does not stay in
     * {@code starting} for ever, whatever its launch waits for (a dead disk, a silent name service). Thread-safe.
     */
    private static final class LaunchAnswer {
        private final Launch launch;
        private final Consumer<Event> tell;
        private final AtomicBoolean given = new AtomicBoolean();
        private final Timers.Timer timeout;

        LaunchAnswer(Launch launch, Consumer<Event> tell, Timers timers) {
            this.launch = launch;
            this.tell = tell;
            this.timeout = timers.schedule(LAUNCH_LIMIT, this::expire);
        }

        private void expire() {
            fail("it was not launched within " + LAUNCH_LIMIT.toSeconds()
                    + " s: something that it needs does not answer");
        }

        /**
         * Whether the launch may be reported as successful. If not, it has failed, and what was started must be ended.
         */
        boolean claim() {
            timeout.cancel();
            return given.compareAndSet(false, true);
        }

        /** Reports a failure, unless there was an answer already. */
        void fail(String reason) {
            if (claim()) tell.accept(new Event.LaunchFailed(launch.run(), reason));
        }

        boolean isGiven() {
            return given.get();
        }

        /** Receives the events after the answer. */
        Consumer<Event> listener() {
            return tell;
        }
    }
}
