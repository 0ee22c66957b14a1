package io.efka.agent.process;

import io.efka.agent.process.cgroup.Cgroups;
import io.efka.agent.process.cgroup.RunGroup;
import io.efka.agent.process.proc.AgentMark;
import io.efka.agent.process.proc.LaunchRefused;
import io.efka.agent.process.proc.ProcessTable;
import io.efka.agent.process.proc.ProcessTable.ProcessStat;
import io.efka.agent.process.proc.RetryingExecutor;
import io.efka.agent.process.tree.Adoption;
import io.efka.agent.process.tree.ExitPoller;
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
import io.efka.agent.process.tree.TreeReaper;
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
import java.util.function.Consumer;

/**
 * Runs services as processes of this Linux machine. Thread-safe; what takes time is done on the executor, which may be
 * small and bounded (a launch takes two milliseconds of it). Closing it ends its own helpers and no service.
 */
public final class ProcessLauncher implements Launcher, AutoCloseable {
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
     * On what a launcher does what takes time. They do not wait for each other: a launch may hang in a dead disk, a kill
     * must not. One that rejects when it is full makes a launch fail, and is asked again for everything else.
     *
     * @param launches starts programs
     * @param processes looks after them: signals, kills, searches
     */
    public record Executors(Executor launches, Executor processes) {}

    /**
     * @param outputFiles says where the kernel appends what services write
     */
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
        TreeReaper treeReaper = new TreeReaper(trees, work);
        this.runs = new RunRegistry(trees, work, treeReaper);
        AgentMark agent = environment.agent();
        this.adoption = new Adoption(
                new Adoption.Seen(table, trees, cgroups, agent), treeReaper, new ExitPoller(table, work), runs);
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
            answer.fail("too many programs are being started at this moment, or there is no thread to do it");
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
            ActiveRun run =
                    runs.begin(launch, new RunRegistry.Main(spawned.identity(), group), prepared.output(), listener);
            run.tell(new Event.Launched(launch.run(), spawned.identity(), group.map(RunGroup::name), warnings));
            ExitReader.tell(spawned.process(), work, code -> mainEnded(run, code));
            if (!inTime) runs.kill(run);
        } catch (LaunchRefused refused) {
            answer.fail(refused.why());
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
            adoption.adopt(new Adoption.Left(launch, record, output), work, tell);
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

    /** Deletes what was made for runs of services that are not installed. To be called once, before any launch. */
    public void forgetAllBut(Set<ServiceId> installed) {
        runFolder.forgetAllBut(installed);
    }

    /**
     * Kills what an earlier agent on the same data folder started and did not write down. To be called once, before any
     * launch; blocks until nothing of it is left, for five seconds at most.
     *
     * @param recorded the runs that are known
     */
    public void killUnrecordedRuns(Collection<RunRecord> recorded) {
        unrecordedRuns.end(recorded, UNRECORDED_RUNS_LIMIT);
    }

    /** Whether a run's processes have a control group; true for a run that has none any more. */
    public boolean isGrouped(RunId id) {
        return runs.find(id).filter(run -> run.treeId().group().isEmpty()).isEmpty();
    }

    /** The living processes of a run. */
    List<ProcessStat> members(RunId id) {
        return runs.find(id).map(run -> trees.members(run.treeId())).orElse(List.of());
    }

    /** Whether nothing of a run is left. */
    boolean isOver(RunId id) {
        return runs.find(id).isEmpty();
    }

    @Override
    public void close() {
        inputs.close();
        shells.close();
        signaller.close();
    }
}
