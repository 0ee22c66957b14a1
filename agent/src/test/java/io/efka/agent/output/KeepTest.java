package io.efka.agent.output;

import static io.efka.agent.output.OutputKit.append;
import static io.efka.agent.output.OutputKit.keeping;
import static io.efka.agent.output.OutputKit.rule;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.output.store.FallocateHolePuncher;
import io.efka.agent.output.store.LogDisk.HolePuncher;
import io.efka.agent.supervision.Logs;
import io.efka.fixtures.Await;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeepTest {
    private static final String BLOCK = "0123456789abcde\n".repeat(4096);
    private static final long KEEP = 1 << 20;

    @TempDir
    private Path folder;

    private Optional<OutputKit> open = Optional.empty();

    @AfterEach
    void close() {
        open.ifPresent(OutputKit::close);
    }

    private OutputKit offline(HolePuncher holes) {
        var kit = new OutputKit(folder, holes);
        open = Optional.of(kit);
        kit.link.lose();
        kit.output().disconnected();
        kit.register(keeping(KEEP));
        return kit;
    }

    /** What the stream takes from the disk, as {@code du} counts it. */
    private long used() throws IOException {
        long used = 0;
        try (Stream<Path> files = Files.list(folder.resolve("camera"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".log")).toList()) {
                Process stat = new ProcessBuilder("stat", "-c", "%b", "" + file).start();
                String blocks = new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
                used += Long.parseLong(blocks) * 512;
            }
        }
        return used;
    }

    private static void connect(OutputKit kit) {
        kit.link.restore();
        kit.output().connected();
    }

    private static void isAnnounced(OutputKit kit, long written) {
        Await.until(
                "shipped to the end",
                () -> Observer.of(kit.link.published(), "stdout").end() == written);
        List<OutputKit.Announced.Event> dropped = kit.announced.of("output_dropped");
        assertThat(dropped).hasSize(1);
        assertThat(dropped.get(0).fields().get("stream")).isEqualTo("stdout");
        assertThat(dropped.get(0).number("from")).isZero();
        assertThat(dropped.get(0).number("bytes"))
                .isEqualTo(Observer.of(kit.link.published(), "stdout").missing())
                .isGreaterThan(0);
    }

    @Nested
    class WhereHolesCanBePunched {
        @Test
        void theLiveFileStaysWithinItsBoundsAndTheGapIsAnnounced() throws IOException {
            OutputKit kit = offline(new FallocateHolePuncher());
            Path stdout = kit.begin(1).stdout();
            for (int i = 0; i < 80; i++) append(stdout, BLOCK);
            Await.until("freed", () -> readUsed() <= KEEP + 8192);
            assertThat(used()).isGreaterThan(KEEP / 2);
            assertThat(Files.size(stdout)).isEqualTo(80L * BLOCK.length());
            connect(kit);
            isAnnounced(kit, 80L * BLOCK.length());
            assertThat(kit.link.published())
                    .as("no zeros of a hole")
                    .allSatisfy(message -> assertThat(message.payload()).doesNotContain((byte) 0));
        }

        @Test
        void theHoleIsKnownAfterARestart() throws IOException {
            OutputKit kit = offline(new FallocateHolePuncher());
            Path stdout = kit.begin(1).stdout();
            for (int i = 0; i < 40; i++) append(stdout, BLOCK);
            Await.until("freed", () -> readUsed() <= KEEP + 8192);
            kit.restart();
            kit.register(keeping(KEEP));
            connect(kit);
            isAnnounced(kit, 40L * BLOCK.length());
        }

        @Test
        void theFilesOfOldRunsGoFirstAndWhole() throws IOException {
            OutputKit kit = offline(new FallocateHolePuncher());
            for (int run = 1; run <= 10; run++) {
                Path stdout = kit.begin(run).stdout();
                for (int i = 0; i < 4; i++) append(stdout, BLOCK);
            }
            Await.until("freed", () -> readUsed() <= KEEP + 8192);
            try (Stream<Path> files = Files.list(folder.resolve("camera"))) {
                assertThat(files.filter(file -> file.toString().contains("stdout.0")))
                        .hasSizeLessThan(6);
            }
            connect(kit);
            isAnnounced(kit, 40L * BLOCK.length());
        }

        @Test
        void manyTinyRunsAreBoundedByTheirBlocks() throws IOException {
            OutputKit kit = offline(new FallocateHolePuncher());
            kit.register(keeping(64 << 10));
            for (int run = 1; run <= 100; run++) append(kit.begin(run).stdout(), "tiny\n");
            Await.until("freed", () -> readUsed() <= (64 << 10) + 8192);
        }

        @Test
        void whatWasSentIsNoGap() throws IOException {
            OutputKit kit = offline(new FallocateHolePuncher());
            connect(kit);
            Path stdout = kit.begin(1).stdout();
            for (int i = 1; i <= 40; i++) {
                append(stdout, BLOCK);
                long written = (long) i * BLOCK.length();
                Await.until(
                        "sent",
                        () -> Observer.of(kit.link.published(), "stdout").end() == written);
            }
            assertThat(readUsed()).isLessThanOrEqualTo(KEEP + 8192);
            assertThat(kit.announced.events).isEmpty();
        }

        private long readUsed() {
            try {
                return used();
            } catch (IOException beingDeleted) {
                return Long.MAX_VALUE;
            } catch (NumberFormatException beingDeleted) {
                return Long.MAX_VALUE;
            }
        }
    }

    @Nested
    class WhereNoHoleCanBePunched {
        /** A file that is emptied has another name afterwards. A service has it open; a test must find it again. */
        private static void write(OutputKit kit, String text) throws IOException {
            while (true) {
                try {
                    append(kit.output().files().current(OutputKit.CAMERA).stdout(), text);
                    return;
                } catch (NoSuchFileException renamed) {
                    Thread.onSpinWait();
                }
            }
        }

        @Test
        void theFileIsEmptiedAndOffsetsGoOn() throws IOException {
            OutputKit kit = offline((file, length) -> false);
            kit.begin(1);
            for (int i = 0; i < 20; i++) write(kit, BLOCK);
            Await.until("emptied", () -> !kit.announced.of("output_emptied").isEmpty());
            write(kit, "after\n");
            connect(kit);
            isAnnounced(kit, 20L * BLOCK.length() + 6);
        }
    }

    @Nested
    class WhenSomebodyElse {
        private OutputKit shipped(String text) throws IOException {
            var kit = new OutputKit(folder);
            open = Optional.of(kit);
            kit.register(rule());
            append(kit.begin(1).stdout(), text);
            Await.until("shipped", () -> kit.text("stdout").equals(text));
            return kit;
        }

        private static Path stdout(OutputKit kit) throws IOException {
            return kit.output().files().current(OutputKit.CAMERA).stdout();
        }

        @Test
        void truncatesTheLiveFileOffsetsGoOnAndItIsAnnounced() throws IOException {
            OutputKit kit = shipped("one\n");
            Path stdout = stdout(kit);
            try (FileChannel writer = FileChannel.open(stdout, StandardOpenOption.APPEND)) {
                try (FileChannel other = FileChannel.open(stdout, StandardOpenOption.WRITE)) {
                    other.truncate(0);
                }
                Await.until(
                        "seen", () -> !kit.announced.of("output_file_truncated").isEmpty());
                writer.write(java.nio.ByteBuffer.wrap("two\n".getBytes(StandardCharsets.UTF_8)));
            }
            Await.until("two", () -> kit.text("stdout").equals("one\ntwo\n"));
            kit.restart();
            kit.register(rule());
            append(kit.begin(2).stdout(), "three\n");
            Await.until("three", () -> kit.text("stdout").equals("one\ntwo\nthree\n"));
        }

        @Test
        void truncatesItWhileTheAgentIsAwayOffsetsDoNotGoBack() throws IOException {
            OutputKit kit = shipped("one two three\n");
            Path stdout = stdout(kit);
            Await.until("saved", () -> kit.offsets.saved.containsValue(14L));
            kit.output().close();
            Files.write(stdout, new byte[0]);
            kit.restart();
            kit.register(rule());
            assertThat(kit.announced.of("output_file_truncated")).hasSize(1);
            append(kit.begin(2).stdout(), "four\n");
            Await.until("four", () -> kit.text("stdout").equals("one two three\nfour\n"));
        }

        @Test
        void deletesTheLiveFileTheNextRunGoesOn() throws IOException {
            OutputKit kit = shipped("one\n");
            Path stdout = stdout(kit);
            Files.delete(stdout);
            Await.until("seen", () -> !kit.announced.of("output_file_deleted").isEmpty());
            append(kit.begin(2).stdout(), "two\n");
            Await.until("two", () -> kit.text("stdout").equals("one\ntwo\n"));
        }

        @Test
        void deletesTheWholeFolderTheNextRunGoesOn() throws IOException {
            OutputKit kit = shipped("one\n");
            try (Stream<Path> files = Files.walk(folder.resolve("camera"))) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
            } catch (java.nio.file.DirectoryNotEmptyException raced) {
                assertThat(raced).isNotNull();
            }
            append(kit.begin(2).stdout(), "two\n");
            Await.until("two", () -> kit.text("stdout").equals("one\ntwo\n"));
        }

        @Test
        void deletesAFileThatWaitsToBeSentItsBytesAreAGap() throws IOException {
            OutputKit kit = offline(new FallocateHolePuncher());
            Path first = kit.begin(1).stdout();
            append(first, "one\n");
            append(kit.begin(2).stdout(), "two\n");
            Files.delete(first);
            connect(kit);
            isAnnounced(kit, 8);
        }
    }

    @Nested
    class Reading {
        @Test
        void beginsBehindTheHole() throws IOException {
            OutputKit kit = offline(new FallocateHolePuncher());
            Path stdout = kit.begin(1).stdout();
            for (int i = 0; i < 40; i++) append(stdout, BLOCK);
            var range = new Logs.Query(
                    Logs.Stream.STDOUT,
                    OptionalInt.empty(),
                    OptionalLong.of(0),
                    OptionalLong.empty(),
                    Optional.empty());
            long written = 40L * BLOCK.length();
            Await.until("seen to the end", () -> kit.read(range).end() == written);
            Logs.Page page = kit.read(range);
            assertThat(page.offset()).isEqualTo(page.oldest()).isPositive();
            assertThat(page.bytes()).hasSize(Logs.LARGEST_PAGE).doesNotContain((byte) 0);
        }
    }
}
