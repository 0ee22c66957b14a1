package io.efka.threads;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Looks every few seconds whether the agent still turns, for faults that nobody foresaw. A thread that is at work and has
 * not taken a step, a pool that begins no task, a mailbox that gets no turn, all for as long as the limit, or a
 * deadlock: then the agent is deaf, though its connection lives and it looks well. It is ended, with a thread dump, and
 * the next one adopts all services: an agent that restarts is not noticed, one that is deaf is, too late.
 *
 * <p>Its thread, {@code agent-self-check}, uses no pool, no log and no lock of the agent. It counts looks and not time:
 * a process that was held (SIGSTOP, a machine that slept) has missed nothing.
 */
public final class SelfCheck implements AutoCloseable {
    private static final Duration LONGEST_PERIOD = Duration.ofSeconds(5);
    private static final int LOOKS_AT_LEAST = 6;

    /** Looks without a step after which a deadlock is asked for: asking costs a pause of all threads. */
    private static final int SUSPICIOUS = 2;

    private static final int MAX_THREADS = 1024;

    private final Consumer<String> halt;
    private final Runnable alive;
    private final Duration limit;
    private final Duration period;
    private final long looks;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Queue<WeakReference<Progress>> watched = new ConcurrentLinkedQueue<>();

    // Confined to the thread.
    private final Thread[] threads = new Thread[MAX_THREADS];
    private final Map<Progress, Seen> seen = new WeakHashMap<>();

    private static final class Seen {
        private int steps;
        private long looks;
    }

    /**
     * Looks at nothing yet.
     *
     * @param limit how long something may be at work without a step; 0: nothing is looked at
     * @param atMost between two looks, if that is less than the limit asks for; 0: as the limit asks for
     * @param halt ends the process at once, and says why
     * @param alive called after every look that found nothing; must not block
     */
    public SelfCheck(Duration limit, Duration atMost, Consumer<String> halt, Runnable alive) {
        this.limit = limit;
        this.halt = halt;
        this.alive = alive;
        this.period = shortest(LONGEST_PERIOD, limit.dividedBy(LOOKS_AT_LEAST), atMost);
        this.looks = (limit.toMillis() + period.toMillis() - 1) / period.toMillis();
    }

    private static Duration shortest(Duration... all) {
        return Arrays.stream(all)
                .filter(one -> !one.isZero())
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** Every {@link AgentThread} of the process is looked at from now on, and what is {@link #watch}ed. */
    public void start() {
        // Not an AgentThread, which would look at itself.
        var thread = new Thread(null, this::run, "agent-self-check", 256 * 1024);
        thread.setDaemon(true);
        thread.start();
    }

    /** Looks also at this, until nobody else holds it. Thread-safe. */
    public void watch(Progress progress) {
        watched.add(new WeakReference<>(progress));
    }

    /** Looks at nothing any more. */
    @Override
    public void close() {
        closed.countDown();
    }

    private void run() {
        try {
            while (!closed.await(period.toMillis(), TimeUnit.MILLISECONDS)) look();
        } catch (InterruptedException nobodyDoes) {
            Thread.currentThread().interrupt();
        }
    }

    /** One look at everything. */
    void look() {
        if (!limit.isZero()) {
            Optional<String> problem = find();
            if (problem.isPresent()) {
                halt.accept(problem.get());
                return;
            }
        }
        alive.run();
    }

    private Optional<String> find() {
        long longest = 0;
        for (Progress one : all()) {
            long still = looksWithoutAStep(one);
            if (still >= looks) {
                return Optional.of("self-check: " + one.name() + " has work and has not moved for " + limit.toSeconds()
                        + " s (self_check_timeout)");
            }
            longest = Math.max(longest, still);
        }
        return longest < SUSPICIOUS ? Optional.empty() : deadlock();
    }

    private List<Progress> all() {
        var all = new ArrayList<Progress>();
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root.getParent() != null) root = root.getParent();
        int count = root.enumerate(threads);
        for (int i = 0; i < count; i++) {
            if (threads[i] instanceof AgentThread thread) all.add(thread);
        }
        watched.removeIf(reference -> {
            Progress there = reference.get();
            if (there != null) all.add(there);
            return there == null;
        });
        return all;
    }

    private long looksWithoutAStep(Progress one) {
        int steps = one.steps();
        Seen last = seen.computeIfAbsent(one, fresh -> new Seen());
        boolean isStill = one.isBusy() && steps == last.steps;
        last.looks = isStill ? last.looks + 1 : 0;
        last.steps = steps;
        return last.looks;
    }

    private static Optional<String> deadlock() {
        ThreadMXBean bean = ManagementFactory.getThreadMXBean();
        long[] ids = bean.findDeadlockedThreads();
        if (ids == null) return Optional.empty();
        var names = new ArrayList<String>();
        for (ThreadInfo thread : bean.getThreadInfo(ids)) {
            if (thread != null) names.add(thread.getThreadName());
        }
        return Optional.of("self-check: deadlock of threads " + names);
    }
}
