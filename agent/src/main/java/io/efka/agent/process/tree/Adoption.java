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
import io.efka.protocol.ServiceId;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adopts the runs that an earlier agent left alive, or ends them. Blocks for as long as a search of {@code /proc}
 * takes.
 */
public final class Adoption {
    private static final Logger LOG = LoggerFactory.getLogger(Adoption.class);

    private final ProcessTable table;
    private final ProcessTrees trees;
    private final Cgroups cgroups;
    private final AgentMark agent;
    private final RunRegistry runs;
    private final ExitPoller exitPoller;
    private final Timers timers;

    /** @param agent the mark of this agent */
    public Adoption(
            ProcessTable table,
            ProcessTrees trees,
            Cgroups cgroups,
            AgentMark agent,
            RunRegistry runs,
            RetryingExecutor work) {
        this.table = table;
        this.trees = trees;
        this.cgroups = cgroups;
        this.agent = agent;
        this.runs = runs;
        this.exitPoller = new ExitPoller(table, work);
        this.timers = work.timers();
    }

    /**
     * Adopts a run's main process if that very process is alive; otherwise ends the rest of its tree. If the machine
     * was rebooted since, nothing can be left, and it does not search.
     *
     * @param output the files that the run writes to
     */
    public void adopt(Launch launch, RunRecord record, RunOutput output, Consumer<Event> tell) {
        if (record.process().filter(table::isOfAnotherBoot).isPresent()) {
            tell.accept(new Event.AdoptionFailed(record.run(), "the machine was rebooted"));
            return;
        }
        Optional<ProcessIdentity> main = findMain(record);
        if (main.isEmpty()) {
            killOrphans(record, launch.manifest().id(), tell);
            return;
        }
        if (isAnothers(main.get().pid())) {
            leave(record, launch.manifest().id(), tell);
            return;
        }
        var warnings = new ArrayList<String>();
        Optional<RunGroup> group =
                cgroups.adopt(cgroups.of(main.get().pid()), launch.manifest().limits(), warnings);
        ActiveRun run = runs.begin(launch, main.get(), group, output, tell);
        Optional<Duration> age = table.age(main.get());
        run.tell(new Event.Adopted(run.id(), main.get(), group.map(RunGroup::name), warnings, age));
        exitPoller.watch(main.get(), () -> runs.mainEnded(run, ExitReader.unknown(timers.now(), run)));
    }

    /**
     * Whether a process of a recorded run belongs to another agent: then this data folder is a copy of that agent's,
     * with the record in it. If the process has cleared or overwritten its environment, its control group decides.
     */
    private boolean isAnothers(long pid) {
        Optional<String> mark = table.environ(pid).value(EfkaVariables.AGENT);
        if (mark.isPresent()) {
            return mark.flatMap(AgentMark::parse).filter(agent::isAnothers).isPresent();
        }
        return cgroups.of(pid).filter(cgroups::isAnothers).isPresent();
    }

    private static void leave(RunRecord record, ServiceId service, Consumer<Event> tell) {
        String reason = "it belongs to another agent, and this data folder is a copy of that agent's";
        LOG.warn("service={} run={} is left alone: {}", service, record.run(), reason);
        tell.accept(new Event.AdoptionFailed(record.run(), reason));
    }

    /** Processes without a mark are found by their group, which the record names or a marked process is in. */
    private void killOrphans(RunRecord record, ServiceId service, Consumer<Event> tell) {
        TreeId marked = new TreeId(TreeId.Mark.anyOf(record.run()), Optional.empty(), Optional.empty());
        List<ProcessStat> members = trees.members(marked);
        if (members.stream().anyMatch(member -> isAnothers(member.pid()))) {
            leave(record, service, tell);
            return;
        }
        Optional<RunGroup> group = record.group()
                .flatMap(cgroups::named)
                .or(() -> members.stream()
                        .flatMap(member -> cgroups.of(member.pid()).stream())
                        .findFirst());
        runs.reap(new OrphanedTree(record.run(), group, tell));
    }

    private Optional<ProcessIdentity> findMain(RunRecord record) {
        if (record.process().isEmpty()) return search(record.run());
        return record.process().filter(table::isAlive).filter(process -> isOfRun(process, record.run()));
    }

    /** If a program has overwritten its environment with its title, pid, start time and boot must be enough. */
    private boolean isOfRun(ProcessIdentity process, RunId run) {
        ProcessTable.Environ environ = table.environ(process.pid());
        return TreeId.Mark.of(run).isOn(environ) || environ.isOverwritten();
    }

    /** The agent was killed before it recorded the process: the main process is the oldest session leader. */
    private Optional<ProcessIdentity> search(RunId run) {
        TreeId treeId = new TreeId(TreeId.Mark.of(run), Optional.empty(), Optional.empty());
        return trees.members(treeId).stream()
                .filter(member -> member.session() == member.pid())
                .min(Comparator.comparingLong(ProcessStat::startTicks))
                .map(main -> new ProcessIdentity(main.pid(), main.startTicks(), table.bootId()));
    }

    /** The rest of a run whose main process ended while no agent ran. It is killed. */
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
            tell.accept(new Event.AdoptionFailed(run, "its process ended while no agent ran"));
            return true;
        }
    }
}
