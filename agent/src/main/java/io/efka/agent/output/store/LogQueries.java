package io.efka.agent.output.store;

import io.efka.agent.supervision.Logs;
import io.efka.protocol.ServiceId;
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
 * Runs queries in a pool of their own, so that neither a long search nor a hanging disk delays anything else: on half
 * of the processors, two at most; 64 queries can wait. Every query is answered within 2 seconds, also on a busy
 * machine, with what was found, with {@link Logs.Busy}, or after 5 seconds with words about the disk. Thread-safe.
 */
public final class LogQueries implements Logs, AutoCloseable {
    private static final int MOST_THREADS = 2;
    private static final int WAITING = 64;
    private static final Duration IDLE = Duration.ofSeconds(10);
    /** A query that has waited for so long is not run any more: its answer would come too late. */
    private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(1);
    /** No search takes so long, but a disk that does not answer may. */
    private static final Duration DISK_LIMIT = Duration.ofSeconds(5);

    private final Reader reader;
    private final Timers timers;
    private final LongSupplier clock;
    private final TaskPool pool;

    /** Reads on the caller's thread. */
    interface Reader {
        Page read(ServiceId id, Query query, SearchBudget budget) throws IOException;
    }

    /** @param processors their number */
    public LogQueries(Reader reader, Timers timers, LongSupplier clock, int processors) {
        this.reader = reader;
        this.timers = timers;
        this.clock = clock;
        int threads = Math.max(1, Math.min(MOST_THREADS, processors / 2));
        this.pool = TaskPool.onDemand("agent-logs", threads, IDLE, new ArrayBlockingQueue<>(WAITING), 0);
    }

    @Override
    public CompletableFuture<Page> read(ServiceId id, Query query) {
        var answer = new CompletableFuture<Page>();
        long accepted = clock.getAsLong();
        try {
            pool.execute(() -> answer(id, query, accepted, answer));
        } catch (RejectedExecutionException fullOrNoThread) {
            return CompletableFuture.failedFuture(tooMany());
        }
        Timers.Timer limit = timers.schedule(
                DISK_LIMIT,
                () -> answer.completeExceptionally(
                        new IOException("the disk did not answer for " + DISK_LIMIT.toSeconds() + " s")));
        answer.whenComplete((page, problem) -> limit.cancel());
        return answer;
    }

    /** The top of a pool's task. */
    private void answer(ServiceId id, Query query, long accepted, CompletableFuture<Page> answer) {
        if (answer.isDone()) return;
        try {
            if (clock.getAsLong() - accepted > LONGEST_WAIT) throw tooMany();
            answer.complete(reader.read(id, query, SearchBudget.since(accepted, clock)));
        } catch (Throwable problem) { // an Error too: the query is answered, and the thread serves the next one
            answer.completeExceptionally(problem);
        }
    }

    private static Busy tooMany() {
        return new Busy("too many logs are being read at this moment");
    }

    /** Does not interrupt running queries: they change nothing, and end soon. */
    @Override
    public void close() {
        pool.shutdown();
    }
}
