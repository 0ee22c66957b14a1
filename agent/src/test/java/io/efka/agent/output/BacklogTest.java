package io.efka.agent.output;

import static io.efka.agent.output.OutputKit.append;
import static io.efka.agent.output.OutputKit.keeping;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.output.store.FallocateHolePuncher;
import io.efka.agent.output.store.LogDisk;
import io.efka.agent.output.store.LogDisk.HolePuncher;
import io.efka.agent.output.store.StreamFiles;
import io.efka.agent.output.store.StreamId;
import io.efka.agent.supervision.Logs;
import io.efka.fixtures.Await;
import io.efka.protocol.ServiceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code keep} bounds what was sent; what was not is kept up to {@code backlog} and a share of the disk. */
class BacklogTest {
    private static final String BLOCK = "0123456789abcde\n".repeat(4096);
    private static final long KEEP = 256 << 10;
    private static final long PLENTY = 64 << 20;

    @TempDir
    private Path folder;

    private Optional<OutputKit> open = Optional.empty();

    @AfterEach
    void close() {
        open.ifPresent(OutputKit::close);
    }

    private OutputKit kit(HolePuncher holes) {
        var kit = new OutputKit(folder, holes);
        open = Optional.of(kit);
        return kit;
    }

    private static void disconnect(OutputKit kit) {
        kit.link.lose();
        kit.output().disconnected();
    }

    private static void connect(OutputKit kit) {
        kit.link.restore();
        kit.output().connected();
    }

    private static void write(Path file, int blocks) throws IOException {
        for (int i = 0; i < blocks; i++) append(file, BLOCK);
    }

    private static long shippedTo(OutputKit kit) {
        return Observer.of(kit.link.published(), "/svc/camera/stdout").end();
    }

    private static long oldest(OutputKit kit) {
        return kit.read(query(0)).oldest();
    }

    private static Logs.Query query(long from) {
        return new Logs.Query(
                Logs.Stream.STDOUT, OptionalInt.empty(), OptionalLong.of(from), OptionalLong.empty(), Optional.empty());
    }

    @Nested
    class WithAConnection {
        @Test
        void aBurstOfManyTimesWhatIsKeptArrivesWhole() throws IOException {
            OutputKit kit = kit(new FallocateHolePuncher());
            kit.link.acknowledgeAtOnce(false);
            kit.register(keeping(KEEP, PLENTY));
            write(kit.begin(1).stdout(), 100);
            Await.until("the window is full", () -> kit.link.unanswered() == 32);
            kit.link.acknowledgeAtOnce(true);
            while (kit.link.unanswered() > 0) kit.link.acknowledge(0);
            Await.until("all is there", () -> shippedTo(kit) == 100L * BLOCK.length());
            assertThat(kit.text("stdout")).isEqualTo(BLOCK.repeat(100));
            assertThat(kit.announced.of("output_dropped")).isEmpty();
        }

        @Test
        void whatWasSentIsFreedAsItIsAcknowledgedWithNothingNewWritten() throws IOException {
            OutputKit kit = kit(new FallocateHolePuncher());
            kit.link.acknowledgeAtOnce(false);
            kit.register(keeping(KEEP, PLENTY));
            write(kit.begin(1).stdout(), 30);
            Await.until("all is out", () -> shippedTo(kit) == 30L * BLOCK.length());
            assertThat(oldest(kit)).isZero();
            while (kit.link.unanswered() > 0) kit.link.acknowledge(0);
            Await.until("freed", () -> oldest(kit) >= 30L * BLOCK.length() - KEEP);
        }

        @Test
        void nothingUnsentIsFreedForKeepWhereNoHoleCanBePunched() throws IOException {
            OutputKit kit = kit((file, length) -> false);
            kit.link.acknowledgeAtOnce(false);
            kit.register(keeping(KEEP, PLENTY));
            Path stdout = kit.begin(1).stdout();
            write(stdout, 40);
            Await.until("the window is full", () -> kit.link.unanswered() == 32);
            for (int i = 0; i < 16; i++) kit.link.acknowledge(0);
            write(stdout, 1);
            kit.link.acknowledgeAtOnce(true);
            while (kit.link.unanswered() > 0) kit.link.acknowledge(0);
            Await.until("all is there", () -> shippedTo(kit) == 41L * BLOCK.length());
            assertThat(kit.text("stdout")).isEqualTo(BLOCK.repeat(41));
            assertThat(kit.announced.of("output_dropped")).isEmpty();
        }
    }

    @Nested
    class WithoutHoles {
        /** Between two looks at the file: the shipper knows of the first block only, and has sent it. */
        @Test
        void whatWasWrittenSinceTheLastLookIsNotFreedWithWhatWasSent() throws IOException {
            var disk = new LogDisk((file, length) -> false, LogDisk::makeFile, OptionalLong::empty);
            var files = new StreamFiles(folder, new StreamId(OutputKit.CAMERA, Logs.Stream.STDOUT), 0, disk);
            files.load();
            Path stdout = files.begin(OutputKit.run(1)).path();
            append(stdout, BLOCK.repeat(2));
            files.look();
            long sent = files.end();
            append(stdout, BLOCK);
            assertThat(files.trim(sent, 0, PLENTY)).isEqualTo(StreamFiles.Freed.NOTHING);
            assertThat(stdout).hasSize(3L * BLOCK.length());
            files.look();
            assertThat(files.trim(files.end(), 0, PLENTY)).isEqualTo(StreamFiles.Freed.TRUNCATED);
            assertThat(files.oldest()).isEqualTo(3L * BLOCK.length());
        }
    }

