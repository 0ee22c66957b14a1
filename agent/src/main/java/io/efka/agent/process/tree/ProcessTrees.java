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
     * The living members: those of the control group, if there is one (cheap), or else those that a search finds. If
     * the group is empty and there is no main process, it searches too.
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

    /** Kills all current members of a control group. */
    void kill(RunGroup group) {
        if (!group.kill()) members(group).forEach(member -> signaller.send(Signal.KILL, member.pid()));
    }

    /** Whether no member is alive; also false if that cannot be determined now: try again. */
    boolean isEmpty(TreeId treeId) {
        long refusals = table.refusals();
        return members(treeId).isEmpty() && table.refusals() == refusals;
    }

    /** Sends a signal to the main process, if it is alive. */
    public void signalLeader(TreeId treeId, Signal signal) {
        treeId.leader().filter(table::isAlive).ifPresent(leader -> signaller.send(signal, leader.pid()));
    }

    /**
     * Sends a signal to all members: at once to the main process's group, and to processes that have left it as soon as
     * they are found. CONT follows, because a stopped process does not handle signals.
     */
    public void signalTree(TreeId treeId, Signal signal, RetryingExecutor work) {
        List<Signal> signals = List.of(signal, Signal.CONT);
        boolean isGroupSignalled = signalGroup(treeId, signals);
        work.run(() -> signalMembers(treeId, signals, isGroupSignalled));
    }

    /**
     * Signals the main process's group if the main process is alive; otherwise the group may belong to somebody else.
     * Checks that once, because the first signal may end the main process, and others in its group still need the
     * second one.
     *
     * @return whether it was alive
     */
    private boolean signalGroup(TreeId treeId, List<Signal> signals) {
        Optional<ProcessIdentity> leader = treeId.leader().filter(table::isAlive);
        leader.ifPresent(alive -> signals.forEach(signal -> signaller.send(signal, -alive.pid())));
        return leader.isPresent();
    }

    private void signalMembers(TreeId treeId, List<Signal> signals, boolean isGroupSignalled) {
        long group = treeId.leader().map(ProcessIdentity::pid).orElse(0L);
        for (ProcessStat member : members(treeId)) {
            if (isGroupSignalled && member.group() == group) continue;
            signals.forEach(signal -> signaller.send(signal, member.pid()));
        }
    }

    /** Kills all members that it finds. They may have started others in the meantime, so repeat it. */
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

    /** Members by session, group, parent and mark. A process that is older than the main process cannot be one. */
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

    /** The number of the tree's session and process group; 0 if another process has that pid now. */
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
     * @param group their control group, if there is one
     */
    public record TreeId(Mark mark, Optional<ProcessIdentity> leader, Optional<RunGroup> group) {

        /**
         * A variable that marks a process and what it starts.
         *
         * @param withSides whether side commands of the run (stop command) count, too
         */
        public record Mark(String name, String value, boolean withSides) {
            /** The processes of a run. */
            public static Mark of(RunId run) {
                return new Mark(EfkaVariables.RUN, run.value(), false);
            }

            /** The processes of a run and of its side commands. */
            static Mark anyOf(RunId run) {
                return new Mark(EfkaVariables.RUN, run.value(), true);
            }

            /** A side command. */
            static Mark side(String id) {
                return new Mark(EfkaVariables.SIDE, id, true);
            }

            boolean isOn(ProcessTable.Environ environ) {
                return environ.value(name).filter(value::equals).isPresent()
                        && (withSides || environ.value(EfkaVariables.SIDE).isEmpty());
            }
        }
    }
}
