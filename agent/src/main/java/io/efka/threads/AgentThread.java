package io.efka.threads;

/**
 * A daemon thread that shows whether it gets on: it calls {@link #step} wherever it has done something, and {@link #idle}
 * before it waits for something to do. What is thrown at its top ends the agent (see {@link FatalErrors}): nobody would
 * do its work.
 */
public final class AgentThread extends Thread implements Progress {
    private volatile int steps;
    private volatile boolean busy;

    public AgentThread(String name, Runnable work) {
        this(name, work, 0);
    }

    /** @param stack bytes; 0: what the JVM gives */
    AgentThread(String name, Runnable work, long stack) {
        super(null, work, name, stack);
        setDaemon(true);
    }

    /** The current thread has done something, and has more to do. Does nothing on a thread of somebody else's. */
    public static void step() {
        if (Thread.currentThread() instanceof AgentThread self) self.turn(true);
    }

    /** The current thread waits for something to do, however long that takes, until its next {@link #step}. */
    public static void idle() {
        if (Thread.currentThread() instanceof AgentThread self) self.turn(false);
    }

    // Only the thread itself writes.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void turn(boolean isBusy) {
        busy = isBusy;
        steps++;
    }

    @Override
    public String name() {
        return getName();
    }

    @Override
    public boolean isBusy() {
        return busy && isAlive();
    }

    @Override
    public int steps() {
        return steps;
    }
}
