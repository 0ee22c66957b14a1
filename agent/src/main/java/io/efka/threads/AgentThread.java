package io.efka.threads;

/**
 * A daemon thread that shows whether it makes progress: it calls {@link #step} whenever it has done something, and
 * {@link #idle} before it waits for work. If it ends by an exception, the agent ends (see {@link FatalErrors}), because
 * nobody else would do its work.
 */
public final class AgentThread extends Thread implements Progress {
    private final boolean isWatched;
    private volatile int steps;
    private volatile boolean busy;

    public AgentThread(String name, Runnable work) {
        this(name, work, 0, true);
    }

    /**
     * @param stack bytes; 0: the JVM's default
     * @param isWatched false: it may hang in the kernel or in a service, and its steps do not count
     */
    AgentThread(String name, Runnable work, long stack, boolean isWatched) {
        super(null, work, name, stack);
        this.isWatched = isWatched;
        setDaemon(true);
    }

    /** The current thread has done something and has more to do. Does nothing on other kinds of threads. */
    public static void step() {
        if (Thread.currentThread() instanceof AgentThread self) self.update(true);
    }

    /** The current thread waits for work, for any length of time, until its next {@link #step}. */
    public static void idle() {
        if (Thread.currentThread() instanceof AgentThread self) self.update(false);
    }

    // Only the thread itself writes.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void update(boolean isBusy) {
        busy = isBusy;
        steps++;
    }

    @Override
    public String name() {
        return getName();
    }

    @Override
    public boolean isBusy() {
        return isWatched && busy && isAlive();
    }

    @Override
    public int steps() {
        return steps;
    }
}
