package io.efka.agent.state;

import io.efka.agent.supervision.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures the state store: commits a second and their time with 1 and 8 threads, against the bare sync of an appended
 * record on the same disk, and the time of an opening. Not a test; {@code main} takes the folder to measure in, and, to
 * measure a cold opening, the word {@code open}.
 */
final class CommitRate {
    private static final long NANOS = 3_000_000_000L;
    private static final String DOCUMENT = "x".repeat(200);

    private CommitRate() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        if (arguments.length > 1) {
            open(folder);
            return;
        }
        System.out.printf("bare append and fsync: %d/s%n", bareSyncs(folder));
        for (int threads : new int[] {1, 1, 8, 8}) commits(folder, threads);
    }

    private static void open(Path folder) throws Exception {
        long start = System.nanoTime();
        StateStore store = StateStore.open(folder);
        long took = System.nanoTime() - start;
        System.out.printf(
                "open: %.1f ms, %d documents%n",
                took / 1e6, store.documents("m").size());
        store.close();
    }

    private static long bareSyncs(Path folder) throws Exception {
        Files.createDirectories(folder);
        Path path = folder.resolve("bare");
        long count = 0;
        try (StateDisk.OpenFile file = new KernelDisk().create(path)) {
            for (long end = System.nanoTime() + NANOS; System.nanoTime() < end; count++) {
                file.write(220 * count, new byte[220]);
                file.force();
            }
        }
        Files.delete(path);
        return count * 1_000_000_000L / NANOS;
    }

    private static void commits(Path folder, int threads) throws Exception {
        try (StateStore store = StateStore.open(folder)) {
            var total = new AtomicLong();
            var times = new long[threads][];
            long end = System.nanoTime() + NANOS;
            var all = new Thread[threads];
            for (int i = 0; i < threads; i++) {
                int thread = i;
                all[i] = new Thread(() -> times[thread] = commitUntil(store, "t" + thread, end, total));
                all[i].start();
            }
            for (Thread thread : all) thread.join();
            long[] sorted =
                    Arrays.stream(times).flatMapToLong(Arrays::stream).sorted().toArray();
            System.out.printf(
                    "threads=%d: %d commits/s, p50 %d us, p99 %d us, max %d us%n",
                    threads,
                    total.get() * 1_000_000_000L / NANOS,
                    sorted[sorted.length / 2] / 1000,
                    sorted[sorted.length * 99 / 100] / 1000,
                    sorted[sorted.length - 1] / 1000);
        }
    }

    private static long[] commitUntil(StateStore store, String name, long end, AtomicLong total) {
        var times = new long[500_000];
        int count = 0;
        for (long now = System.nanoTime(); now < end && count < times.length; ) {
            commit(store, name + count % 250);
            long after = System.nanoTime();
            times[count++] = after - now;
            now = after;
        }
        total.addAndGet(count);
        return Arrays.copyOf(times, count);
    }

    private static void commit(StateStore store, String key) {
        try {
            store.commit(List.of(Change.put("m", key, DOCUMENT)));
        } catch (StoreException e) {
            throw new AssertionError(e);
        }
    }
}
