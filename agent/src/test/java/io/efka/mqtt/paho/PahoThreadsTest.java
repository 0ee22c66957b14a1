package io.efka.mqtt.paho;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Await;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PahoThreadsTest {
    private final BlockingQueue<Throwable> deaths = new LinkedBlockingQueue<>();
    private final PahoThreads threads = new PahoThreads(deaths::add);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void aThreadThatSleepsUntilOneItStartedRunsIsWoken() throws Exception {
        var woken = new CountDownLatch(3);
        threads.execute(() -> {
            for (int i = 0; i < 3; i++) {
                threads.submit(() -> {});
                sleepAsPahoDoes();
                woken.countDown();
            }
        });

        Await.countedDown(woken);
    }

    /** In place of its 100 ms, longer than this test may take. */
    private static void sleepAsPahoDoes() {
        try {
            Thread.sleep(60_000);
        } catch (InterruptedException e) {
            // Paho ignores it.
        }
    }

    @Test
    void aThreadFromElsewhereIsLeftAlone() throws Exception {
        var ran = new CountDownLatch(1);

        threads.execute(ran::countDown);
        Await.countedDown(ran);
        Await.until("the pool is empty again", () -> threads.getPoolSize() == 0);

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void theDeathOfAThreadIsTold() throws Exception {
        threads.submit(() -> {
            throw new IllegalStateException("cannot decode");
        });

        assertThat(deaths.take()).hasMessage("cannot decode");
    }
}
