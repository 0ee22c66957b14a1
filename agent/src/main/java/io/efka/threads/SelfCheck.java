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
 * Checks every few seconds that the agent makes progress, as a defence against unknown bugs. The check fails if, for as
 * long as the limit, a busy thread has made no step, a pool has begun no task or a mailbox has got no turn; or if there
 * is a deadlock. Such an agent looks healthy, because its connection stays alive, but does nothing. It is ended with a
 * thread dump, and the next agent adopts all services, which do not notice.
 *
 * <p>Its thread, {@code agent-self-check}, uses no pool, no log and no lock of the agent. It counts checks instead of
 * time: a process that was suspended (SIGSTOP, a machine that slept) has missed nothing.
 */
public final class SelfCheck implements AutoCloseable {
    private static final Duration LONGEST_PERIOD = Duration.ofSeconds(5);
    private static final int MIN_CHECKS = 6;

    /** Checks without a step before it looks for a deadlock, which pauses all threads. */
    private static final int CHECKS_BEFORE_DEADLOCK_SEARCH = 2;

    private static final int MAX_THREADS = 1024;

    private final Consumer<String> halt;
    private final Runnable passed;
    private final Duration limit;
    private final Duration period;
    private final long maxChecks;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Queue<WeakReference<Progress>> watched = new ConcurrentLinkedQueue<>();

    // Confined to the thread.
    private final Thread[] threads = new Thread[MAX_THREADS];
    private final Map<Progress, Observation> observations = new WeakHashMap<>();

    /** The last step count of one, and the number of checks since it changed. */
    private static final class Observation {
        private int steps;
        private long checks;
    }

    /**
     * Does not start yet.
     *
     * @param limit how long something may be busy without a step; 0: no limit, nothing is checked
     * @param maxPeriod longest time between two checks, if the limit does not require a shorter one; 0: none
     * @param halt ends the process at once, with the given reason
     * @param passed called after every check that found nothing; must not block
     */
    public SelfCheck(Duration limit, Duration maxPeriod, Consumer<String> halt, Runnable passed) {
        this.limit = limit;
        this.halt = halt;
        this.passed = passed;
        this.period = shortest(LONGEST_PERIOD, limit.dividedBy(MIN_CHECKS), maxPeriod);
        this.maxChecks = (limit.toMillis() + period.toMillis() - 1) / period.toMillis();
    }

    private static Duration shortest(Duration... all) {
        return Arrays.stream(all)
                .filter(one -> !one.isZero())
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** Starts. Checks every {@link AgentThread} of the process, and whatever was given to {@link #watch}. */
    public void start() {
        // Not an AgentThread: it would check itself.
        var thread = new Thread(null, this::run, "agent-self-check", 256 * 1024);
        thread.setDaemon(true);
        thread.start();
    }

    /** Also checks this, until it is garbage-collected. Thread-safe. */
    public void watch(Progress progress) {
        watched.add(new WeakReference<>(progress));
    }

    /** Stops checking. */
    @Override
    public void close() {
        closed.countDown();
    }

    private void run() {
        try {
            while (!closed.await(period.toMillis(), TimeUnit.MILLISECONDS)) check();
        } catch (InterruptedException nobodyDoes) {
            Thread.currentThread().interrupt();
        }
    }

    /** Checks everything once. */
    void check() {
        if (!limit.isZero()) {
            Optional<String> problem = find();
            if (problem.isPresent()) {
                halt.accept(problem.get());
                return;
            }
        }
        passed.run();
    }

    private Optional<String> find() {
        long longest = 0;
        for (Progress one : all()) {
            long still = checksWithoutAStep(one);
            if (still >= maxChecks) {
                return Optional.of("self-check: " + one.name() + " has work and has not moved for " + limit.toSeconds()
                        + " s (self_check_timeout)");
            }
            longest = Math.max(longest, still);
        }
        return longest < CHECKS_BEFORE_DEADLOCK_SEARCH ? Optional.empty() : deadlock();
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
            Progress watchedOne = reference.get();
            if (watchedOne != null) all.add(watchedOne);
            return watchedOne == null;
        });
        return all;
    }

    private long checksWithoutAStep(Progress one) {
        int steps = one.steps();
        Observation last = observations.computeIfAbsent(one, unknown -> new Observation());
        boolean isStill = one.isBusy() && steps == last.steps;
        last.checks = isStill ? last.checks + 1 : 0;
        last.steps = steps;
        return last.checks;
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
