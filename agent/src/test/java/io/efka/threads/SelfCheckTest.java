package io.efka.threads;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Await;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class SelfCheckTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int LOOKS = 12;

    private final List<String> halts = new ArrayList<>();
    private final AtomicInteger alive = new AtomicInteger();
    private final SelfCheck check = new SelfCheck(LIMIT, Duration.ZERO, halts::add, alive::incrementAndGet);
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void goOn() {
        release.countDown();
    }

    private void look(int times) {
        for (int i = 0; i < times; i++) check.check();
    }

    private void awaitRelease() {
        try {
            release.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private AgentThread started(Runnable work) throws InterruptedException {
        var began = new CountDownLatch(1);
        var thread = new AgentThread("agent-of-test", () -> {
            work.run();
            began.countDown();
            awaitRelease();
        });
        thread.start();
        assertThat(began.await(10, TimeUnit.SECONDS)).isTrue();
        return thread;
    }

    @Nested
    class OfThreads {
        @Test
        void oneAtWorkThatTakesNoStepEndsTheAgent() throws Exception {
            started(AgentThread::step);

            look(LOOKS);
            assertThat(halts).isEmpty();
            look(1);

            assertThat(halts)
                    .containsExactly(
                            "self-check: agent-of-test has work and has not moved for 60 s (self_check_timeout)");
        }

        @Test
        void oneThatWaitsForWorkDoesNot() throws Exception {
            started(() -> {
                AgentThread.step();
                AgentThread.idle();
            });

            look(2 * LOOKS);

            assertThat(halts).isEmpty();
        }

        @Test
        void oneThatHasEndedDoesNot() throws Exception {
            AgentThread thread = started(AgentThread::step);
            look(LOOKS);
            release.countDown();
            thread.join(10_000);

            look(LOOKS);

            assertThat(halts).isEmpty();
        }

        @Test
        void aDeadlockEndsTheAgentLongBeforeTheLimit() throws Exception {
            var first = new ReentrantLock();
            var second = new ReentrantLock();
            var both = new CountDownLatch(2);
            Thread one = deadlocked("agent-one", first, second, both);
            Thread other = deadlocked("agent-other", second, first, both);
            assertThat(both.await(10, TimeUnit.SECONDS)).isTrue();
            while (!first.hasQueuedThreads() || !second.hasQueuedThreads()) Thread.onSpinWait();

            look(4);

            assertThat(halts).isNotEmpty();
            assertThat(halts.get(0))
                    .startsWith("self-check: deadlock of threads [")
                    .contains("agent-one", "agent-other");
            one.interrupt();
            other.interrupt();
            one.join(10_000);
            other.join(10_000);
        }

        private Thread deadlocked(String name, ReentrantLock mine, ReentrantLock others, CountDownLatch both) {
            var thread = new AgentThread(name, () -> {
                AgentThread.step();
                mine.lock();
                both.countDown();
                try {
                    both.await();
                    others.lockInterruptibly();
                } catch (InterruptedException e) {
                    mine.unlock();
                }
            });
            thread.start();
            return thread;
        }
    }

    @Nested
    class OfWhatIsWatched {
        @Test
        void aPoolThatBeginsNoTaskEndsTheAgent() {
            try (var pool = TaskPool.fixed("pool-of-test", 1)) {
                check.watch(pool);
                var began = new CountDownLatch(1);
                pool.execute(() -> {
                    AgentThread.idle(); // as if nothing were wrong with the thread
                    began.countDown();
                    awaitRelease();
                });
                assertThat(await(began)).isTrue();
                pool.execute(() -> {});

                look(LOOKS + 1);
                release.countDown();
            }

            assertThat(halts).singleElement().asString().contains("pool-of-test has work");
        }

        @Test
        void taskThatMayHangElsewhereDoNot() {
            try (var pool =
                    TaskPool.onDemand("pool-of-test", 1, LIMIT, new java.util.concurrent.LinkedBlockingQueue<>(), 0)) {
                var began = new CountDownLatch(1);
                pool.execute(() -> {
                    began.countDown();
                    awaitRelease();
                });
                assertThat(await(began)).isTrue();

                look(LOOKS + 1);
                release.countDown();
            }

            assertThat(halts).isEmpty();
        }

        @Test
        void tasksThatMayHangElsewhereMayUseCodeThatTakesSteps() {
            var began = new CountDownLatch(1);
            try (TaskPool pool =
                    TaskPool.onDemand("pool-of-test", 1, LIMIT, new java.util.concurrent.LinkedBlockingQueue<>(), 0)) {
                pool.execute(() -> {
                    AgentThread.step();
                    began.countDown();
                    awaitRelease();
                });
                Await.countedDown(began);

                look(LOOKS + 1);
                release.countDown();
            }

            assertThat(halts).isEmpty();
        }

        @Test
        void isForgottenWhenNobodyElseHoldsIt() {
            check.watch(standing());
            var gone = new WeakReference<>(new Object());
            while (gone.get() != null) System.gc();

            look(LOOKS + 1);

            assertThat(halts).isEmpty();
        }

        private Progress standing() {
            return new Progress() {
                @Override
                public String name() {
                    return "standing";
                }

                @Override
                public boolean isBusy() {
                    return true;
                }

                @Override
                public int steps() {
                    return 0;
                }
            };
        }
    }

    @Test
    void feedsTheWatchdogWhileAllIsWell() throws Exception {
        look(3);
        assertThat(alive).hasValue(3);
        started(AgentThread::step);

        look(LOOKS + 5);

        assertThat(alive).hasValue(3 + LOOKS);
    }

    @Test
    void looksAtNothingWhenItIsSwitchedOff() throws Exception {
        var off = new SelfCheck(Duration.ZERO, Duration.ZERO, halts::add, alive::incrementAndGet);
        started(AgentThread::step);

        for (int i = 0; i < 100; i++) off.check();

        assertThat(halts).isEmpty();
        assertThat(alive).hasValue(100);
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
