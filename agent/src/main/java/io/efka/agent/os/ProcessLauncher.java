package io.efka.agent.os;

import io.efka.agent.service.Event;
import io.efka.agent.service.Exit;
import io.efka.agent.service.Launcher;
import io.efka.agent.service.OutputFiles;
import io.efka.agent.service.ProcessIdentity;
import io.efka.agent.service.RunId;
import io.efka.agent.service.RunRecord;
import io.efka.agent.service.Signal;
import io.efka.agent.service.Timers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Runs services as processes of this Linux machine. Thread-safe; what takes time is done on the executor, which may be
 * small and bounded (a launch takes two milliseconds of it). Closing it ends its own helpers and no service.
 */
public final class ProcessLauncher implements Launcher, AutoCloseable {
    private final Cgroups cgroups;
    private final OutputFiles outputFiles;
    private final Work work;
    private final ProcessTable table = new ProcessTable();
    private final Signaller signaller = new Signaller();
    private final Trees trees = new Trees(table, signaller);
    private final Orders orders;
    private final Spawner spawner;
    private final TreeWatch treeWatch;
    private final EndWatch endWatch;
    private final InputWriter inputs;
    private final Map<RunId, LiveRun> runs = new ConcurrentHashMap<>();

    /**
     * @param outputFiles says where the kernel appends what services write
     * @param executor for launches and searches; one that rejects when it is full makes a launch fail, and is asked again
     *     for everything else
     */
    public ProcessLauncher(Site site, OutputFiles outputFiles, Cgroups cgroups, Timers timers, Executor executor) {
        this.cgroups = cgroups;
        this.outputFiles = outputFiles;
        this.work = new Work(executor, timers);
        this.orders = new Orders(RunFolder.prepared(site));
        this.spawner = new Spawner(table, timers);
        this.treeWatch = new TreeWatch(trees, work);
        this.endWatch = new EndWatch(table, work);
        this.inputs = new InputWriter(timers);
    }

    @Override
    public void launch(Launch launch, Consumer<Event> tell) {
        if (!work.offer(() -> launchNow(launch, tell))) {
            tell.accept(new Event.LaunchFailed(launch.run(), "too many programs are being started at this moment"));
        }
    }

    private void launchNow(Launch launch, Consumer<Event> tell) {
        var warnings = new ArrayList<String>();
        RunOutput output = RunOutput.begin(outputFiles, launch, warnings);
        Optional<RunGroup> group = cgroups.create(
                launch.manifest().id(), launch.run(), launch.manifest().limits(), warnings);
        try {
            Spawner.Spawned spawned = spawner.spawn(orders.program(launch, group, output));
            warnings.addAll(spawned.warnings());
            LiveRun run = begin(launch, new Identified(spawned.identity(), group), output, tell);
            run.tell(new Event.Launched(launch.run(), spawned.identity(), warnings));
            spawned.process()
                    .onExit()
                    .thenAccept(process -> mainEnded(
                            run, Exits.of(process.exitValue(), work.timers().now(), run)));
        } catch (LaunchRefused refused) {
            group.ifPresent(RunGroup::remove);
            tell.accept(new Event.LaunchFailed(launch.run(), refused.why()));
        }
    }

    private record Identified(ProcessIdentity process, Optional<RunGroup> group) {}

    private LiveRun begin(Launch launch, Identified main, RunOutput output, Consumer<Event> tell) {
        Kin kin = new Kin(Kin.Mark.of(launch.run()), Optional.of(main.process()), main.group());
        LiveRun run = new LiveRun(launch, kin, output, tell, () -> end(launch.run()));
        runs.put(launch.run(), run);
        return run;
    }

    private void mainEnded(LiveRun run, Exit exit) {
        boolean treeEmpty = trees.members(run.kin()).isEmpty();
        run.mainEnded(new Event.Exited(run.id(), exit, treeEmpty));
        if (!treeEmpty) watch(run);
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

    @Override
    public void adopt(Launch launch, RunRecord record, Consumer<Event> tell) {
        work.run(() -> adoptNow(launch, record, tell));
    }

    private void adoptNow(Launch launch, RunRecord record, Consumer<Event> tell) {
        Optional<RunGroup> group = cgroups.find(launch.manifest().id(), launch.run());
        Optional<ProcessIdentity> main = new Adoption(table, trees).findMain(record);
        if (main.isEmpty()) {
            treeWatch.follow(new Leftovers(launch.run(), group, tell));
            return;
        }
        RunOutput output = RunOutput.current(outputFiles, launch);
        LiveRun run = begin(launch, new Identified(main.get(), group), output, tell);
        run.tell(new Event.Adopted(launch.run(), main.get(), List.of()));
        endWatch.watch(
                main.get(), () -> mainEnded(run, Exits.unknown(work.timers().now(), run)));
    }

    @Override
    public void signalTree(RunId id, Signal signal) {
        find(id).ifPresent(run -> {
            boolean groupHasIt = trees.signalGroup(run.kin(), signal);
            // a stopped process takes note of a signal when it goes on
            if (groupHasIt && signal == Signal.TERM) trees.signalGroup(run.kin(), Signal.CONT);
            work.run(() -> signalOthers(run, signal, groupHasIt));
        });
    }

    private void signalOthers(LiveRun run, Signal signal, boolean groupHasIt) {
        trees.signalMembers(run.kin(), signal, groupHasIt);
        if (signal == Signal.TERM) trees.signalMembers(run.kin(), Signal.CONT, groupHasIt);
    }

    @Override
    public void signal(RunId id, Signal signal) {
        find(id).ifPresent(run -> trees.signalLeader(run.kin(), signal));
    }

    @Override
    public void killTree(RunId id) {
        find(id).ifPresent(run -> {
            run.killFromNowOn();
            watch(run);
        });
    }

    @Override
    public void runStopCommand(RunId id, String exec, List<String> args) {
        find(id).ifPresent(run -> work.run(() -> new StopCommand(run, orders, spawner).run(exec, args, trees, work)));
    }

    @Override
    public void input(RunId id, byte[] bytes, Consumer<Optional<String>> done) {
        Optional<LiveRun> run = find(id);
        if (run.isEmpty()) {
            done.accept(Optional.of("the service is not running"));
            return;
        }
        inputs.write(orders.stdin(run.get().launch()), bytes, done);
    }

    /** By what the processes of a run are known; empty when it is over. */
    Optional<Kin> kin(RunId id) {
        return find(id).map(LiveRun::kin);
    }

    Trees trees() {
        return trees;
    }

    private Optional<LiveRun> find(RunId id) {
        return Optional.ofNullable(runs.get(id));
    }

    @Override
    public void close() {
        inputs.close();
        signaller.close();
    }
}
