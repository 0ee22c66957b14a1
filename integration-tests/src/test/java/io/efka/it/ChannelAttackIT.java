package io.efka.it;

import static io.efka.it.Device.code;
import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What can be done to the channel's socket by who means harm, while a well-behaved service goes on: it is called, it is
 * watched, and it numbers what it publishes. The agent answers what it can and counts it, and its neighbour does not notice.
 */
final class ChannelAttackIT {
    private static final String VANDAL = "vandal";
    private static final int ATTACHES = 10_000;
    private static final long TWO_GIB = 2L << 30;
    private static final long SEED = 20261122;
    /** Beside a heap that is bounded anyhow, an attack must not cost more than this. */
    private static final long MEMORY_KIB = 64 * 1024;

    @RegisterExtension
    static final SharedDevice SHARED = new SharedDevice("besieged");

    private static Neighbour neighbour;
    private static ChannelKey vandal;
    private static JsonObject before;

    private interface Attack {
        void run() throws Exception;
    }

    private static Device device() {
        return SHARED.device();
    }

    @BeforeAll
    static void moveIn() throws IOException {
        Path keys = device().folder();
        device().run(Neighbour.bundle(keys));
        device().run(Bundle.script(VANDAL, ChannelKey.leaveIn(keys), "exec sleep 600"));
        neighbour = Neighbour.movesIn(keys);
        vandal = ChannelKey.of(keys, VANDAL);
        before = device().awaitState(Neighbour.ID, "running");
    }

    @AfterAll
    static void moveOut() throws IOException {
        neighbour.close();
    }

    private static long counted(String... what) {
        JsonObject channel =
                ok(device().ask("info", "")).getAsJsonObject("info").getAsJsonObject("channel");
        return LongStream.range(0, what.length)
                .map(i -> channel.get(what[(int) i]).getAsLong())
                .sum();
    }

