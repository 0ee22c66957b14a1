package io.efka.agent.os;

import io.efka.agent.service.ProcessIdentity;
import io.efka.agent.service.RunId;
import io.efka.agent.service.RunRecord;
import java.util.Comparator;
import java.util.Optional;

/** Decides whether a recorded run's main process is alive. */
final class Adoption {
    private final ProcessTable table;
    private final Trees trees;

    Adoption(ProcessTable table, Trees trees) {
        this.table = table;
        this.trees = trees;
    }

    /** The main process; empty if it is gone, or if its pid is a stranger's by now. */
    Optional<ProcessIdentity> findMain(RunRecord record) {
        if (record.process().isEmpty()) return search(record.run());
        return record.process().filter(table::isAlive).filter(process -> isOfRun(process, record));
    }

    /** A program may have written its title over its environment: then pid, start time and boot have to do. */
    private boolean isOfRun(ProcessIdentity process, RunRecord record) {
        ProcessTable.Environ environ = table.environ(process.pid());
        return Kin.Mark.of(record.run()).isOn(environ) || environ.isOverwritten();
    }

    /** The launch was cut off before its outcome was written down: the main process is the oldest session leader. */
    private Optional<ProcessIdentity> search(RunId run) {
        Kin kin = new Kin(Kin.Mark.of(run), Optional.empty(), Optional.empty());
        return trees.members(kin).stream()
                .filter(member -> member.session() == member.pid())
                .min(Comparator.comparingLong(ProcessStat::startTicks))
                .map(main -> new ProcessIdentity(main.pid(), main.startTicks(), table.bootId()));
    }
}
