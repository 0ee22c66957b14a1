package io.efka.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Await;
import io.efka.it.Brokers;
import io.efka.it.TestBroker;
import io.efka.it.Watcher;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Away for longer than {@code backlog} lasts: the oldest output is dropped, and every dropped byte is announced. */
class OfflineGapIT {
    private static final int LINES = 200_000;

    @Test
    void everyByteIsEitherPublishedOrAnnouncedAsDropped() {
        try (TestBroker broker = Brokers.start();
                var device = new DisturbedDevice(broker, "gap", List.of())) {
            device.run(
                    "flood",
                    "echo first; while [ ! -e go ]; do sleep 0.05; done; seq -f %06g " + LINES
                            + "; touch done; exec sleep 600",
                    "{\"keep\":\"64KiB\",\"backlog\":\"64KiB\"}");
            device.awaitText("flood", "first\n");

            broker.kill();
            touch(device, "go");
            Await.until(
                    "it wrote",
                    DisturbedDevice.SOON,
                    () -> Files.exists(device.workDir("flood").resolve("done")));
            broker.startEmpty();
            device.watchAgain();
            device.awaitText("flood", LINES + "\n");

            long total = 6 + 7L * LINES;
            List<Watcher.Seen> output = device.output("flood");
            long published = 0;
            long next = 6;
            for (Watcher.Seen message : output) {
                if (message.end() <= next) continue;
                published += message.end() - Math.max(next, message.offset());
                next = message.end();
            }
            assertThat(next).isEqualTo(total);
            assertThat(6 + published + announced(device)).isEqualTo(total);
            assertThat(announced(device)).isGreaterThan(total / 2);
        }
    }

    private static long announced(DisturbedDevice device) {
        return device.events("flood", "output_dropped").stream()
                .map(event -> event.get("bytes"))
                .mapToLong(bytes -> bytes.getAsLong())
                .sum();
    }

    private static void touch(DisturbedDevice device, String file) {
        try {
            Files.createFile(device.workDir("flood").resolve(file));
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }
}
