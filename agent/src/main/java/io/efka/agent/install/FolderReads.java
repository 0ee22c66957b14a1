package io.efka.agent.install;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.protocol.CommandException;
import io.efka.threads.TaskPool;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads folders that may be on a dead mount, where a read never returns and cannot be given up. A read has a thread of its
 * own, and its caller waits for a limited time. One that hangs keeps its thread, so there is one for each folder at most,
 * and a limited number in all; until it returns, other reads of its folder are refused at once. Thread-safe.
 */
final class FolderReads implements AutoCloseable {
    /**
     * How long a read may take while none hangs: a sleeping disk spins up, or an automount is made, in that time. Whoever
     * sends a command waits for 10 seconds as a rule.
     */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    /** A card under load may take this long. The agent cannot do without that disk, so it does not give up soon. */
    private static final Duration OWN_LIMIT = Duration.ofSeconds(30);

    /** A hung thread costs some 100 KiB. Ten services on one dead mount are not rare. */
    private static final int MAX_AT_A_TIME = 16;

    private static final Duration IDLE = Duration.ofSeconds(10);

    private final Duration limit;
    private final TaskPool threads;

    /** The reads under way, by folder. */
    @GuardedBy("this") private final Map<Path, Reading> under = new HashMap<>();

    @GuardedBy("this") private int hanging;

    /** @param name of the threads */
    FolderReads(String name) {
        this(name, LIMIT, MAX_AT_A_TIME);
    }

    /** For the agent's own folders. */
    static FolderReads own() {
        return new FolderReads("agent-read-own", OWN_LIMIT, MAX_AT_A_TIME);
    }

    FolderReads(String name, Duration limit, int maxAtATime) {
        this.limit = limit;
        this.threads = TaskPool.onDemand(name, maxAtATime, IDLE, new SynchronousQueue<>(), 0);
    }

    /** What is read. Must change nothing: it may come to its end long after its caller gave up. */
    interface Work<T> {
        T read() throws IOException, CommandException;
    }

    /** The content of a folder is not known; it may be readable later. */
    static final class Unread extends IOException {
        private static final long serialVersionUID = 1L;

        Unread(String message) {
            super(message);
        }
    }

    private static final class Reading {
        final CompletableFuture<Void> end = new CompletableFuture<>();
        boolean hangs;
    }

    /**
     * Reads something in a folder. Blocks for the limit at most; for the less the more reads hang, so that many dead
     * mounts together cost a few limits and not one each.
     *
     * @throws Unread if there is no answer in time, if an earlier read of the folder hangs, or if too many do
     */
    <T> T read(Path folder, Work<T> work) throws IOException, CommandException {
        Path key = folder.toAbsolutePath().normalize();
        long deadline = System.nanoTime() + patience().toNanos();
        Reading reading = begin(key, deadline);
        var result = new CompletableFuture<T>();
        try {
            threads.execute(() -> run(key, reading, work, result));
        } catch (RejectedExecutionException full) {
            end(key, reading);
            throw new Unread("was not read: too many other folders do not answer, or there is no thread to read it");
        }
        try {
            return result.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException none) {
            throw hangs(key, reading);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unread("was not read: the agent is stopping");
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        }
    }

    private synchronized Duration patience() {
        return limit.dividedBy(1 + hanging);
    }

    /** Waits for a read of the same folder that does not hang yet. */
    private Reading begin(Path folder, long deadline) throws Unread {
        while (true) {
            Reading earlier;
            synchronized (this) {
                earlier = under.get(folder);
                if (earlier == null) {
                    var reading = new Reading();
                    under.put(folder, reading);
                    return reading;
                }
                if (earlier.hangs) throw new Unread("was not read: an earlier read of " + folder + " still hangs");
            }
            try {
                earlier.end.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException | ExecutionException none) {
                throw new Unread("was not read: an earlier read of " + folder + " still hangs");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Unread("was not read: the agent is stopping");
            }
        }
    }

    private <T> void run(Path folder, Reading reading, Work<T> work, CompletableFuture<T> result) {
        // Stays so after an Error only: the thread's top says it, and the caller need not wait.
        Runnable tell = () -> result.completeExceptionally(new Unread("was not read: the reading ended with an error"));
        try {
            T done = work.read();
            tell = () -> result.complete(done);
        } catch (IOException | CommandException | RuntimeException failed) {
            tell = () -> result.completeExceptionally(failed);
        } finally {
            end(folder, reading); // first: the caller may read the folder again at once
            tell.run();
        }
    }

    private synchronized Unread hangs(Path folder, Reading reading) {
        if (under.get(folder) == reading && !reading.hangs) {
            reading.hangs = true;
            hanging++;
        }
        return new Unread(folder + " did not answer in time; a mount may be dead");
    }

    private void end(Path folder, Reading reading) {
        synchronized (this) {
            under.remove(folder);
            if (reading.hangs) hanging--;
        }
        reading.end.complete(null);
    }

    private static IOException rethrown(@Nullable Throwable cause) throws IOException, CommandException {
        if (cause instanceof IOException io) throw io;
        if (cause instanceof CommandException refused) throw refused;
        if (cause instanceof RuntimeException bug) throw bug;
        throw new IllegalStateException(cause);
    }

    /** Waits for no read that hangs. */
    @Override
    public void close() {
        boolean waits;
        synchronized (this) {
            waits = under.isEmpty();
        }
        if (waits) threads.close();
        else threads.shutdown();
    }
}
