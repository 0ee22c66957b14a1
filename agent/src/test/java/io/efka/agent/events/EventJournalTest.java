package io.efka.agent.events;

import static io.efka.agent.events.JournalKit.CAMERA;
import static io.efka.agent.events.JournalKit.kinds;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.efka.agent.events.EventQueries.Page;
import io.efka.fixtures.Await;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventJournalTest {
    private Path folder;
    private boolean isFull;
    private int room = Integer.MAX_VALUE;
    private JournalKit kit;

    @BeforeEach
    void open(@TempDir Path data) {
        folder = data.resolve("events");
        kit = new JournalKit(folder, (channel, bytes) -> {
            if (isFull) {
                ByteBuffer part = bytes.slice(bytes.position(), Math.min(room, bytes.remaining()));
                while (part.hasRemaining()) channel.write(part);
                throw new IOException("No space left on device");
            }
            while (bytes.hasRemaining()) channel.write(bytes);
        });
    }

    @Test
    void anEventIsKeptAsItWasPublishedAndOverARestart() throws IOException {
        kit.events.service(CAMERA, "state", Map.of("to", "running"));
        kit.journal.write();
        kit.restart();
        kit.write("started");

        Page page = kit.all();
        assertThat(page.events().get(0))
                .hasToString("{\"v\":1,\"at\":\"2026-11-22T20:15:00.123Z\",\"service\":\"camera\",\"event\":\"state\","
                        + "\"session\":1,\"to\":\"running\"}");
        assertThat(kinds(page)).containsExactly("state", "started");
        assertThat(page.oldest()).contains("2026-11-22T20:15:00.123Z");
        assertThat(Files.readString(kit.onlyFile()))
                .startsWith("{\"number\":1000000001,\"at\":\"2026-11-22T20:15:00.123Z\",\"topic\":\"svc/camera/event\","
                        + "\"event\":{\"v\":1,");
    }

    @Test
    void onlyTheAgentsUserCanReadIt() throws IOException {
        kit.write("one");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kit.onlyFile())))
                .isEqualTo("rw-------");
    }

    @Test
    void itsOwnThreadWritesItAndEndsWithWhatWaits() throws IOException {
        kit.journal.start();
        kit.events.device("one", Map.of());
        Await.until("written", () -> kit.journal.waiting().isEmpty());
        kit.events.device("two", Map.of());
        kit.journal.close();
        kit.journal.close();
        kit.events.device("late", Map.of());

        kit.restart();
        assertThat(kinds(kit.all())).containsExactly("one", "two");
    }

    @Test
    void oneThatIsVeryLargeIsKeptWithoutItsDetails() throws IOException {
        kit.events.service(CAMERA, "reported", Map.of("report", "x".repeat(EventJournal.LARGEST_EVENT)));
        assertThat(kit.all().events().get(0))
                .hasToString(
                        "{\"v\":1,\"at\":\"2026-11-22T20:15:00.123Z\",\"service\":\"camera\",\"event\":\"reported\","
                                + "\"session\":1,\"shortened\":true}");
    }

    @Nested
    class WhenFull {
        @Test
        void theOldestSegmentGoesAndTheRestCanBeReadWithoutAGap() throws IOException {
            int count = 4 * JournalFiles.SEGMENTS * JournalFiles.SEGMENT / (60 << 10) / 3;
            // Each kind is a source of its own.
            for (int i = 0; i < count; i++) kit.writeLarge("e" + i, 60 << 10);

            List<Path> files = kit.files();
            assertThat(files).hasSize(JournalFiles.SEGMENTS);
            long bytes = 0;
            for (Path file : files) bytes += Files.size(file);
            assertThat(bytes).isLessThanOrEqualTo((long) JournalFiles.SEGMENTS * JournalFiles.SEGMENT);

            List<String> read = kit.allKinds();
            var newest = new ArrayList<String>();
            for (int i = count - read.size(); i < count; i++) newest.add("e" + i);
            assertThat(read).isEqualTo(newest).hasSizeGreaterThan(100);
        }

        @Test
        void aSourceThatChattersLosesItsOwnEventsAndNobodyElses() throws IOException {
            kit.write("started");
            String text = "x".repeat(1000);
            for (int i = 0; i < 5_000; i++) kit.events.service(CAMERA, "reported", Map.of("report", text));
            kit.journal.write();
            kit.events.service(CAMERA, "state", Map.of("to", "failed"));
            kit.journal.write();

            assertThat(kinds(kit.all())).contains("started");
            assertThat(kinds(kit.last(1))).containsExactly("state");
            long kept = kit.allKinds().stream().filter("reported"::equals).count();
            assertThat(kept).isBetween(50L, 70L);

            kit.timers.advance(Duration.ofHours(1));
            kit.events.service(CAMERA, "reported", Map.of("report", text));
            kit.journal.write();
            Page said = kit.last(2);
            assertThat(said.events().get(0).toString())
                    .contains(
                            "\"service\":\"camera\",\"event\":\"journal_gap\"",
                            "\"reason\":\"rate\",\"of\":\"reported\"");
            assertThat(said.events().get(0).get("count").getAsLong()).isEqualTo(kit.journal.dropped());
        }
    }

    @Nested
    class WhenTheDiskIsFull {
        @Test
        void eventsWaitAndAreFoundMeanwhileAndAreWrittenOnceLater() throws IOException {
            kit.write("before");
            isFull = true;
            room = 20;
            kit.write("one", "two");

            assertThat(kinds(kit.all())).containsExactly("before", "one", "two");
            kit.timers.advance(EventJournal.RETRY);
            kit.journal.write();
            isFull = false;
            kit.journal.write();
            assertThat(kit.journal.waiting()).as("tried again at once").hasSize(2);
            kit.timers.advance(EventJournal.RETRY);
            kit.journal.write();

            assertThat(kit.journal.waiting()).isEmpty();
            kit.restart();
            Page page = kit.all();
            assertThat(kinds(page)).containsExactly("before", "one", "two");
            assertThat(page.unreadable()).isZero();
        }

        @Test
        void whatFindsNoRoomIsCountedAndSaid() throws IOException {
            isFull = true;
            room = 0;
            for (int i = 0; i < 300; i++) kit.events.device("e" + i, Map.of("text", "x".repeat(1000)));
            kit.journal.write();
            long lost = kit.journal.dropped();
            assertThat(lost).isBetween(30L, 100L);

            isFull = false;
            kit.timers.advance(EventJournal.RETRY);
            kit.journal.write();
            kit.write("after");
            Page page = kit.last(2);
            assertThat(kinds(page)).containsExactly("journal_gap", "after");
            assertThat(page.events().get(0).get("count").getAsLong()).isEqualTo(lost);
            assertThat(page.events().get(0).get("reason").getAsString()).isEqualTo("disk");
            assertThat(kit.allKinds()).hasSize((int) (300 - lost + 2));
        }

        @Test
        void aLineThatCouldNotBeTakenBackIsEndedByTheNextAgent() throws IOException {
            kit.write("one");
            Files.writeString(kit.onlyFile(), "{\"number\":10000", StandardOpenOption.APPEND);
            kit.restart();
            kit.write("two");

            Page page = kit.all();
            assertThat(kinds(page)).containsExactly("one", "two");
            assertThat(page.unreadable()).isEqualTo(1);
        }
    }

    @Test
    void aDiskThatHangsHoldsUpNobody(@TempDir Path elsewhere) throws Exception {
        var gate = new CountDownLatch(1);
        var hanging = new JournalKit(elsewhere.resolve("events"), (channel, bytes) -> {
            try {
                assertThat(gate.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            JournalFiles.Disk.REAL.write(channel, bytes);
        });
        hanging.journal.start();
        for (int i = 0; i < 1000; i++) hanging.events.device("e" + i, Map.of("text", "x".repeat(1000)));
        assertThat(hanging.journal.dropped()).isGreaterThan(700);
        assertThat(kinds(hanging.last(1))).hasSize(1);
        gate.countDown();
        Await.until("written", () -> hanging.journal.waiting().isEmpty());
        assertThat(kinds(hanging.last(1))).containsExactly("journal_gap");
        hanging.journal.close();
    }

    @Nested
    class WhenSomethingElseIsInItsPlace {
        @Test
        void aFileInPlaceOfTheFolderIsNotTouchedAndEventsAreKeptOnceItIsGone() throws IOException {
            Files.writeString(folder, "somebody's");
            kit.restart();
            kit.write("one");
            assertThat(Files.readString(folder)).isEqualTo("somebody's");

            Files.delete(folder);
            kit.timers.advance(EventJournal.RETRY);
            kit.journal.write();
            assertThat(kinds(kit.all())).containsExactly("one");
            assertThat(kit.journal.waiting()).isEmpty();
        }

        @Test
        void aLinkIsNotFollowed(@TempDir Path others) throws IOException {
            Files.createSymbolicLink(folder, others);
            kit.write("one");
            assertThat(others).isEmptyDirectory();
            assertThat(kinds(kit.all())).as("found where it waits").containsExactly("one");
            assertThat(kit.all().unreadable()).isEqualTo(1);
        }

        @Test
        void linksAndFoldersInPlaceOfSegmentsAreLeftAlone(@TempDir Path others) throws IOException {
            Path secret = Files.writeString(others.resolve("secret"), "secret\n");
            Files.createDirectory(folder);
            Files.createSymbolicLink(folder.resolve("9000000000000.jsonl"), secret);
            Files.createDirectory(folder.resolve("9000000000001.jsonl"));
            Files.writeString(folder.resolve("notes.txt"), "mine");
            kit.restart();
            kit.write("one");

            assertThat(Files.readString(secret)).isEqualTo("secret\n");
            assertThat(kinds(kit.all())).containsExactly("one");
            assertThat(kit.files()).hasSize(4);
        }

        @Test
        void aSegmentThatIsDeletedOrReplacedIsNotWrittenAnyMore() throws IOException {
            kit.write("one");
            Path file = kit.onlyFile();
            Files.delete(file);
            kit.write("two");
            assertThat(kinds(kit.all())).containsExactly("two");

            Files.move(kit.onlyFile(), folder.resolve("elsewhere"));
            Files.writeString(folder.resolve("elsewhere"), "", StandardOpenOption.APPEND);
            kit.write("three");
            assertThat(kinds(kit.all())).containsExactly("three");
        }

        @Test
        void aSegmentOfAnotherUserIsReadIfItCanBeAndNotWritten() throws IOException {
            kit.write("one");
            Path theirs = kit.onlyFile();
            String before = Files.readString(theirs);
            // What only root can write, root writes; then the owner makes no difference, and neither does the mode.
            Files.setPosixFilePermissions(theirs, PosixFilePermissions.fromString("r--------"));
            assumeFalse(Files.isWritable(theirs), "not root");
            kit.restart();
            kit.write("two");
            assertThat(kinds(kit.all())).containsExactly("one", "two");
            assertThat(Files.readString(theirs)).isEqualTo(before);
        }
    }

    @Nested
    class WhenDamaged {
        @Test
        void whatIsLeftIsFoundAndTheRestCounted() throws IOException {
            kit.write("one", "two", "three");
            Path file = kit.onlyFile();
            String text = Files.readString(file);
            String[] lines = text.split("\n");
            String damaged = lines[0] + "\n" + lines[1].substring(0, 60) + "\0\0\0" + "\n\n" + lines[2] + "\n"
                    + lines[2].replace("\"event\":\"three\"", "\"event\":three\"")
                            .replaceFirst("03", "04") + "\n"
                    + "\0".repeat(5000);
            Files.write(file, damaged.getBytes(UTF_8));
            kit.restart();
            kit.write("four");

            Page page = kit.all();
            assertThat(kinds(page)).containsExactly("one", "three", "four");
            assertThat(page.unreadable()).isEqualTo(4);
            assertThat(kinds(kit.last(2))).containsExactly("three", "four");
        }

        @Test
        void numbersGoUpEvenIfSessionsDoNot() throws IOException {
            kit.restart(7);
            kit.write("one");
            long next = kit.all().next();
            kit.restart(1);
            kit.write("two");
            assertThat(kinds(kit.read(new JournalKit.Asked().from(next)))).containsExactly("two");
        }

        @Test
        void aNumberIsNotUsedAgainAfterAPowerCutTookTheEnd() throws IOException {
            kit.write("one");
            byte[] durable = Files.readAllBytes(kit.onlyFile());
            kit.write("lost");
            long next = kit.all().next();
            Files.write(kit.onlyFile(), durable);
            kit.restart();
            kit.write("two");
            assertThat(kinds(kit.read(new JournalKit.Asked().from(next)))).containsExactly("two");
            assertThat(kinds(kit.all())).containsExactly("one", "two");
        }
    }
}