    private static long residentKib() {
        try {
            String status = Files.readString(Path.of("/proc/" + device().agent().pid() + "/status"));
            String line = status.lines()
                    .filter(l -> l.startsWith("VmRSS:"))
                    .findFirst()
                    .orElseThrow();
            return Long.parseLong(line.replaceAll("[^0-9]", ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs the attack, and calls the neighbour all the while. */
    private static void unnoticed(Attack attack) throws Exception {
        long memory = residentKib();
        CompletableFuture<Void> attacking = CompletableFuture.runAsync(() -> {
            try {
                attack.run();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        long saidBefore = neighbour.said();
        int calls = 0;
        do {
            ok(device().ask(Neighbour.ID, "call/hello", "{\"timeout_ms\":5000}"));
            calls++;
        } while (!attacking.isDone());
        attacking.get(60, TimeUnit.SECONDS);
        long said = neighbour.said();
        System.out.println("[channel] meanwhile " + calls + " calls were answered and " + (said - saidBefore)
                + " values published");
        assertThat(residentKib() - memory).as("KiB more than before").isLessThan(MEMORY_KIB);
        assertNobodyNoticed(said);
    }

    private static void assertNobodyNoticed(long said) {
        Await.until(
                () -> said + " values were said, and came: " + Neighbour.heard(device()),
                Duration.ofSeconds(20),
                () -> Neighbour.heard(device()).size() >= said);
        assertThat(Neighbour.heard(device()).subList(0, (int) said))
                .containsExactlyElementsOf(LongStream.range(0, said).boxed().toList());
        JsonObject now = ok(device().ask(Neighbour.ID, "status", "")).getAsJsonObject("status");
        assertThat(now.get("pid")).isEqualTo(before.get("pid"));
        assertThat(now.get("state").getAsString()).isEqualTo("running");
        assertThat(now.get("restarts").getAsInt()).isZero();
    }

    @Test
    void tenThousandAttachesThatAreRefused() throws Exception {
        long refused = counted("attaches_refused", "ended_not_attached");
        var number = new AtomicInteger();
        long begun = System.nanoTime();
        unnoticed(() -> {
            CompletableFuture<?>[] attackers = new CompletableFuture<?>[4];
            for (int i = 0; i < attackers.length; i++) {
                attackers[i] = CompletableFuture.runAsync(() -> {
                    while (number.get() < ATTACHES) attachInVain(number.getAndIncrement());
                });
            }
            CompletableFuture.allOf(attackers).get(60, TimeUnit.SECONDS);
            System.out.println("[channel] " + number + " attaches in "
                    + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun) + " ms");
        });
        Await.until(
                "all are counted",
                Duration.ofSeconds(20),
                () -> counted("attaches_refused", "ended_not_attached") == refused + number.get());
    }

    /** With nothing, with another service's token, with that of a service that is attached; some wait for an answer. */
    private static void attachInVain(int number) {
        ChannelKey key = switch (number % 3) {
            case 0 -> vandal.with(Neighbour.ID, "guessed");
            case 1 -> vandal.with(Neighbour.ID, vandal.token());
            default -> vandal.with("../" + Neighbour.ID, vandal.token());
        };
        try (ChannelClient client = ChannelClient.connect(key)) {
            client.say(key.attachLine());
            if (number % 2 == 0) return;
            assertThat(client.hear().get("code").getAsString()).isEqualTo("not_allowed");
        } catch (IOException cutOff) {
            // with so many at once the agent may send one away before it is heard
        }
    }

    @Test
    void aSecondChannelOfAServiceThatHasOne() throws Exception {
        ChannelKey stolen = ChannelKey.of(device().folder(), Neighbour.ID);
        unnoticed(() -> {
            for (int i = 0; i < 1_000; i++) {
                try (ChannelClient second = ChannelClient.connect(stolen)) {
                    second.say(stolen.attachLine());
                    assertThat(second.hear().get("code").getAsString()).isEqualTo("channel_exists");
                }
            }
        });
    }

    @Test
    void aLineOfTwoGibibytes() throws Exception {
        long badLines = counted("bad_lines");
        ByteBuffer piece = ByteBuffer.allocateDirect(1 << 18);
        while (piece.hasRemaining()) piece.put((byte) 'x');
        try (ChannelClient giant = ChannelClient.attached(vandal)) {
            unnoticed(() -> {
                long begun = System.nanoTime();
                for (long sent = 0; sent < TWO_GIB; sent += piece.capacity()) giant.send(piece.rewind());
                giant.say("");
                System.out.println("[channel] a line of 2 GiB in "
                        + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun) + " ms");
            });
            assertThat(giant.hear().get("code").getAsString()).isEqualTo("bad_line");
            giant.say("{\"type\":\"data\",\"name\":\"after\",\"value\":\"the giant\"}");
            device().watcher().await("the next line is heard", m -> m.text().equals("the giant"));
        }
        assertThat(counted("bad_lines")).isEqualTo(badLines + 1);
    }

    @Test
    void randomBytes() throws Exception {
        long badLines = counted("bad_lines");
        byte[] noise = new byte[4 << 20];
        new Random(SEED).nextBytes(noise);
        long expected = Stream.of(new String(noise, StandardCharsets.ISO_8859_1).split("\n"))
                .filter(line -> !line.isEmpty())
                .count();
        CompletableFuture<Integer> answers;
        try (ChannelClient babbler = ChannelClient.attached(vandal)) {
            answers = CompletableFuture.supplyAsync(() -> answersOf(babbler, expected));
            unnoticed(() -> babbler.send(ByteBuffer.wrap(noise)).say(""));
            babbler.say("{\"type\":\"data\",\"name\":\"after\",\"value\":\"the noise\"}");
            device().watcher().await("the next line is heard", m -> m.text().equals("the noise"));
            assertThat(answers.get(20, TimeUnit.SECONDS)).as("seed %d", SEED).isEqualTo((int) expected);
        }
        assertThat(counted("bad_lines") - badLines).isEqualTo(expected);
    }

    /** Reads so many answers, or until the channel is closed. */
    private static int answersOf(ChannelClient client, long expected) {
        int bad = 0;
        try {
            while (bad < expected) {
                if (client.hear().get("code").getAsString().equals("bad_line")) bad++;
            }
        } catch (IOException closed) {
            // then there were fewer
        }
        return bad;
    }

    @Test
    void whoNeverReadsItsAnswersIsCutOff() throws Exception {
        try (ChannelClient deaf = ChannelClient.attached(vandal)) {
            unnoticed(() -> {
                try {
                    while (true) deaf.say("nonsense");
                } catch (IOException cutOff) {
                    // that is it
                }
            });
        }
        device().watcher()
                .await(
                        "the event",
                        m -> m.topic().equals(device().topic(VANDAL, "event"))
                                && m.text().contains("channel_cut_off"));
        ChannelClient.attached(vandal).close();
    }

    @Test
    void halfLinesAndClosingInTheMiddle() throws Exception {
        String line = vandal.attachLine();
        unnoticed(() -> {
            var random = new Random(SEED);
            for (int i = 0; i < 1_000; i++) {
                try (ChannelClient half = ChannelClient.connect(vandal)) {
                    byte[] begun =
                            line.substring(0, random.nextInt(line.length())).getBytes(StandardCharsets.UTF_8);
                    half.send(ByteBuffer.wrap(begun));
                }
                try (ChannelClient whole = ChannelClient.attached(vandal)) {
                    whole.send(ByteBuffer.wrap("{\"type\":\"data\",\"na".getBytes(StandardCharsets.UTF_8)));
                }
            }
        });
    }

    @Test
    void aServiceThatClosesAmidItsCalls() throws Exception {
        CompletableFuture<JsonObject> call;
        try (ChannelClient called = ChannelClient.attached(vandal)) {
            call = CompletableFuture.supplyAsync(() -> device().ask(VANDAL, "call/hello", ""));
            assertThat(called.hear().get("type").getAsString()).isEqualTo("call");
        }
        assertThat(code(call.get(20, TimeUnit.SECONDS))).isEqualTo("no_channel");
        unnoticed(() -> {});
    }

    @Test
    void aThousandWhoSayNothing() throws Exception {
        long sentAway = counted("ended_not_attached");
        ChannelClient[] silent = new ChannelClient[1_000];
        try {
            unnoticed(() -> {
                for (int i = 0; i < silent.length; i++) silent[i] = ChannelClient.connect(vandal);
            });
            Await.until(
                    "all but 64 are sent away",
                    Duration.ofSeconds(20),
                    () -> counted("ended_not_attached") - sentAway >= silent.length - 64);
            assertThat(CompletableFuture.supplyAsync(() -> isClosed(silent[0])).get(20, TimeUnit.SECONDS))
                    .isTrue();
            ChannelClient.attached(vandal).close();
        } finally {
            for (ChannelClient one : silent) if (one != null) one.close();
        }
    }

    private static boolean isClosed(ChannelClient client) {
        try {
            client.hear();
            return false;
        } catch (IOException closed) {
            return true;
        }
    }
}
