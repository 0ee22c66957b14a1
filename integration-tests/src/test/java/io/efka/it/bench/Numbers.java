package io.efka.it.bench;

import io.efka.it.TestBroker;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Counts what {@link Talker}s said as it reaches a subscriber that is no part of Efka: {@code mosquitto_sub} at QoS 1.
 * A number that did not come is lost, one that came behind a higher one is out of order, one that came twice is a
 * duplicate.
 */
final class Numbers implements AutoCloseable {
    private final Process subscriber;
    private final List<Count> counts = new ArrayList<>();
    private volatile long received;
    private volatile long lastAt;

    /** What came of one service. */
    private static final class Count {
        private final BitSet seen = new BitSet();
        private int highest = -1;
        private int late;
        private int twice;

        synchronized void take(int number) {
            if (seen.get(number)) twice++;
            else if (number < highest) late++;
            seen.set(number);
            highest = Math.max(highest, number);
        }

        synchronized int distinct() {
            return seen.cardinality();
        }
    }

    /** @param services which are called {@code talker-0} and so on */
    Numbers(TestBroker broker, String device, int services) throws IOException {
        for (int i = 0; i < services; i++) counts.add(new Count());
        String topic = "efka/" + device + "/svc/+/data/n";
        subscriber = new ProcessBuilder(
                        "mosquitto_sub",
                        "-V",
                        "5",
                        "-q",
                        "1",
                        "-p",
                        String.valueOf(broker.port()),
                        "-t",
                        topic,
                        "-F",
                        "%t %p")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var thread = new Thread(this::read, "bench-numbers");
        thread.setDaemon(true);
        thread.start();
    }

    private void read() {
        try (BufferedReader lines = subscriber.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int service = line.indexOf("/talker-") + "/talker-".length();
                int name = line.indexOf('/', service);
                int number = Integer.parseInt(line, line.indexOf(' ') + 1, line.length(), 10);
                counts.get(Integer.parseInt(line, service, name, 10)).take(number);
                lastAt = System.nanoTime();
                received++; // by this thread alone
            }
        } catch (IOException closed) {
            // the end
        }
    }

    long pid() {
        return subscriber.pid();
    }

    /** How many have come, duplicates included. */
    long received() {
        return received;
    }

    /** When the last one came. */
    long lastAt() {
        return lastAt;
    }

    long distinct() {
        return counts.stream().mapToLong(Count::distinct).sum();
    }

    long late() {
        return counts.stream().mapToLong(count -> count.late).sum();
    }

    long twice() {
        return counts.stream().mapToLong(count -> count.twice).sum();
    }

    @Override
    public void close() {
        subscriber.destroyForcibly();
        subscriber.onExit().join();
    }
}
