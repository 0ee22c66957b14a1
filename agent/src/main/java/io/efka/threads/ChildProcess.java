package io.efka.threads;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Starts processes on a machine that may have no process or thread left. */
public final class ChildProcess {
    /** One for the child, which counts as a thread, and one for the JDK's thread that waits for it. */
    private static final int NEEDED_THREADS = 2;

    static final String MECHANISM = "jdk.lang.Process.launchMechanism";

    /** From this version on the JDK warns about VFORK on stderr. FORK takes a millisecond or two longer. */
    private static final int VFORK_DEPRECATED = 25;

    private ChildProcess() {}

    /**
     * Chooses how the JVM creates processes, unless the operator has. To be called before the first process.
     *
     * <p>By default the JVM executes a helper from its own folder each time, and refuses to once the package manager
     * has put the helper of another version there: an agent that runs during an update of its JDK could then start
     * nothing and send no signal. The other mechanisms need no file.
     */
    public static void chooseMechanism() {
        if (System.getProperty(MECHANISM) == null) {
            System.setProperty(MECHANISM, mechanism(Runtime.version().feature()));
        }
    }

    static String mechanism(int javaVersion) {
        return javaVersion < VFORK_DEPRECATED ? "VFORK" : "FORK";
    }

    /**
     * Starts a process, as {@link ProcessBuilder#start} does. That method forks first and then needs a thread to wait
     * for the child. Without one it fails with an {@code Error}, and leaves a child that nobody knows or waits for.
     * Therefore this method first checks that as many threads can be started. If they are taken in between, the
     * {@code Error} ends the agent, and the child with it.
     *
     * @throws IOException if the machine has no process or thread left; nothing was started
     */
    public static Process start(ProcessBuilder builder) throws IOException {
        requireThreads();
        return builder.start();
    }

    private static void requireThreads() throws IOException {
        var together = new CountDownLatch(1);
        var asked = new @Nullable Thread[NEEDED_THREADS];
        try {
            for (int i = 0; i < NEEDED_THREADS; i++) {
                var thread = new Thread(null, () -> await(together), "agent-thread-check", 64 * 1024);
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
