package io.efka.agent.output;

import com.sun.management.OperatingSystemMXBean;
import io.efka.fixtures.Await;
import io.efka.protocol.manifest.Manifest.OutputRule;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * What shipping costs by itself, against a broker that acknowledges at once. Prints a table; started by hand:
 * {@code java -Xmx32m -cp … io.efka.agent.output.OutputBenchmark FOLDER}.
 */
final class OutputBenchmark {
    private static final int LINES = 1_000_000;
    private static final long BYTES = LINES * 100L;

    private final OutputKit kit;
    private final Path input;
    private final Path plain;
    private final AtomicLong shipped = new AtomicLong();
    private final AtomicLong messages = new AtomicLong();
    private volatile long publishedAt;

    private OutputBenchmark(Path folder) throws IOException {
        input = folder.resolve("lines");
        plain = folder.resolve("plain");
        Files.writeString(input, ("x".repeat(99) + "\n").repeat(LINES / 10));
        kit = new OutputKit(folder.resolve("logs"));
        kit.link.keepNothing();
        kit.link.observe(message -> {
            shipped.addAndGet(message.payload().length);
            messages.incrementAndGet();
            publishedAt = System.nanoTime();
        });
        // A writer that is faster than the shipper gets ahead of it by all it writes; nothing is to be dropped here.
        kit.register(new OutputRule(2 * BYTES, 2 * BYTES, 0, Duration.ZERO, 64 << 10, OutputRule.Stderr.SEPARATE));
    }

    public static void main(String[] arguments) throws Exception {
        var benchmark = new OutputBenchmark(Path.of(arguments[0]));
        for (int round = 1; round <= 3; round++) {
            benchmark.flood(round, "large writes", "for i in 1 2 3 4 5 6 7 8 9 10; do cat %s; done");
            benchmark.flood(
                    10 + round,
                    "a write a line",
                    "for i in 1 2 3 4 5 6 7 8 9 10; do dd bs=100 if=%s status=none; done");
        }
        benchmark.single();
        benchmark.kit.close();
    }

    private void flood(int run, String what, String script) throws IOException, InterruptedException {
        String writer = String.format(script, input);
        Files.deleteIfExists(plain);
        Files.createFile(plain);
        long began = System.nanoTime();
        OutputKit.shell(plain, plain, writer);
        double plainSeconds = seconds(began);
        Path stdout = kit.begin(run).stdout();
        long before = shipped.get();
        messages.set(0);
        long cpu = cpu();
        began = System.nanoTime();
        OutputKit.shell(stdout, stdout, writer);
        double writeSeconds = seconds(began);
        Await.until("all shipped", () -> shipped.get() == before + BYTES);
        double shipSeconds = seconds(began);
        System.out.printf(
                "%-15s plain %.2f s, with agent %.2f s (%.2fx), shipped after %.2f s: %.0f MB/s, %.0f lines/s; agent CPU"
                        + " %.2f s; %d messages; heap %d MB%n",
                what,
                plainSeconds,
                writeSeconds,
                writeSeconds / plainSeconds,
                shipSeconds,
                BYTES / 1e6 / shipSeconds,
                LINES / shipSeconds,
                (cpu() - cpu) / 1e9,
                messages.get(),
                Runtime.getRuntime().totalMemory() >> 20);
    }

    private void single() throws IOException {
        Path stdout = kit.begin(99).stdout();
        long[] latencies = new long[500];
        for (int i = 0; i < latencies.length; i++) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            publishedAt = 0;
            long began = System.nanoTime();
            OutputKit.append(stdout, "a single line\n");
            while (publishedAt == 0) LockSupport.parkNanos(100_000);
            latencies[i] = publishedAt - began;
        }
        Arrays.sort(latencies);
        System.out.printf(
                "open, write and close to publish: p50 %.2f ms, p99 %.2f ms%n",
                latencies[latencies.length / 2] / 1e6, latencies[latencies.length * 99 / 100] / 1e6);
    }

    private static double seconds(long began) {
        return (System.nanoTime() - began) / 1e9;
    }

    private static long cpu() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
