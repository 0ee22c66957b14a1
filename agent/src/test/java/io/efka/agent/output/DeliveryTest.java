package io.efka.agent.output;

import static io.efka.agent.output.OutputKit.CAMERA;
import static io.efka.agent.output.OutputKit.append;
import static io.efka.agent.output.OutputKit.limited;
import static io.efka.agent.output.OutputKit.rule;
import static io.efka.agent.output.OutputKit.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.supervision.OutputFiles.Paths;
import io.efka.fixtures.Await;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.protocol.ServiceId;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeliveryTest {
    private static final String LINES = "0123456789abcde\n".repeat(32 << 10);

    private OutputKit kit;

    @BeforeEach
    void open(@TempDir Path folder) {
        kit = new OutputKit(folder);
    }

    @AfterEach
    void close() {
        kit.close();
    }

    private long saved() {
        return kit.offsets.saved.getOrDefault("camera/stdout", -1L);
    }

    @Nested
    class Acknowledgement {
        @Test
        void movesTheSavedOffsetOverAWholeBeginningOnly() throws IOException {
            kit.link.acknowledgeAtOnce(false);
            kit.register(rule());
            append(kit.begin(1).stdout(), LINES.substring(0, 3 << 16));
            Await.until("three are out", () -> kit.link.unanswered() == 3);
            kit.link.acknowledge(2);
            kit.link.acknowledge(1);
            assertThat(saved()).isEqualTo(-1);
            kit.link.acknowledge(0);
            Await.until("all are saved", () -> saved() == 3 << 16);
            assertThat(kit.offsets.saves).containsExactly(3L << 16);
        }

        @Test
        void isSavedOnceASecondAtMost() throws IOException {
            kit.register(rule());
            Path stdout = kit.begin(1).stdout();
            long began = System.nanoTime();
            int lines = 0;
            while (System.nanoTime() - began < TimeUnit.MILLISECONDS.toNanos(1300)) {
                append(stdout, "line\n");
                lines += 5;
            }
            int written = lines;
            Await.until("the last is saved", () -> saved() == written);
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
            assertThat(kit.offsets.saves).hasSizeBetween(2, Math.toIntExact(2 + seconds));
        }

        @Test
        void thatNeverComesHoldsNoMoreThanTheWindow() throws IOException {
            kit.link.acknowledgeAtOnce(false);
            kit.register(rule());
            Path stdout = kit.begin(1).stdout();
            for (int i = 0; i < 10; i++) append(stdout, LINES);
            Await.until("the window is full", () -> kit.link.unanswered() == 32);
            append(stdout, LINES);
            assertThat(kit.link.unanswered()).isEqualTo(32);
        }

        @Test
        void thatIsRefusedBringsTheSameBytesAgain() throws IOException {
            kit.link.acknowledgeAtOnce(false);
            kit.register(rule());
            append(kit.begin(1).stdout(), LINES.substring(0, 3 << 16));
            Await.until("three are out", () -> kit.link.unanswered() == 3);
            kit.link.acknowledge(0);
            kit.link.acknowledgeAtOnce(true);
            kit.link.fail(0);
            Await.until("all are saved", () -> saved() == 3 << 16);
            assertThat(kit.link.published())
                    .extracting(Observer::offset)
                    .containsExactly(0L, 65536L, 131072L, 65536L, 131072L);
        }
    }

    @Nested
    class Refusal {
        @Test
        void ofALargePacketMakesSmallerPieces() throws IOException {
            kit.link.limit(3_000);
            kit.register(rule());
            append(kit.begin(1).stdout(), "7".repeat(5_000) + "\n" + LINES);

            Await.until("all is saved", () -> saved() == 5_001 + LINES.length());
            assertThat(kit.link.published())
                    .allSatisfy(message -> assertThat(message.packetBytes()).isLessThanOrEqualTo(3_000));
            assertThat(kit.text("stdout")).isEqualTo("7".repeat(5_000) + "\n" + LINES);
        }

        @Test
        void ofALargePacketThatNobodyAnnouncedMakesSmallerPieces() throws IOException {
            kit.link.refuse(message ->
                    message.payload().length > 4_096 ? Optional.of(LinkException.tooLarge("0x95")) : Optional.empty());
            kit.register(rule());
            append(kit.begin(1).stdout(), "7".repeat(5_000) + "\n");

            Await.until("all is saved", () -> saved() == 5_001);
            assertThat(kit.text("stdout")).isEqualTo("7".repeat(5_000) + "\n");
        }

        @Test
        void ofOneStreamHoldsUpNoOtherAndIsNotAskedAgainBeforeTheNextConnection() throws IOException {
            var attempts = new AtomicInteger();
            kit.link.refuse(message -> {
                if (!message.topic().endsWith("stdout")) return Optional.empty();
                attempts.incrementAndGet();
                return Optional.of(LinkException.refused("not authorised"));
            });
            kit.register(rule());
            Paths paths = kit.begin(1);
            append(paths.stdout(), "secret\n");
            for (int i = 0; i < 20; i++) {
                append(paths.stderr(), "line\n");
                int lines = i + 1;
                Await.until("stderr goes on", () -> kit.text("stderr").length() == 5 * lines);
            }
            assertThat(attempts).hasValue(1);

            kit.link.refuse(message -> Optional.empty());
            kit.output().disconnected();
            kit.output().connected();

            Await.until("it comes", () -> kit.text("stdout").equals("secret\n"));
        }

        @Test
        void forAWhileIsFollowedByAnotherAttempt() throws IOException {
            var attempts = new AtomicInteger();
            kit.link.refuse(message ->
                    attempts.incrementAndGet() == 1 ? Optional.of(LinkException.busy("quota")) : Optional.empty());
            kit.register(rule());
            append(kit.begin(1).stdout(), "one\n");

            Await.until("it comes", () -> kit.text("stdout").equals("one\n"));
            assertThat(attempts).hasValue(2);
        }

        @Test
        void ofWhatEndsConnectionsIsAGapThatIsAnnounced() throws IOException {
            kit.link.refuse(message -> Observer.offset(message) == 0
                    ? Optional.of(LinkException.poison("it ended several connections"))
                    : Optional.empty());
            kit.register(rule());
            Path stdout = kit.begin(1).stdout();
            append(stdout, "poison\n");
            Await.until(
                    "the gap is announced",
                    () -> kit.announced.of("output_dropped").size() == 1);
            append(stdout, "two\n");

            Await.until("the rest comes", () -> kit.link.published().size() == 1);
            assertThat(Observer.offset(kit.link.published().get(0))).isEqualTo(7);
            assertThat(kit.announced.of("output_dropped").get(0).number("bytes"))
                    .isEqualTo(7);
            Await.until("saved", () -> saved() == 11);
        }
    }

    @Nested
    class AfterALostConnection {
        @Test
        void shippingGoesOnAtWhatWasAcknowledged() throws IOException {
            kit.link.acknowledgeAtOnce(false);
            kit.register(rule());
            Path stdout = kit.begin(1).stdout();
            append(stdout, "one\n");
            Await.until("one is out", () -> kit.link.unanswered() == 1);
            kit.link.lose();
            kit.output().disconnected();
            append(stdout, "two\n");
            kit.link.acknowledgeAtOnce(true);
            kit.link.restore();
            kit.output().connected();
            Await.until("both", () -> kit.text("stdout").equals("one\ntwo\n"));
            Await.until("saved", () -> saved() == 8);
        }
    }

    @Nested
    class AfterARestart {
        @Test
        void shippingGoesOnAtWhatWasSaved() throws IOException {
            kit.register(rule());
            Path stdout = kit.begin(1).stdout();
            append(stdout, "one\n");
            Await.until("saved", () -> saved() == 4);
            kit.link.lose();
            kit.restart();
            append(stdout, "two\n");
            kit.link.discard();
            kit.link.restore();
            kit.register(rule());
            kit.output().connected();
            Await.until("two", () -> kit.link.published().size() == 1);
            assertThat(Observer.offset(kit.link.published().get(0))).isEqualTo(4);
        }

        @Test
        void theRestOfAnOlderRunGoesFirst() throws IOException {
            kit.link.lose();
            kit.restart();
            kit.register(rule());
            append(kit.begin(1).stdout(), "one\n");
            append(kit.begin(2).stdout(), "two\n");
            kit.restart();
            kit.register(rule());
            append(kit.begin(3).stdout(), "three\n");
            kit.link.restore();
            kit.output().connected();
            Await.until("all", () -> kit.text("stdout").equals("one\ntwo\nthree\n"));
            assertThat(kit.link.published()).extracting(Observer::offset).containsExactly(0L, 4L, 8L);
        }

        @Test
        void closingShipsWhatIsThere() throws IOException {
            kit.register(rule());
            append(kit.begin(1).stdout(), "last words");
            kit.close();
            assertThat(kit.text("stdout")).isEqualTo("last words");
            assertThat(saved()).isEqualTo(10);
        }
    }

    @Nested
    class Turns {
        @Test
        void areFairToFiftyStreamsOfUnequalHunger() throws IOException {
            kit.link.acknowledgeAtOnce(false);
            // All are hungry before the first bite: how soon a stream is noticed is another matter.
            kit.link.lose();
            kit.output().disconnected();
            var files = new ArrayList<Path>();
            for (int i = 0; i < 50; i++) {
                var id = new ServiceId("s" + i);
                kit.output().files().register(id, rule());
                files.add(kit.output().files().begin(id, run(1)).stdout());
            }
            for (int i = 0; i < 50; i++) for (int n = i == 7 ? 20 : 4; n > 0; n--) append(files.get(i), LINES);
            kit.link.restore();
            kit.output().connected();
            Map<String, Long> bytes = new HashMap<>();
            for (int i = 0; i < 400; i++) {
                Await.until("one is out", () -> kit.link.unanswered() > 0);
                kit.link.acknowledge(0);
            }
            for (Message message : kit.link.published()) {
                bytes.merge(message.topic(), (long) message.payload().length, Long::sum);
            }
            double mean =
                    bytes.values().stream().mapToLong(Long::longValue).average().orElse(0);
            assertThat(bytes).hasSize(50);
            assertThat(bytes.values())
                    .allSatisfy(each -> assertThat((double) each).isGreaterThan(mean / 2));
        }

        /** In real time: the rate is one of bytes a second on the system's clock. */
        @Tag("timing")
        @Test
        void keepToTheRateOfAService() throws IOException {
            kit.register(limited(200_000));
            long began = System.nanoTime();
            append(kit.begin(1).stdout(), LINES.substring(0, 300_000));
            Await.until("all", () -> kit.shipped("stdout").length == 300_000);
            double seconds = (System.nanoTime() - began) / 1e9;
            assertThat(seconds).as("300,000 bytes at 200,000 a second").isBetween(1.0, 3.0);
        }

        @Test
        void changeTheirRateWithTheRule() throws IOException {
            kit.register(limited(1000));
            append(kit.begin(1).stdout(), LINES);
            Await.until("some", () -> !kit.link.published().isEmpty());
            kit.register(rule());
            Await.until("all", () -> kit.shipped("stdout").length == LINES.length());
        }
    }

    @Nested
    class Idleness {
        /** In real time: whether threads wake up for nothing shows only in time that goes by. */
        @Tag("timing")
        @Test
        void costsNoWakeup() throws IOException {
            kit.register(rule());
            append(kit.begin(1).stdout(), "one\n");
            Await.until("saved", () -> saved() == 4);
            ThreadInfo[] before = {};
            long quietSince = System.nanoTime();
            while (System.nanoTime() - quietSince < TimeUnit.SECONDS.toNanos(3)) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
                // The last save is looked after a second later; after that there is nothing to do.
                if (before.length == 0 && System.nanoTime() - quietSince > TimeUnit.MILLISECONDS.toNanos(1500)) {
                    before = roomThreads();
                }
            }
            assertThat(roomThreads())
                    .extracting(ThreadInfo::getWaitedCount)
                    .containsExactly(before[0].getWaitedCount(), before[1].getWaitedCount());
        }

        private ThreadInfo[] roomThreads() {
            return Arrays.stream(ManagementFactory.getThreadMXBean().dumpAllThreads(false, false))
                    .filter(thread -> thread.getThreadName().startsWith("agent-output"))
                    .sorted(Comparator.comparing(ThreadInfo::getThreadName))
                    .toArray(ThreadInfo[]::new);
        }
    }

    @Nested
    class ManySmallWrites {
        @Test
        void areShippedWholeAndInFewMessages() throws Exception {
            kit.register(rule());
            Path stdout = kit.begin(1).stdout();
            OutputKit.shell(stdout, stdout, "i=0; while [ $i -lt 50000 ]; do echo line $i; i=$((i+1)); done");
            Await.until("the last line", () -> kit.text("stdout").endsWith("line 49999\n"));
            assertThat(kit.text("stdout").lines()).hasSize(50_000);
            assertThat(kit.link.published().size()).isLessThan(10_000);
        }

        /** In real time: the delay of a single line is what is measured. */
        @Tag("timing")
        @Test
        void areHeardAgainSinglyWhenItHasBecomeQuiet() throws Exception {
            kit.register(rule());
            Path stdout = kit.begin(1).stdout();
            OutputKit.shell(stdout, stdout, "i=0; while [ $i -lt 20000 ]; do echo $i; i=$((i+1)); done");
            Await.until("the last line", () -> kit.text("stdout").endsWith("19999\n"));
            List<Long> latencies = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                int before = kit.link.published().size();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(150));
                append(stdout, "single\n");
                long began = System.nanoTime();
                Await.until("it", () -> kit.link.published().size() > before);
                latencies.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
            }
            assertThat(latencies.stream().sorted().toList().get(2)).isLessThan(50);
            assertThat(kit.output().files().current(CAMERA).stdout()).isEqualTo(stdout);
        }
    }
}
