package io.efka.agent.process.tree;

import io.efka.agent.process.cgroup.RunGroup;
import io.efka.agent.process.proc.ProcessTable;
import io.efka.agent.process.proc.ProcessTable.ProcessStat;
import io.efka.agent.process.proc.RetryingExecutor;
import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import io.efka.protocol.EfkaVariables;
import io.efka.protocol.RunId;
import io.efka.protocol.Signal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds and signals the processes of a tree. Thread-safe. */
public final class ProcessTrees {
    private final ProcessTable table;
    private final Signaller signaller;

    public ProcessTrees(ProcessTable table, Signaller signaller) {
        this.table = table;
        this.signaller = signaller;
    }

    /**
     * The living members: those of the control group where there is one (cheap), else those that a search finds. Both
     * where there is no main process to vouch for the group.
     */
    public List<ProcessStat> members(TreeId treeId) {
        Optional<List<ProcessStat>> grouped =
                treeId.group().flatMap(RunGroup::pids).map(this::living);
        if (grouped.isPresent()
                && (treeId.leader().isPresent() || !grouped.get().isEmpty())) return grouped.get();
        return search(treeId);
    }

    /** The living members of a control group. */
    public List<ProcessStat> members(RunGroup group) {
        return living(group.pids().orElse(List.of()));
    }

    /** Kills every member of a control group that is there now. */
    void kill(RunGroup group) {
        if (!group.kill()) members(group).forEach(member -> signaller.send(Signal.KILL, member.pid()));
    }

    /** Whether nothing of a tree is alive; false as well when that cannot be seen now, so look again. */
    boolean isEmpty(TreeId treeId) {
        long refusals = table.refusals();
        return members(treeId).isEmpty() && table.refusals() == refusals;
    }

    /** Sends a signal to the main process, if it is alive. */
    public void signalLeader(TreeId treeId, Signal signal) {
        treeId.leader().filter(table::isAlive).ifPresent(leader -> signaller.send(signal, leader.pid()));
    }

    /**
     * Sends a signal to every member: to the main process's group at once, to those that left it as soon as they are
     * found. CONT follows, because a stopped process takes note of nothing.
     */
    public void signalTree(TreeId treeId, Signal signal, RetryingExecutor work) {
        List<Signal> signals = List.of(signal, Signal.CONT);
        boolean groupHasIt = signalGroup(treeId, signals);
        work.run(() -> signalMembers(treeId, signals, groupHasIt));
    }

    /**
     * Says whether the main process was alive; its group is nobody's certainly if it was not. That is asked once: the
     * first signal may have ended it before the second, which the others in its group still need.
     */
    private boolean signalGroup(TreeId treeId, List<Signal> signals) {
        Optional<ProcessIdentity> leader = treeId.leader().filter(table::isAlive);
        leader.ifPresent(alive -> signals.forEach(signal -> signaller.send(signal, -alive.pid())));
        return leader.isPresent();
    }

    private void signalMembers(TreeId treeId, List<Signal> signals, boolean groupHasIt) {
        long group = treeId.leader().map(ProcessIdentity::pid).orElse(0L);
        for (ProcessStat member : members(treeId)) {
            if (groupHasIt && member.group() == group) continue;
            signals.forEach(signal -> signaller.send(signal, member.pid()));
        }
    }

    /** Kills every member that can be found now. New ones may have been born meanwhile: look again. */
    void kill(TreeId treeId) {
        signalGroup(treeId, List.of(Signal.KILL));
        if (treeId.group().isPresent() && !treeId.group().get().kill()) {
            members(treeId).forEach(member -> signaller.send(Signal.KILL, member.pid()));
        }
        search(treeId).forEach(member -> signaller.send(Signal.KILL, member.pid()));
    }

    private List<ProcessStat> living(List<Long> pids) {
        var living = new ArrayList<ProcessStat>(pids.size());
        for (long pid : pids) table.find(pid).filter(ProcessStat::isAlive).ifPresent(living::add);
        return living;
    }

    /** Members by session, group, descent and mark; what is older than the main process cannot be one. */
    private List<ProcessStat> search(TreeId treeId) {
        long since = treeId.leader().map(ProcessIdentity::startTicks).orElse(0L);
        var candidates = new ArrayList<ProcessStat>();
        for (ProcessStat stat : table.all()) {
            if (stat.startTicks() >= since) candidates.add(stat);
        }
        long leader = leaderPid(treeId);
        var found = new ArrayList<ProcessStat>();
        var pids = new HashSet<Long>();
        for (ProcessStat stat : candidates) {
            if (belongs(stat, leader, treeId.mark()) && pids.add(stat.pid())) found.add(stat);
        }
        addDescendants(candidates, found, pids);
        return found;
    }

    private boolean belongs(ProcessStat stat, long leader, TreeId.Mark mark) {
        return (leader > 0 && (stat.session() == leader || stat.group() == leader))
                || mark.isOn(table.environ(stat.pid()));
    }

    /** The pid whose session and group are the tree's; 0 when a stranger has that pid by now. */
    private long leaderPid(TreeId treeId) {
        return treeId.leader()
                .filter(leader -> table.find(leader.pid())
                        .map(stat -> stat.startTicks() == leader.startTicks())
                        .orElse(true))
                .map(ProcessIdentity::pid)
                .orElse(0L);
    }

    private static void addDescendants(List<ProcessStat> candidates, List<ProcessStat> found, Set<Long> pids) {
        boolean grown = true;
        while (grown) {
            grown = false;
            for (ProcessStat stat : candidates) {
                if (pids.contains(stat.parent()) && pids.add(stat.pid())) {
                    found.add(stat);
                    grown = true;
                }
            }
        }
    }

    /**
     * Identifies the processes of one tree.
     *
     * @param mark the variable in their environment
     * @param leader the main process, whose session, process group and descendants belong to the tree
     * @param group their control group, where one could be had
     */
    public record TreeId(Mark mark, Optional<ProcessIdentity> leader, Optional<RunGroup> group) {

        /**
         * A variable that marks a process and what it starts.
         *
         * @param sidesToo whether commands that the agent ran beside the run (stop command) count as well
         */
        public record Mark(String name, String value, boolean sidesToo) {
            /** The processes of a run. */
            public static Mark of(RunId run) {
                return new Mark(EfkaVariables.RUN, run.value(), false);
            }

            /** Whatever has to do with a run. */
            static Mark anyOf(RunId run) {
                return new Mark(EfkaVariables.RUN, run.value(), true);
            }

            /** A command that runs beside a service. */
            static Mark side(String id) {
                return new Mark(EfkaVariables.SIDE, id, true);
            }

            boolean isOn(ProcessTable.Environ environ) {
                return environ.value(name).filter(value::equals).isPresent()
                        && (sidesToo || environ.value(EfkaVariables.SIDE).isEmpty());
            }
        }
    }
}
