package io.efka.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.protocol.ServiceId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class KeyedSerialExecutorTest {
    private final ExecutorService pool = Executors.newFixedThreadPool(4);

    @AfterEach
    void endThePool() throws InterruptedException {
        pool.shutdownNow();
        assertThat(pool.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whatReadsFoldersRunsBesideTheOthersAndInTheSameOrder() {
        var places = new ArrayList<String>();
        var queues = new KeyedSerialExecutor(
                task -> {
                    places.add("pool");
                    task.run();
                },
                task -> {
                    places.add("folders");
                    task.run();
                },
                10,
                1000);
        var reading = new KeyedSerialExecutor.Work() {
            @Override
            public void run(Runnable release) {
                release.run();
            }

            @Override
            public boolean readsFolders() {
                return true;
            }
        };
        var key = KeyedSerialExecutor.Key.of(new ServiceId("camera"));
        KeyedSerialExecutor.Slot first = queues.reserve(key, 1, reading).orElseThrow();
        KeyedSerialExecutor.Slot second = queues.reserve(key, 1, Runnable::run).orElseThrow();

        second.ready();
        assertThat(places).isEmpty();
        first.ready();
        assertThat(places).containsExactly("folders", "pool");
    }

    @Test
    void keepTheirOrderOnManyThreadsHoweverLatePlacesGetReady() throws InterruptedException {
        var queues = new KeyedSerialExecutor(pool, 1000, 1_000_000);
        int perLane = 500;
        var left = new CountDownLatch(8 * perLane);
        Map<ServiceId, List<Integer>> seen = new ConcurrentHashMap<>();
        for (int number = 0; number < perLane; number++) {
            int mine = number;
            for (int queue = 0; queue < 8; queue++) {
                var id = new ServiceId("s" + queue);
                List<Integer> order = seen.computeIfAbsent(id, key -> Collections.synchronizedList(new ArrayList<>()));
                KeyedSerialExecutor.Work work = release -> {
                    order.add(mine);
                    pool.execute(release);
                    left.countDown();
                };
                KeyedSerialExecutor.Slot place =
                        queues.reserve(KeyedSerialExecutor.Key.of(id), 1, work).orElseThrow();
                pool.execute(place::ready);
            }
        }
        assertThat(left.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(seen.values())
                .allSatisfy(order -> assertThat(order)
                        .isEqualTo(IntStream.range(0, perLane).boxed().toList()));
    }

    @Test
    void goOnBehindAPlaceThatIsGivenUp() throws InterruptedException {
        var queues = new KeyedSerialExecutor(pool, 2, 100);
        var done = new CountDownLatch(1);
        KeyedSerialExecutor.Slot first = queues.reserve(KeyedSerialExecutor.Key.DEVICE, 50, release -> {})
                .orElseThrow();
        KeyedSerialExecutor.Slot second = queues.reserve(
                        KeyedSerialExecutor.Key.DEVICE, 50, release -> done.countDown())
                .orElseThrow();
        assertThat(queues.reserve(KeyedSerialExecutor.Key.DEVICE, 1, release -> {}))
                .isEmpty();
        second.ready();
        first.withdraw();
        assertThat(done.await(5, TimeUnit.SECONDS)).isTrue();
    }
}
