package io.efka.threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class TaskPoolTest {
    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aTaskThatThrowsCostsNoThread() {
        try (var pool = TaskPool.fixed("pool-of-test", 1)) {
            Set<Thread> threads = ConcurrentHashMap.newKeySet();
            var done = new CountDownLatch(2);
            for (int i = 0; i < 2; i++) {
                pool.execute(() -> {
                    threads.add(Thread.currentThread());
                    done.countDown();
                    throw new IllegalStateException("a bug");
                });
            }

            await(done);
            assertThat(threads).singleElement().extracting(Thread::getName).isEqualTo("pool-of-test-1");
        }
    }

    @Test
    void aLastingPoolHasItsThreadsFromTheStart() {
        try (var pool = TaskPool.fixed("pool-of-test", 3)) {
            assertThat(pool.getPoolSize()).isEqualTo(3);
            assertThat(pool.allowsCoreThreadTimeOut()).isFalse();
        }
    }

    @Test
    void aPassingPoolRejectsWhatFindsNoThread() {
        var release = new CountDownLatch(1);
        try (var pool =
                TaskPool.onDemand("pool-of-test", 1, Duration.ofSeconds(1), new SynchronousQueue<>(), 128 * 1024)) {
            pool.execute(() -> await(release));

            assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
            release.countDown();
        }
    }

    @Test
    void aMachineWithoutThreadsIsARejection() {
        try (var pool =
                TaskPool.onDemand("pool-of-test", 1, Duration.ofSeconds(1), new SynchronousQueue<>(), 128 * 1024)) {
            pool.setThreadFactory(task -> {
                throw new OutOfMemoryError("unable to create native thread");
            });

            assertThatThrownBy(() -> pool.execute(() -> {}))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessage("pool-of-test: unable to create native thread");
            assertThat(pool.getPoolSize()).isZero();
        }
    }

    @Test
    void showsThatTasksWaitAndThatTheyAreBegun() {
        var release = new CountDownLatch(1);
        var done = new CountDownLatch(1);
        var began = new CountDownLatch(1);
        try (var pool = TaskPool.fixed("pool-of-test", 1)) {
            assertThat(pool.isBusy()).isFalse();
            pool.execute(() -> {
                began.countDown();
                await(release);
            });
            await(began);
            int steps = pool.steps();
            pool.execute(done::countDown);
            assertThat(pool.isBusy()).isTrue();
            assertThat(pool.steps()).isEqualTo(steps);

            release.countDown();
            await(done);

            assertThat(pool.isBusy()).isFalse();
            assertThat(pool.steps()).isGreaterThan(steps);
        }
    }

    @Test
    void itsThreadsShowWhetherTheyAreAtWork() throws InterruptedException {
        var release = new CountDownLatch(1);
        var began = new CountDownLatch(1);
        var threads = new ArrayList<AgentThread>();
        try (var pool = TaskPool.fixed("pool-of-test", 1)) {
            pool.execute(() -> {
                threads.add((AgentThread) Thread.currentThread());
                began.countDown();
                await(release);
            });
            await(began);
            AgentThread thread = threads.get(0);
            assertThat(thread.isBusy()).isTrue();
            int steps = thread.steps();

            release.countDown();
            pool.shutdown();
            assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();

            assertThat(thread.isBusy()).isFalse();
            assertThat(thread.steps()).isGreaterThan(steps);
        }
    }
}
