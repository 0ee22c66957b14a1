package io.efka.threads;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Starts processes on a machine that may have no process and no thread to spare. */
public final class ChildProcess {
    /** One for the child, which counts as one, and one for the thread of the JDK that waits for it. */
    private static final int NEEDED = 2;

    private ChildProcess() {}

    /**
     * Starts a process, as {@link ProcessBuilder#start} does. That one forks first and then needs a thread to wait for
     * the child: without one it fails with an {@code Error}, and leaves a child that nobody knows of and nobody will
     * wait for. So this asks for threads first, as many as that takes; between the two questions somebody else may take
     * them, and the {@code Error} then ends the agent, and the child with it.
     *
     * @throws IOException if there is no process, or no thread, to be had: nothing was started
     */
    public static Process start(ProcessBuilder builder) throws IOException {
        requireThreads();
        return builder.start();
    }

    private static void requireThreads() throws IOException {
        var together = new CountDownLatch(1);
        var asked = new @Nullable Thread[NEEDED];
        try {
            for (int i = 0; i < NEEDED; i++) {
                var thread = new Thread(null, () -> await(together), "agent-room", 64 * 1024);
                thread.setDaemon(true);
                thread.start();
                asked[i] = thread;
            }
        } catch (OutOfMemoryError none) {
            throw new IOException(none.getMessage());
        } finally {
            together.countDown();
            for (@Nullable Thread thread : asked) join(thread);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void join(@Nullable Thread thread) {
        try {
            if (thread != null) thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
