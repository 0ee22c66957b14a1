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
 * Detects the end of processes that are not children of this agent. The kernel notifies only their parent, and the JDK
 * polls in intervals that grow to five seconds. This class polls all of them together, every 50 ms to 1 s: ten
 * milliseconds for each process, so at most 100 checks per second, well under 0.2 % of a core.
 */
public final class ExitPoller {
    private static final int MIN_MILLIS = 50;
    private static final int MAX_MILLIS = 1_000;
    private static final int MILLIS_EACH = 10;

    private final ProcessTable table;
    private final RetryingExecutor work;
    private final Map<ProcessIdentity, Runnable> watched = new ConcurrentHashMap<>();
    private final AtomicBoolean polling = new AtomicBoolean();

    public ExitPoller(ProcessTable table, RetryingExecutor work) {
        this.table = table;
        this.work = work;
    }

    /** Runs {@code whenEnded} once, on the executor, soon after the process has ended. */
    public void watch(ProcessIdentity process, Runnable whenEnded) {
        watched.put(process, whenEnded);
        if (polling.compareAndSet(false, true)) pollLater();
    }

    private void pollLater() {
        int millis = Math.min(MAX_MILLIS, Math.max(MIN_MILLIS, watched.size() * MILLIS_EACH));
        work.after(Duration.ofMillis(millis), this::poll);
    }

    private void poll() {
        // A task that fails must not end the polling, which all others depend on.
        watched.forEach((process, whenEnded) -> FatalErrors.run(() -> {
            if (!table.isAlive(process) && watched.remove(process, whenEnded)) whenEnded.run();
        }));
        if (!watched.isEmpty()) {
            pollLater();
            return;
        }
        polling.set(false);
        // a process may have been added in between
        if (!watched.isEmpty() && polling.compareAndSet(false, true)) pollLater();
    }
}
