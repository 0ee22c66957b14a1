package io.efka.agent.search;

import io.efka.agent.supervision.Logs;
import io.efka.threads.TaskPool;
import io.efka.threads.Timers;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Runs searches in a pool of their own, so that neither a long search nor a hanging disk delays anything else: on half
 * of the processors, two at most; 64 searches can wait. Every search is answered within 2 seconds, also on a busy
 * machine, with what was found, with {@link Logs.Busy}, or after 5 seconds with words about the disk. Thread-safe.
 */
public final class SearchPool implements AutoCloseable {
    private static final int MOST_THREADS = 2;
    private static final int WAITING = 64;
    private static final Duration IDLE = Duration.ofSeconds(10);
    /** A search that has waited for so long is not run any more: its answer would come too late. */
    private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(1);
    /** No search takes so long, but a disk that does not answer may. */
    private static final Duration DISK_LIMIT = Duration.ofSeconds(5);

    private final Timers timers;
    private final LongSupplier clock;
    private final TaskPool pool;

    /** Reads on the caller's thread, within the budget. */
    public interface Search<T> {
        T run(SearchBudget budget) throws IOException;
    }

    /** On this machine. */
    public SearchPool(Timers timers) {
        this(timers, System::nanoTime, Runtime.getRuntime().availableProcessors());
    }

    /** @param processors their number */
    SearchPool(Timers timers, LongSupplier clock, int processors) {
        this.timers = timers;
        this.clock = clock;
        int threads = Math.max(1, Math.min(MOST_THREADS, processors / 2));
        this.pool = TaskPool.onDemand("agent-search", threads, IDLE, new ArrayBlockingQueue<>(WAITING), 0);
    }

    /** Never blocks. The result completes on any thread, exceptionally with what the search threw. */
    public <T> CompletableFuture<T> run(Search<T> search) {
        var answer = new CompletableFuture<T>();
        long accepted = clock.getAsLong();
        try {
            pool.execute(() -> answer(search, accepted, answer));
        } catch (RejectedExecutionException fullOrNoThread) {
            return CompletableFuture.failedFuture(tooMany());
        }
        Timers.Timer limit = timers.schedule(
                DISK_LIMIT,
                () -> answer.completeExceptionally(
                        new IOException("the disk did not answer for " + DISK_LIMIT.toSeconds() + " s")));
        answer.whenComplete((found, problem) -> limit.cancel());
        return answer;
    }

    /** The top of a pool's task. */
    private <T> void answer(Search<T> search, long accepted, CompletableFuture<T> answer) {
        if (answer.isDone()) return;
        try {
            if (clock.getAsLong() - accepted > LONGEST_WAIT) throw tooMany();
            answer.complete(search.run(SearchBudget.since(accepted, clock)));
        } catch (Throwable problem) { // an Error too: the search is answered, and the thread serves the next one
            answer.completeExceptionally(problem);
        }
    }

    private static Logs.Busy tooMany() {
        return new Logs.Busy("too many searches are under way at this moment");
    }

    /** Does not interrupt running searches: they change nothing, and end soon. */
    @Override
    public void close() {
        pool.shutdown();
    }
}
