package io.efka.agent.os;

import io.efka.agent.service.EfkaVariables;
import io.efka.agent.service.Names;
import io.efka.agent.service.RunId;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs of an earlier agent on the same data folder of which nothing is written down: it restarted a service while the
 * disk was full, and was killed before there was room. Nobody would ever look for them again.
 */
final class Strays {
    private static final Logger LOG = LoggerFactory.getLogger(Strays.class);

    private static final Duration PAUSE = Duration.ofMillis(5);

    private final ProcessTable table;
    private final Trees trees;
    private final Cgroups cgroups;

    Strays(ProcessTable table, Trees trees, Cgroups cgroups) {
        this.table = table;
        this.trees = trees;
        this.cgroups = cgroups;
    }

    /**
     * Kills them, with their trees. Blocks until none is left, for {@code limit} at most.
     *
     * @param recorded runs that are known, and somebody else's to find
     */
    void end(String agent, Set<RunId> recorded, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        var told = new HashSet<RunId>();
        while (killAll(agent, recorded, told) && System.nanoTime() < deadline) LockSupport.parkNanos(PAUSE.toNanos());
    }

    /** Says whether there were any. */
    private boolean killAll(String agent, Set<RunId> recorded, Set<RunId> told) {
        boolean found = false;
        for (ProcessStat stat : table.all()) {
            ProcessTable.Environ environ = table.environ(stat.pid());
            if (environ.value(EfkaVariables.AGENT).filter(agent::equals).isEmpty()) continue;
            // Anybody on the machine may write anything there.
            Optional<RunId> run = environ.value(EfkaVariables.RUN).flatMap(RunId::parse);
            if (run.isEmpty() || recorded.contains(run.get())) continue;
            found = true;
            if (told.add(run.get())) {
                LOG.warn(
                        "service={} run={} pid={} was never recorded by the agent that started it: killed",
                        environ.value(EfkaVariables.SERVICE)
                                .filter(Names::isLegal)
                                .orElse("unknown"),
                        run.get(),
                        stat.pid());
            }
            trees.kill(new Kin(Kin.Mark.anyOf(run.get()), Optional.empty(), cgroups.of(stat.pid())));
        }
        return found;
    }
}
