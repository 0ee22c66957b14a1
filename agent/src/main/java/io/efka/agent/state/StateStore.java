package io.efka.agent.state;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.supervision.StoreException;
import io.efka.threads.AgentThread;
import io.efka.threads.FatalErrors;
import io.efka.threads.TaskPool;
import io.efka.words.FileFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's state: named maps of documents that survive a kill -9 and a power cut. Every commit is written to a journal
 * with one sync; now and then everything is written to a MapDB file, and a new journal begins. Thread-safe. Its threads are
 * {@code agent-state} (writes what is to be durable soon) and {@code agent-checkpoint}.
 */
public final class StateStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StateStore.class);

    /** Between two checks of the lock. If somebody deletes its file, there may be two agents for this long. */
    static final Duration LOCK_LOOKS = Duration.ofSeconds(5);

    // A checkpoint takes dozens of milliseconds on a disk, seconds on poor flash.
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(20);

    private static final String NO_CHECKPOINT = "no checkpoint could be written, the journal goes on growing";

    private final StateOpener opening;
    private final GroupCommit commits;
    private final StoreLimits bounds;
    private final ScheduledExecutorService flusher;
    private final ExecutorService checkpointer;
    private final AtomicBoolean flushDue = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final WriteFailureLog flushFailures = new WriteFailureLog();
    private final WriteFailureLog checkpointFailures = new WriteFailureLog();

    private StateStore(StateOpener opening, StoreLimits bounds, ExecutorService checkpointer) {
        this.opening = opening;
        this.bounds = bounds;
        this.checkpointer = checkpointer;
        this.flusher = new ScheduledThreadPoolExecutor(
                1, task -> new AgentThread("agent-state", task), new ThreadPoolExecutor.DiscardPolicy());
        this.commits = new GroupCommit(opening.documents(), opening.journal(), bounds, this::beginCheckpoint);
    }

    /**
     * Opens the state in {@code data/state}, which is made where there is none. What a crash has cut off is repaired
     * silently; what is damaged is set aside, logged and listed by {@link #damages}. Takes some dozens of milliseconds.
     *
     * @throws DataFolderBusy if another agent has it open
     * @throws StoreException if the folder cannot be read or written at all
     */
    public static StateStore open(Path data) throws DataFolderBusy, StoreException {
        return open(data, new KernelDisk(), StoreLimits.DEFAULT);
    }

    static StateStore open(Path data, StateDisk disk, StoreLimits bounds) throws DataFolderBusy, StoreException {
        // There is one checkpoint a day on a quiet device: its thread goes when it is done.
        var checkpointer =
                TaskPool.onDemand("agent-checkpoint", 1, Duration.ofSeconds(1), new LinkedBlockingQueue<>(), 0);
        return open(data, disk, bounds, checkpointer);
    }

    /** @param checkpointer has one thread, if the machine has one for it */
    static StateStore open(Path data, StateDisk disk, StoreLimits bounds, ExecutorService checkpointer)
            throws DataFolderBusy, StoreException {
        try {
            return new StateStore(StateOpener.of(data, disk, bounds), bounds, checkpointer);
        } catch (IOException e) {
            throw new StoreException("the state in " + data + " cannot be opened: " + e.getMessage(), e);
        }
    }

    /**
     * Checks every few seconds, on {@code agent-state}, whether this is still the only agent here.
     *
     * @param lost called when somebody has deleted or replaced the lock file: from then on another agent may have the
     *     folder, and nothing may be written into it any more
     */
    public void watchLock(Runnable lost) {
        watchLock(LOCK_LOOKS, lost);
    }

    void watchLock(Duration interval, Runnable lost) {
        Runnable look = turn(() -> {
            if (opening.lock().isLost()) lost.run();
        });
        flusher.scheduleWithFixedDelay(look, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** One map, by key, as its callers made it; empty if nothing was ever saved in it. A copy. */
    public Map<String, String> documents(String map) {
        return commits.map(map);
    }

    /**
     * Makes changes, all or none of them; durable when it returns. Takes the time of a disk sync, two at most; commits of
     * several threads share one. Not disturbed by interrupts.
     *
     * @throws StoreException if they cannot be made durable (disk full, read-only, closed): what was before stands
     */
    public void commit(List<Change> changes) throws StoreException {
        requireModest(changes);
        commits.commit(changes);
    }

    /**
     * As {@link #commit}, for what has taken effect already or makes room. On a full disk it uses a reserve that other
     * commits do not touch, of {@value StoreLimits#RESERVE} bytes.
     */
    public void commitCritical(List<Change> changes) throws StoreException {
        requireModest(changes);
        commits.commitCritical(changes);
    }

    private static void requireModest(List<Change> changes) throws StoreException {
        int size = changes.stream().mapToInt(Change::size).sum();
        if (size > StoreLimits.MAX_COMMIT) {
            String message = "a commit must be at most %d characters, was %d".formatted(StoreLimits.MAX_COMMIT, size);
            throw new StoreException(message, new IOException(message));
        }
    }

    /**
     * Makes changes that are durable with the next commit, or within a second. Never blocks on a sync. While the disk
     * refuses them, the newest change of every key is kept and tried again.
     */
    public void commitSoon(Collection<Change> changes) {
        commits.soon(changes);
        if (!closed.get() && flushDue.compareAndSet(false, true)) flushLater();
    }

    private void flushLater() {
        flusher.schedule(turn(this::flush), bounds.soon().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A task of {@code agent-state}. */
    private static Runnable turn(Runnable work) {
        return FatalErrors.top(() -> {
            AgentThread.step();
            work.run();
            AgentThread.idle();
        });
    }

    private void flush() {
        flushDue.set(false);
        try {
            commits.commit(List.of());
            flushFailures.over();
        } catch (StoreException e) {
            flushFailures.add("changes wait to be saved", e);
            if (!closed.get() && flushDue.compareAndSet(false, true)) flushLater();
        }
    }

    /** The commit that filled the journal has succeeded, whether or not the machine has a thread for this. */
    private void beginCheckpoint() {
        try {
            checkpointer.execute(this::checkpoint);
        } catch (RejectedExecutionException noThread) {
            failed(noThread);
            commits.checkpointDone(); // the next commit tries again
        }
    }

    private void failed(RejectedExecutionException noThread) {
        checkpointFailures.add(NO_CHECKPOINT, new IOException("the machine has no thread for it", noThread));
    }

    private void checkpoint() {
        AgentThread.step();
        try {
            var rotation = commits.rotate(opening::nextJournal);
            if (rotation.isEmpty()) return;
            opening.checkpoints()
                    .write(rotation.get().documents(), rotation.get().generation());
            opening.checkpoints().deleteUnneeded();
            checkpointFailures.over();
        } catch (IOException e) {
            checkpointFailures.add(NO_CHECKPOINT, e);
        } finally {
            AgentThread.idle();
            commits.checkpointDone();
        }
    }

    /**
     * What was found damaged when the store was opened, one sentence each with the file's name, and which damaged files
     * of earlier starts are still there. Empty on a healthy device.
     */
    public List<String> damages() {
        return opening.damages();
    }

    /** Saves pending changes, writes a checkpoint and releases the folder. Idempotent; takes 20 s at most. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) return;
        flusher.shutdownNow();
        flush();
        commits.refuse();
        if (!isCheckpointedAtLast()) {
            // The folder stays locked until the process ends: two agents must not write in it.
            LOG.warn("the last checkpoint takes too long and is left; the journal has everything");
            return;
        }
        try {
            commits.close();
            opening.lock().close();
        } catch (IOException e) {
            LOG.warn("the state cannot be closed properly: {}", e.getMessage());
        }
    }

    /** Returns whether nothing is being written any more. */
    private boolean isCheckpointedAtLast() {
        try {
            return hasEnded(checkpointer.submit(this::checkpoint));
        } catch (RejectedExecutionException noThread) {
            failed(noThread);
            return true;
        } finally {
            checkpointer.shutdown();
        }
    }

    private static boolean hasEnded(Future<?> task) {
        long deadline = System.nanoTime() + CLOSE_LIMIT.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    task.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                    return true;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    FatalErrors.thrown("the last checkpoint", e);
                    return true;
                } catch (TimeoutException e) {
                    return false;
                }
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    /** Another agent uses the data folder; the message says which, and what to do. */
    public static final class DataFolderBusy extends Exception {
        DataFolderBusy(Path folder, String owner) {
            super("the data folder " + folder + " is in use by another agent (" + owner
                    + "): stop that one, or choose another folder with --data-dir");
        }
    }

    /**
     * Limits of size and of delay.
     *
     * @param journal bytes of a journal after which a checkpoint is begun
     * @param soon how long a change may wait that is to be durable soon
     * @param damagedFiles how many damaged files are kept for inspection
     * @param reserve bytes of a journal that are kept free for changes that have already taken effect
     */
    record StoreLimits(long journal, Duration soon, int damagedFiles, int reserve) {
        /**
         * Outcomes of the commands that are under way when a disk fills up, after which no new ones are taken, and some
         * hundred restarts of services.
         */
        static final int RESERVE = 128 << 10;

        /**
         * 4 MiB is replayed in some dozens of milliseconds at start. Half a second, and the time of a sync, make the second
         * that the ports promise.
         */
        static final StoreLimits DEFAULT = new StoreLimits(4 << 20, Duration.ofMillis(500), 5, RESERVE);

        /** A single commit above this is refused: it would not fit a small device's heap several times over. */
        static final int MAX_COMMIT = 8 << 20;

        /** While a checkpoint is being written, commits wait once the journal has this many bytes. */
        long fullJournal() {
            return 2 * journal;
        }
    }

    /** Logs failures in a row: the first, the others with their number, and their end. Stack traces are for DEBUG. */
    private static final class WriteFailureLog {
        @GuardedBy("this") private long failures;

        void add(String what, Exception failure) {
            long count = count();
            if (count == 1) {
                LOG.warn("{}: {}", what, FileFailure.words(failure));
            } else {
                LOG.warn("{}: {} ({} times in a row)", what, FileFailure.words(failure), count);
            }
            LOG.debug("{}", what, failure);
        }

        void over() {
            long count = reset();
            if (count > 0) LOG.info("the state is saved again, after {} failures", count);
        }

        private synchronized long count() {
            return ++failures;
        }

        private synchronized long reset() {
            long before = failures;
            failures = 0;
            return before;
        }
    }
}
