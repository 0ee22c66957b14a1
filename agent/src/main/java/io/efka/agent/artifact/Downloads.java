package io.efka.agent.artifact;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Sha256;
import io.efka.threads.FatalErrors;
import io.efka.threads.TaskPool;
import io.efka.threads.Timers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Downloads artifacts into the cache, two at a time. Where no source can be used now, all of them are tried again after a
 * wait that grows from a second to five minutes, for 24 hours; a download that waits holds up no other. Two downloads of
 * the same artifact become one transfer. Thread-safe; never blocks.
 */
public final class Downloads implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Downloads.class);
    private static final int PARALLEL = 2;

    /** Including those that wait. */
    private static final int MAX_DOWNLOADS = 64;

    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    private static final Duration IDLE = Duration.ofSeconds(10);

    private final ArtifactCache cache;
    private final List<ArtifactSource> kinds;
    private final Timers timers;
    private final RandomGenerator chance;
    private final TaskPool pool = TaskPool.onDemand("agent-download", PARALLEL, IDLE, new LinkedBlockingQueue<>(), 0);

    @GuardedBy("this") private final Map<DownloadTask, Schedule> all = new HashMap<>();

    /** Those for which it is time, in the order in which they are run. */
    @GuardedBy("this") private final List<DownloadTask> due = new ArrayList<>();

    @GuardedBy("this") private final Set<Sha256> running = new HashSet<>();

    @GuardedBy("this") private boolean isClosed;

    /** When a download is tried again. */
    private record Schedule(long begun, Duration nextLimit, Optional<Timers.Timer> timer) {}

    /** @param kinds of sources; of those that serve a URI, the first is used */
    public Downloads(ArtifactCache cache, List<ArtifactSource> kinds, Timers timers, RandomGenerator chance) {
        this.cache = cache;
        this.kinds = List.copyOf(kinds);
        this.timers = timers;
        this.chance = chance;
    }

    /**
     * Begins a download; an artifact that is in the cache is only verified.
     *
     * @throws CommandException {@code not_allowed} if it is larger than the cache; {@code busy} if there are 64 downloads
     */
    public Download start(ArtifactRef ref, DownloadListener listener) throws CommandException {
        if (ref.size() > cache.limit()) {
            throw new CommandException(
                    ErrorCode.NOT_ALLOWED,
                    "artifact has " + ref.size() + " bytes, more than artifact_cache, which is " + cache.limit());
        }
        var task = new DownloadTask(ref, listener, cache, kinds, timers);
        synchronized (this) {
            if (isClosed || all.size() == MAX_DOWNLOADS) {
                throw new CommandException(
                        ErrorCode.BUSY, isClosed ? "the agent ends" : MAX_DOWNLOADS + " downloads are under way");
            }
            all.put(task, new Schedule(timers.nanos(), FIRST_WAIT, Optional.empty()));
            due.add(task);
        }
        task.result().whenComplete((artifact, problem) -> forget(task));
        dispatch();
        return task;
    }

    /** Bytes that are still to be fetched; an answer that may be old. Blocks for the disk. */
    public long missing(ArtifactRef ref) {
        return cache.missing(ref.hash(), ref.size());
    }

    /**
     * Bytes that {@link #freeUp} could free on the disk, of artifacts that nobody uses and no download is about. Blocks for the disk.
     *
     * @param where the room is needed
     * @param wanted an artifact that is not deleted either; empty: none
     */
    public long spare(Path where, Optional<ArtifactRef> wanted) {
        return cache.spare(where, kept(wanted));
    }

    /**
     * Deletes such artifacts, the least recently used first, until so many bytes are free or nothing is left. Blocks for the disk.
     *
     * @return bytes that were freed
     * @throws CommandException if the disk fails
     */
    public long freeUp(long bytes, Optional<ArtifactRef> wanted) throws CommandException {
        try {
            return cache.freeUp(bytes, kept(wanted));
        } catch (IOException e) {
            throw CommandException.broken("the cache of artifacts failed", e);
        }
    }

    private synchronized Set<Sha256> kept(Optional<ArtifactRef> wanted) {
        var kept = new HashSet<Sha256>();
        all.keySet().forEach(task -> kept.add(task.hash()));
        wanted.ifPresent(ref -> kept.add(ref.hash()));
        return kept;
    }

    private void forget(DownloadTask task) {
        synchronized (this) {
            due.remove(task);
            Schedule schedule = all.remove(task);
            if (schedule != null) schedule.timer.ifPresent(Timers.Timer::cancel);
        }
    }

    /** Runs what is due, as far as there are threads. One of two downloads of the same artifact waits for the other. */
    private void dispatch() {
        for (Optional<DownloadTask> next = next(); next.isPresent(); next = next()) {
            DownloadTask task = next.get();
            try {
                pool.execute(() -> run(task));
            } catch (RejectedExecutionException noThread) {
                ended(task);
                again(task, "the machine has no thread for a download");
                return;
            }
        }
    }

    private synchronized Optional<DownloadTask> next() {
        if (running.size() == PARALLEL || isClosed) return Optional.empty();
        for (DownloadTask task : due) {
            if (!running.add(task.hash())) continue;
            due.remove(task);
            return Optional.of(task);
        }
        return Optional.empty();
    }

    private synchronized void ended(DownloadTask task) {
        running.remove(task.hash());
    }

    private void run(DownloadTask task) {
        Optional<String> reason = Optional.empty();
        try {
            reason = task.round();
        } catch (CommandException e) {
            LOG.info("download failed: {}", e.reason());
            task.result().completeExceptionally(e);
        } catch (CancellationException e) {
            task.cancel();
        } catch (RuntimeException bug) {
            FatalErrors.thrown("a download", bug);
            task.result().completeExceptionally(new CommandException(ErrorCode.INTERNAL, "a download failed: " + bug));
        } finally {
            ended(task);
        }
        reason.ifPresent(why -> again(task, why));
        dispatch();
    }

    /** Waits a random time up to a limit that doubles, so that the devices of a fleet do not all come back at once. */
    private void again(DownloadTask task, String reason) {
        Duration wait;
        synchronized (this) {
            Schedule last = all.get(task);
            if (last == null) return;
            boolean isLate = timers.nanos() - last.begun > DownloadTask.LONGEST.toNanos();
            if (isLate) {
                wait = Duration.ZERO;
            } else {
                long half = last.nextLimit.toMillis() / 2;
                wait = Duration.ofMillis(half + chance.nextLong(half + 1));
                Duration doubled = last.nextLimit.multipliedBy(2);
                Duration limit = doubled.compareTo(LONGEST_WAIT) < 0 ? doubled : LONGEST_WAIT;
                all.put(task, new Schedule(last.begun, limit, Optional.of(timers.schedule(wait, () -> isDue(task)))));
            }
        }
        if (wait.isZero()) {
            task.giveUp(reason);
            return;
        }
        LOG.info("download waits {} ms: {}", wait.toMillis(), reason);
        task.listener().waiting(reason, wait);
    }

    private void isDue(DownloadTask task) {
        synchronized (this) {
            if (all.containsKey(task)) due.add(task);
        }
        dispatch();
    }

    /** Cancels all downloads; what has arrived is continued by the next agent. Waits for them, for two seconds at most. */
    @Override
    public void close() {
        List<DownloadTask> open;
        synchronized (this) {
            isClosed = true;
            open = List.copyOf(all.keySet());
        }
        open.forEach(DownloadTask::cancel);
        pool.close();
    }
}
