package io.efka.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Await;
import io.efka.it.Brokers;
import io.efka.it.TestBroker;
import io.efka.it.Watcher;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A service writes faster than any broker takes it; the disk has room for what waits. */
class OutputBurstIT {
    private static final int LINES = 10_000_000;

    /** {@code seq -f %09.0f}: nine digits and the end of the line. */
    private static final int LINE = 10;

    @Test
    void aHundredMegabytesAtOnceArriveWholeWithDefaultSettings() {
        try (TestBroker broker = Brokers.start();
                var device = new DisturbedDevice(broker, "burst", List.of())) {
            device.run("burst", "seq -f %09.0f " + LINES + "; exec sleep 600");
            long total = (long) LINES * LINE;
            Await.until("all " + total + " bytes have come", Duration.ofSeconds(90), () -> arrived(device) >= total);

            long next = 0;
            for (Watcher.Seen message : device.output("burst")) {
                assertThat(message.offset()).isLessThanOrEqualTo(next);
                for (int i = (int) (next - message.offset()); i < message.payload().length; i++) {
                    if (message.payload()[i] != expected(next++)) throw new AssertionError("byte " + (next - 1));
                }
            }
            assertThat(next).isEqualTo(total);
            assertThat(device.events("burst", "output_dropped")).isEmpty();
        }
    }

    private static long arrived(DisturbedDevice device) {
        List<Watcher.Seen> output = device.output("burst");
        return output.isEmpty() ? 0 : output.get(output.size() - 1).end();
    }

    private static byte expected(long offset) {
        long number = offset / LINE + 1;
        int digit = (int) (offset % LINE);
        if (digit == LINE - 1) return '\n';
        for (int i = LINE - 2; i > digit; i--) number /= 10;
        return (byte) ('0' + number % 10);
    }
}