    @Nested
    class Offline {
        @Test
        void whatIsNotSentIsBoundedByBacklogAndNotByKeep() throws IOException {
            OutputKit kit = kit(new FallocateHolePuncher());
            kit.register(keeping(KEEP, 4 * KEEP));
            Path stdout = kit.begin(1).stdout();
            write(stdout, 1);
            Await.until("sent", () -> Long.valueOf(BLOCK.length()).equals(kit.offsets.saved.get("camera/stdout")));
            disconnect(kit);
            write(stdout, 15);
            Await.until("seen", () -> kit.read(query(0)).end() == 16L * BLOCK.length());
            assertThat(oldest(kit)).as("15 blocks fit").isZero();
            write(stdout, 15);
            long end = 31L * BLOCK.length();
            Await.until("the oldest is given up", () -> oldest(kit) >= end - 4 * KEEP);
            assertThat(oldest(kit)).as("and not much more").isLessThanOrEqualTo(end - 2 * KEEP);
            connect(kit);
            Await.until("shipped", () -> shippedTo(kit) == end);
            List<OutputKit.Announced.Event> dropped = kit.announced.of("output_dropped");
            assertThat(dropped).hasSize(1);
            assertThat(dropped.get(0).number("from")).isEqualTo(BLOCK.length());
            assertThat(dropped.get(0).number("bytes"))
                    .isEqualTo(Observer.of(kit.link.published(), "stdout").missing());
        }

        @Test
        void logsReadWhatIsNotSent() throws IOException {
            OutputKit kit = kit(new FallocateHolePuncher());
            disconnect(kit);
            kit.register(keeping(KEEP, PLENTY));
            Path stdout = kit.begin(1).stdout();
            append(stdout, "the very first\n");
            write(stdout, 40);
            Await.until("seen", () -> kit.read(query(0)).end() == 40L * BLOCK.length() + 15);
            assertThat(new String(kit.read(query(0)).bytes(), 0, 15, java.nio.charset.StandardCharsets.UTF_8))
                    .isEqualTo("the very first\n");
        }

        @Test
        void aStreamHasNoMoreFilesThanItMay() throws IOException {
            OutputKit kit = kit(new FallocateHolePuncher());
            disconnect(kit);
            kit.register(keeping(KEEP, PLENTY));
            for (int run = 1; run <= StreamFiles.MOST_FILES + 10; run++)
                append(kit.begin(run).stdout(), "tiny\n");
            Await.until("the oldest are given up", () -> files() <= StreamFiles.MOST_FILES);
        }

        private long files() {
            try (Stream<Path> files = Files.list(folder.resolve("camera"))) {
                return files.filter(file -> file.toString().contains("stdout.0"))
                        .count();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Nested
    class OnADiskThatFills {
        @Test
        void theUnsentOfAllStreamsTakesHalfAtMostAndTheLargestGivesWay() throws IOException {
            OutputKit kit = kit(new FallocateHolePuncher());
            disconnect(kit);
            var radio = new ServiceId("radio");
            kit.register(keeping(64 << 10, PLENTY));
            kit.output().files().register(radio, keeping(64 << 10, PLENTY));
            Path large = kit.begin(1).stdout();
            Path small = kit.output().files().begin(radio, OutputKit.run(2)).stdout();
            write(large, 60);
            write(small, 10);
            Await.until("seen", () -> kit.read(query(0)).end() == 60L * BLOCK.length());
            assertThat(oldest(kit)).isZero();
            // 70 blocks are used: with 30 free, 50 may be.
            kit.free = 30L * BLOCK.length();
            append(large, "one more look\n");
            Await.until("the largest gave way", () -> oldest(kit) >= 20L * BLOCK.length());
            assertThat(oldest(kit)).isLessThan(45L * BLOCK.length());
            assertThat(kit.logs().read(radio, query(0)).join().oldest()).isZero();
        }

        @Test
        void keepIsLeftToEveryStream() throws IOException {
            OutputKit kit = kit(new FallocateHolePuncher());
            disconnect(kit);
            kit.register(keeping(KEEP, PLENTY));
            Path stdout = kit.begin(1).stdout();
            write(stdout, 20);
            Await.until("seen", () -> kit.read(query(0)).end() == 20L * BLOCK.length());
            kit.free = 0;
            append(stdout, "one more look\n");
            Await.until("given up", () -> oldest(kit) > 0);
            // What is not sent is halved with every look, and ends at what is kept in any case.
            for (int i = 0; i < 20; i++) {
                long before = oldest(kit);
                append(stdout, "another look\n");
                long end = kit.read(query(0)).end();
                assertThat(end - before).isGreaterThanOrEqualTo(KEEP * 3 / 4 - StreamFiles.BLOCK);
            }
        }
    }

    @Nested
    class ManyStreams {
        @Test
        void allArriveWhole() throws IOException {
            OutputKit kit = kit(new FallocateHolePuncher());
            kit.link.acknowledgeAtOnce(false);
            var ids = new ArrayList<ServiceId>();
            for (int i = 0; i < 20; i++) ids.add(new ServiceId("s" + i));
            for (ServiceId id : ids) {
                kit.output().files().register(id, keeping(64 << 10, PLENTY));
                write(kit.output().files().begin(id, OutputKit.run(1)).stdout(), 8);
            }
            Await.until("the window is full", () -> kit.link.unanswered() == 32);
            kit.link.acknowledgeAtOnce(true);
            while (kit.link.unanswered() > 0) kit.link.acknowledge(0);
            for (ServiceId id : ids) {
                Await.until(
                        "all of " + id,
                        () -> Observer.of(kit.link.published(), "/svc/" + id + "/stdout")
                                        .end()
                                == 8L * BLOCK.length());
                Observer.of(kit.link.published(), "/svc/" + id + "/stdout").whole();
            }
            assertThat(kit.announced.of("output_dropped")).isEmpty();
        }
    }
}
