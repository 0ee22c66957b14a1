package io.efka.agent.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process -9 that commits back to back with several threads, again and again, in the same folder, and looks each
 * time whether all that it was told to be durable is there. A dozen kills by default; for more:
 * {@code mvn -pl agent test -Dtest=StateSurvivesKillsTest -Defka.kills=300 -Defka.seed=1}.
 */
@Tag("kills")
final class StateSurvivesKillsTest {
    private static final int KILLS = Integer.getInteger("efka.kills", 12);
    private static final long SEED = Long.getLong("efka.seed", 1);
    private static final int THREADS = 8;
    private static final long JOURNAL = 128 << 10;
    private static final long CHECKPOINT = 320 << 10;

    // Two checkpoints and one being written; three journals, of twice their bound and the group that passed it, and one
    // more of
    // a life that was killed before its checkpoint was written: a busy machine does not get as far in each.
    private static final long SIZE_LIMIT = 3 * CHECKPOINT + 4 * (2 * JOURNAL + (8 << 10));

    @TempDir
    private Path data;

    private final Map<String, Long> acknowledged = new HashMap<>();
    private final List<String> lost = new ArrayList<>();
    private final List<String> unusable = new ArrayList<>();
    private long acknowledgements;
    private long largest;

    /** A newer JVM would complain of MapDB's native compression, in the middle of acknowledgements; an older one has no such flag. */
    private static final String NATIVE_ACCESS =
            Runtime.version().feature() >= 22 ? "--enable-native-access=ALL-UNNAMED" : "-Xshare:auto";

    @Test
    void withEverythingThatWasAcknowledged() throws Exception {
        var random = new Random(SEED);
        // On a busy machine little is committed before each kill: then it takes more of them to see checkpoints.
        for (int kill = 0; kill < KILLS || (checkpoints() <= KILLS / 3 && kill < 5 * KILLS); kill++) {
            int delay = 20 + random.nextInt(780);
            loadAndKill(kill, delay);
            verify(kill);
        }
        long checkpoints = checkpoints();
        System.out.printf(
                "kills=%d seed=%d threads=%d acknowledged=%d checkpoints=%d lost=%d unusable=%d largest=%d KiB (limit %d)%n",
                KILLS,
                SEED,
                THREADS,
                acknowledgements,
                checkpoints,
                lost.size(),
                unusable.size(),
                largest >> 10,
                SIZE_LIMIT >> 10);
        assertThat(lost).isEmpty();
        assertThat(unusable).isEmpty();
        assertThat(largest).isLessThan(SIZE_LIMIT);
        assertThat(checkpoints).isGreaterThan(KILLS / 3);
    }

    private long checkpoints() throws IOException {
        return new StateFiles(data.resolve("state")).journals().lastKey() - 1;
    }

    private void loadAndKill(int kill, int delay) throws Exception {
        Process load = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx64m",
                        NATIVE_ACCESS,
                        "-cp",
                        System.getProperty("java.class.path"),
                        CommitLoad.class.getName(),
                        data.toString(),
                        "" + THREADS,
                        "" + JOURNAL)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            var open = new CountDownLatch(1);
            List<String> lines = Collections.synchronizedList(new ArrayList<>());
            var reader = new Thread(() -> read(load, lines, open), "load-stderr");
            reader.start();
            if (!open.await(60, TimeUnit.SECONDS)) unusable.add("kill " + kill + ": not opened: " + lines);
            load.waitFor(delay, TimeUnit.MILLISECONDS);
            kill(load);
            reader.join();
            for (String line : lines) take(kill, line);
        } finally {
            kill(load);
        }
    }

    // By its handle: Process.destroyForcibly would close the pipe with acknowledgements that are not read yet.
    private static void kill(Process load) throws InterruptedException {
        load.toHandle().destroyForcibly();
        load.waitFor();
    }

    private static void read(Process load, List<String> lines, CountDownLatch open) {
        try (BufferedReader in = load.errorReader(StandardCharsets.UTF_8)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.add(line);
                if (line.equals("open")) open.countDown();
            }
        } catch (IOException e) {
            lines.add("failed to read: " + e);
        }
    }

    private void take(int kill, String line) {
        String[] words = line.split(" ");
        if (words[0].equals("ack")) {
            acknowledgements++;
            long number = Long.parseLong(words[2]);
            acknowledged.merge(CommitLoad.key(words[1], number), number, Math::max);
        } else if (!line.equals("open")) {
            unusable.add("kill " + kill + ": " + line);
        }
    }

    // A copy is looked at, so that the next process finds what the kill left.
    private void verify(int kill) throws IOException {
        largest = Math.max(largest, size());
        StateFolder.lookAtCopy(data, store -> {
            unusable.addAll(store.damages());
            compare(kill, store.documents("one"), store.documents("two"));
            return store;
        });
    }

    private void compare(int kill, Map<String, String> one, Map<String, String> two) {
        if (!one.equals(two)) lost.add("kill " + kill + ": half a commit");
        acknowledged.forEach((key, number) -> {
            String document = one.get(key);
            if (document == null || CommitLoad.number(document) < number) {
                lost.add("kill %d: %s: acknowledged %d, found %s".formatted(kill, key, number, document));
            }
        });
    }

    private long size() throws IOException {
        try (Stream<Path> files = Files.list(data.resolve("state"))) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }
}
