package io.efka.agent.os;

import io.efka.agent.service.Event;
import io.efka.agent.service.Launcher.Launch;
import io.efka.agent.service.ProcessIdentity;
import io.efka.agent.service.RunId;
import io.efka.agent.service.RunRecord;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Takes over what an earlier agent left alive, or ends it. Blocks for as long as a search of {@code /proc} takes. */
final class Adoption {
    private final ProcessTable table;
    private final Trees trees;
    private final TreeWatch treeWatch;
    private final EndWatch endWatch;
    private final Runs runs;

    Adoption(ProcessTable table, Trees trees, TreeWatch treeWatch, EndWatch endWatch, Runs runs) {
        this.table = table;
        this.trees = trees;
        this.treeWatch = treeWatch;
        this.endWatch = endWatch;
        this.runs = runs;
    }

    /**
     * What an earlier agent knew of a run.
     *
     * @param group its control group, if that is still there
     * @param output where it writes
     */
    record Left(Launch launch, RunRecord record, Optional<RunGroup> group, RunOutput output) {}

    /** Adopts the main process if it is that very one and alive, else ends the rest of its tree. */
    void adopt(Left left, Work work, Consumer<Event> tell) {
        Optional<ProcessIdentity> main = findMain(left.record());
        if (main.isEmpty()) {
            treeWatch.follow(new Leftovers(left.launch().run(), left.group(), tell));
            return;
        }
        LiveRun run = runs.begin(left.launch(), new Runs.Main(main.get(), left.group()), left.output(), tell);
        run.tell(new Event.Adopted(run.id(), main.get(), List.of()));
        endWatch.watch(
                main.get(),
                () -> runs.mainEnded(run, Exits.unknown(work.timers().now(), run)));
    }

    private Optional<ProcessIdentity> findMain(RunRecord record) {
        if (record.process().isEmpty()) return search(record.run());
        return record.process().filter(table::isAlive).filter(process -> isOfRun(process, record.run()));
    }

    /** A program may have written its title over its environment: then pid, start time and boot have to do. */
    private boolean isOfRun(ProcessIdentity process, RunId run) {
        ProcessTable.Environ environ = table.environ(process.pid());
        return Kin.Mark.of(run).isOn(environ) || environ.isOverwritten();
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
