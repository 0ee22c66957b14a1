package io.efka.agent.process.tree;

import io.efka.agent.process.cgroup.Cgroups;
import io.efka.agent.process.cgroup.RunGroup;
import io.efka.agent.process.proc.AgentMark;
import io.efka.agent.process.proc.ProcessTable;
import io.efka.agent.process.proc.ProcessTable.ProcessStat;
import io.efka.agent.process.tree.ProcessTrees.TreeId;
import io.efka.agent.supervision.ServiceRecord.RunRecord;
import io.efka.protocol.EfkaVariables;
import io.efka.protocol.Names;
import io.efka.protocol.RunId;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kills processes that an earlier agent on the same data folder left and that nothing else would find. There are two
 * kinds: runs without a record, because the agent restarted a service while the disk was full and was killed before
 * there was room; and processes of a run that has ended which have cleared their environment and left their session, so
 * that only their control group leads to them.
 */
public final class UnrecordedRuns {
    private static final Logger LOG = LoggerFactory.getLogger(UnrecordedRuns.class);

    private static final Duration POLL_PAUSE = Duration.ofMillis(5);

    private final ProcessTable table;
    private final ProcessTrees trees;
    private final Cgroups cgroups;
    private final AgentMark agent;

    public UnrecordedRuns(ProcessTable table, ProcessTrees trees, Cgroups cgroups, AgentMark agent) {
        this.table = table;
        this.trees = trees;
        this.cgroups = cgroups;
        this.agent = agent;
    }

    /** The recorded runs, which others handle. */
    private record Recorded(Set<RunId> runs, Set<String> groups, Collection<RunRecord> records) {
        static Recorded of(Collection<RunRecord> records) {
            return new Recorded(
                    records.stream().map(RunRecord::run).collect(Collectors.toSet()),
                    records.stream().flatMap(record -> record.group().stream()).collect(Collectors.toSet()),
                    records);
        }

        boolean isMain(ProcessStat stat) {
            return records.stream()
                    .flatMap(record -> record.process().stream())
                    .anyMatch(main -> main.pid() == stat.pid() && main.startTicks() == stat.startTicks());
        }
    }

    /**
     * Kills them. Blocks until none is left, for {@code limit} at most.
     *
     * @param records of the runs that stay
     */
    public void kill(Collection<RunRecord> records, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        Recorded recorded = Recorded.of(records);
        var reported = new HashSet<String>();
        // Twice: a process has no environment at the moment when it executes another program.
        int emptyLooks = 0;
        while (true) {
            boolean marked = killMarked(recorded, reported);
            boolean grouped = killGrouped(recorded, reported);
            emptyLooks = marked || grouped ? 0 : emptyLooks + 1;
            if (emptyLooks == 2 || System.nanoTime() >= deadline) return;
            LockSupport.parkNanos(POLL_PAUSE.toNanos());
        }
    }

    /** Returns whether there were any. */
    private boolean killMarked(Recorded recorded, Set<String> reported) {
        boolean found = false;
        for (ProcessStat stat : table.all()) {
            ProcessTable.Environ environ = table.environ(stat.pid());
            if (mark(environ).filter(agent::isOurs).isEmpty()) continue;
            Optional<RunId> run = run(environ);
            if (run.isEmpty() || recorded.runs().contains(run.get())) continue;
            found = true;
            if (reported.add(run.get().value())) {
                LOG.warn(
                        "service={} run={} pid={} was never recorded by the agent that started it: killed",
                        environ.value(EfkaVariables.SERVICE)
                                .filter(Names::isLegal)
                                .orElse("unknown"),
                        run.get(),
                        stat.pid());
            }
            trees.kill(new TreeId(TreeId.Mark.anyOf(run.get()), Optional.empty(), cgroups.of(stat.pid())));
        }
        return found;
    }

    private boolean killGrouped(Recorded recorded, Set<String> reported) {
        boolean found = false;
        for (RunGroup group : cgroups.existing()) {
            List<ProcessStat> members = trees.members(group);
            if (recorded.groups().contains(group.name())
                    || members.stream().anyMatch(member -> isSpared(member, recorded))) {
                continue;
            }
            if (members.isEmpty()) {
                group.remove();
                continue;
            }
            found = true;
            if (reported.add(group.name())) {
                LOG.warn(
                        "pids={} are left of a run that is over, in the control group {}: killed",
                        members.stream().map(ProcessStat::pid).toList(),
                        group.folders().get(0));
            }
            trees.kill(group);
        }
        return found;
    }

    /** Whether a member belongs to a recorded run, or to another agent. */
    private boolean isSpared(ProcessStat member, Recorded recorded) {
        if (recorded.isMain(member)) return true;
        ProcessTable.Environ environ = table.environ(member.pid());
        return run(environ).filter(recorded.runs()::contains).isPresent()
                || mark(environ).filter(agent::isAnothers).isPresent();
    }

    private static Optional<AgentMark> mark(ProcessTable.Environ environ) {
        return environ.value(EfkaVariables.AGENT).flatMap(AgentMark::parse);
    }

    /** Empty if it is not a run id: every process can set the variable. */
    private static Optional<RunId> run(ProcessTable.Environ environ) {
        return environ.value(EfkaVariables.RUN).flatMap(RunId::parse);
    }
}
