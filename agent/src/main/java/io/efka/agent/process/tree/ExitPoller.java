package io.efka.agent.process.tree;

import io.efka.agent.process.proc.ProcessTable;
import io.efka.agent.process.proc.RetryingExecutor;
import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import io.efka.threads.FatalErrors;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Notices the end of processes that are not children of this agent. The kernel tells their parent only; the JDK looks in
 * steps that grow to five seconds. This looks at all of them in one go, ten milliseconds of pause for each, but every
 * 50 ms to 1 s: at most 100 looks a second, well under 0.2 % of a core.
 */
public final class ExitPoller {
    private static final int MIN_MILLIS = 50;
    private static final int MAX_MILLIS = 1_000;
    private static final int MILLIS_EACH = 10;

    private final ProcessTable table;
    private final RetryingExecutor work;
    private final Map<ProcessIdentity, Runnable> watched = new ConcurrentHashMap<>();
    private final AtomicBoolean looking = new AtomicBoolean();

    public ExitPoller(ProcessTable table, RetryingExecutor work) {
        this.table = table;
        this.work = work;
    }

    /** Runs {@code whenEnded} once, on the executor, soon after the process ended. */
    public void watch(ProcessIdentity process, Runnable whenEnded) {
        watched.put(process, whenEnded);
        if (looking.compareAndSet(false, true)) lookLater();
    }

    private void lookLater() {
        int millis = Math.min(MAX_MILLIS, Math.max(MIN_MILLIS, watched.size() * MILLIS_EACH));
        work.after(Duration.ofMillis(millis), this::look);
    }

    private void look() {
        // One that fails must not end the looking, on which all others depend.
        watched.forEach((process, whenEnded) -> FatalErrors.run(() -> {
            if (!table.isAlive(process) && watched.remove(process, whenEnded)) whenEnded.run();
        }));
        if (!watched.isEmpty()) {
            lookLater();
            return;
        }
        looking.set(false);
        // one may have come in between
        if (!watched.isEmpty() && looking.compareAndSet(false, true)) lookLater();
    }
}
