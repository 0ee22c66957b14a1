package io.efka.agent.process.tree;

import io.efka.agent.process.cgroup.Cgroups;
import io.efka.agent.process.cgroup.RunGroup;
import io.efka.agent.process.proc.AgentMark;
import io.efka.agent.process.proc.ProcessTable;
import io.efka.agent.process.proc.ProcessTable.ProcessStat;
import io.efka.agent.process.proc.RetryingExecutor;
import io.efka.agent.process.tree.ProcessTrees.TreeId;
import io.efka.agent.process.tree.RunRegistry.ActiveRun;
import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.Launcher.Launch;
import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import io.efka.agent.supervision.ServiceRecord.RunRecord;
import io.efka.protocol.EfkaVariables;
import io.efka.protocol.RunId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes over what an earlier agent left alive, or ends it. Blocks for as long as a search of {@code /proc} takes. */
public final class Adoption {
    private static final Logger LOG = LoggerFactory.getLogger(Adoption.class);

    private final Seen seen;
    private final TreeReaper treeReaper;
    private final ExitPoller exitPoller;
    private final RunRegistry runs;

    /** How the processes of this machine are seen, and by whom. */
    public record Seen(ProcessTable table, ProcessTrees trees, Cgroups cgroups, AgentMark agent) {}

    public Adoption(Seen seen, TreeReaper treeReaper, ExitPoller exitPoller, RunRegistry runs) {
        this.seen = seen;
        this.treeReaper = treeReaper;
        this.exitPoller = exitPoller;
        this.runs = runs;
    }

    /**
     * What an earlier agent knew of a run.
     *
     * @param output where it writes
     */
    public record Left(Launch launch, RunRecord record, RunOutput output) {}

    /**
     * Adopts the main process if it is that very one and alive, else ends the rest of its tree. Of another boot nothing
     * can be left, and nothing is searched for.
     */
    public void adopt(Left left, RetryingExecutor work, Consumer<Event> tell) {
        if (left.record().process().filter(seen.table()::isOfAnotherBoot).isPresent()) {
            tell.accept(new Event.AdoptionFailed(left.record().run(), "the machine was booted anew"));
            return;
        }
        Optional<ProcessIdentity> main = findMain(left.record());
        if (main.isEmpty()) {
            killOrphans(left, tell);
            return;
        }
        if (isAnothers(main.get().pid())) {
            leave(left, tell);
            return;
        }
        var warnings = new ArrayList<String>();
        Optional<RunGroup> group = seen.cgroups()
                .adopt(
                        seen.cgroups().of(main.get().pid()),
                        left.launch().manifest().limits(),
                        warnings);
        ActiveRun run = runs.begin(left.launch(), new RunRegistry.Main(main.get(), group), left.output(), tell);
        Optional<Duration> age = seen.table().age(main.get());
        run.tell(new Event.Adopted(run.id(), main.get(), group.map(RunGroup::name), warnings, age));
        exitPoller.watch(
                main.get(),
                () -> runs.mainEnded(run, ExitReader.unknown(work.timers().now(), run)));
    }

    /**
     * Whether a process of the recorded run is another agent's: then the data folder of that one was copied, with this
     * record in it. One that cleared its environment, or wrote over it, is judged by its control group.
     */
    private boolean isAnothers(long pid) {
        Optional<String> mark = seen.table().environ(pid).value(EfkaVariables.AGENT);
        if (mark.isPresent()) {
            return mark.flatMap(AgentMark::parse)
                    .filter(seen.agent()::isAnothers)
                    .isPresent();
        }
        return seen.cgroups().of(pid).filter(seen.cgroups()::isAnothers).isPresent();
    }

    private static void leave(Left left, Consumer<Event> tell) {
        String why = "it belongs to the agent of the data folder of which this one is a copy";
        LOG.warn(
                "service={} run={} is left alone: {}",
                left.launch().manifest().id(),
                left.record().run(),
                why);
        tell.accept(new Event.AdoptionFailed(left.record().run(), why));
    }

    /** Those that nothing marks are found by their group: the record names it, or one of the others leads to it. */
    private void killOrphans(Left left, Consumer<Event> tell) {
        RunRecord record = left.record();
        TreeId marked = new TreeId(TreeId.Mark.anyOf(record.run()), Optional.empty(), Optional.empty());
        List<ProcessStat> members = seen.trees().members(marked);
        if (members.stream().anyMatch(member -> isAnothers(member.pid()))) {
            leave(left, tell);
            return;
        }
        Optional<RunGroup> group = record.group()
                .flatMap(seen.cgroups()::named)
                .or(() -> members.stream()
                        .flatMap(member -> seen.cgroups().of(member.pid()).stream())
                        .findFirst());
        treeReaper.follow(new OrphanedTree(record.run(), group, tell));
    }

    private Optional<ProcessIdentity> findMain(RunRecord record) {
        if (record.process().isEmpty()) return search(record.run());
        return record.process().filter(seen.table()::isAlive).filter(process -> isOfRun(process, record.run()));
    }

    /** A program may have written its title over its environment: then pid, start time and boot have to do. */
    private boolean isOfRun(ProcessIdentity process, RunId run) {
        ProcessTable.Environ environ = seen.table().environ(process.pid());
        return TreeId.Mark.of(run).isOn(environ) || environ.isOverwritten();
    }

    /** The launch was cut off before its outcome was written down: the main process is the oldest session leader. */
    private Optional<ProcessIdentity> search(RunId run) {
        TreeId treeId = new TreeId(TreeId.Mark.of(run), Optional.empty(), Optional.empty());
        return seen.trees().members(treeId).stream()
                .filter(member -> member.session() == member.pid())
                .min(Comparator.comparingLong(ProcessStat::startTicks))
                .map(main -> new ProcessIdentity(
                        main.pid(), main.startTicks(), seen.table().bootId()));
    }

    /** What is left of a run whose main process ended while no agent was there: it is killed, whatever it is. */
    private record OrphanedTree(RunId run, Optional<RunGroup> group, Consumer<Event> tell)
            implements TreeReaper.Watched {

        @Override
        public TreeId treeId() {
            return new TreeId(TreeId.Mark.anyOf(run), Optional.empty(), group);
        }

        @Override
        public boolean isKilling() {
            return true;
        }

        @Override
        public boolean foundEmpty() {
            group.ifPresent(RunGroup::remove);
            tell.accept(new Event.AdoptionFailed(run, "its process ended while the agent was away"));
            return true;
        }
    }
}
