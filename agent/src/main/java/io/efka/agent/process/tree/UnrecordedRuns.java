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
 * What an earlier agent on the same data folder left, and nobody would ever look for again: runs of which nothing is
 * written down, for it restarted a service while the disk was full and was killed before there was room; and processes in
 * its control groups whose run is over, which cleared their environment and left their session, so that nothing else leads
 * to them.
 */
public final class UnrecordedRuns {
    private static final Logger LOG = LoggerFactory.getLogger(UnrecordedRuns.class);

    private static final Duration PAUSE = Duration.ofMillis(5);

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

    /** What is known, and somebody else's to find. */
    private record Known(Set<RunId> runs, Set<String> groups, Collection<RunRecord> records) {
        static Known of(Collection<RunRecord> records) {
            return new Known(
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
     * Kills all of it. Blocks until none is left, for {@code limit} at most.
     *
     * @param recorded runs that are known
     */
    public void end(Collection<RunRecord> recorded, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        Known known = Known.of(recorded);
        var told = new HashSet<String>();
        // Twice: a process that is just executing another program shows no environment at that moment.
        int looksInVain = 0;
        while (true) {
            boolean marked = killMarked(known, told);
            boolean grouped = killGrouped(known, told);
            looksInVain = marked || grouped ? 0 : looksInVain + 1;
            if (looksInVain == 2 || System.nanoTime() >= deadline) return;
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /** Says whether there were any. */
    private boolean killMarked(Known known, Set<String> told) {
        boolean found = false;
        for (ProcessStat stat : table.all()) {
            ProcessTable.Environ environ = table.environ(stat.pid());
            if (mark(environ).filter(agent::isOurs).isEmpty()) continue;
            Optional<RunId> run = run(environ);
            if (run.isEmpty() || known.runs().contains(run.get())) continue;
            found = true;
            if (told.add(run.get().value())) {
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

    private boolean killGrouped(Known known, Set<String> told) {
        boolean found = false;
        for (RunGroup group : cgroups.existing()) {
            List<ProcessStat> members = trees.members(group);
            if (known.groups().contains(group.name()) || members.stream().anyMatch(member -> isSpared(member, known))) {
                continue;
            }
            if (members.isEmpty()) {
                group.remove();
                continue;
            }
            found = true;
            if (told.add(group.name())) {
                LOG.warn(
                        "pids={} are left of a run that is over, in the control group {}: killed",
                        members.stream().map(ProcessStat::pid).toList(),
                        group.folders().get(0));
            }
            trees.kill(group);
        }
        return found;
    }

    /** A member whose run is looked for by whoever has its record, or that is not ours for all that. */
    private boolean isSpared(ProcessStat member, Known known) {
        if (known.isMain(member)) return true;
        ProcessTable.Environ environ = table.environ(member.pid());
        return run(environ).filter(known.runs()::contains).isPresent()
                || mark(environ).filter(agent::isAnothers).isPresent();
    }

    private static Optional<AgentMark> mark(ProcessTable.Environ environ) {
        return environ.value(EfkaVariables.AGENT).flatMap(AgentMark::parse);
    }

    /** Anybody on the machine may write anything there. */
    private static Optional<RunId> run(ProcessTable.Environ environ) {
        return environ.value(EfkaVariables.RUN).flatMap(RunId::parse);
    }
}
