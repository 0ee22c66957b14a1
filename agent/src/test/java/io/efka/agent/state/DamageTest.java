package io.efka.agent.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.state.StateStore.StoreLimits;
import io.efka.agent.supervision.StoreException;
import io.efka.fixtures.Folders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are not as they were written. */
final class DamageTest {
    private static final StoreLimits BOUNDS = new StoreLimits(4 << 20, Duration.ofHours(1), 3, 0);

    @TempDir
    private Path data;

    private StateStore open() throws Exception {
        return StateStore.open(data, new KernelDisk(), BOUNDS);
    }

    private static void put(StateStore store, String key, String document) throws StoreException {
        store.commit(List.of(Change.put("m", key, document)));
    }

    private Path file(String name) {
        return data.resolve("state").resolve(name);
    }

    private List<Path> files(String part) throws IOException {
        try (Stream<Path> files = Files.list(data.resolve("state"))) {
            return files.filter(file -> file.getFileName().toString().contains(part))
                    .sorted()
                    .toList();
        }
    }

    private Path last(String part) throws IOException {
        List<Path> found = files(part);
        return found.get(found.size() - 1);
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 0x55;
        Files.write(file, bytes);
    }

    /** A journal of three records as a kill leaves it: nothing was closed. */
    private byte[] journalOfThree() throws Exception {
        byte[] whole;
        try (StateStore store = open()) {
            for (int i = 1; i <= 3; i++) put(store, "key" + i, "document " + i);
            whole = Files.readAllBytes(file("journal-00000001"));
        }
        emptyFolder();
        return whole;
    }

    private void emptyFolder() throws IOException {
        Folders.delete(data.resolve("state"));
        Files.createDirectories(data.resolve("state"));
    }

    @Nested
    class AJournal {
        @Test
        void cutOffAnywhereIsGoneOnWithQuietly() throws Exception {
            byte[] whole = journalOfThree();
            int record = (whole.length - JournalFormat.HEADER) / 3;
            for (int length = 0; length <= whole.length; length++) {
                Files.write(file("journal-00000001"), Arrays.copyOf(whole, length));
                int records = Math.max(0, (length - JournalFormat.HEADER) / record);
                try (StateStore store = open()) {
                    assertThat(store.documents("m")).as("cut at " + length).hasSize(records);
                    assertThat(store.damages()).as("cut at " + length).isEmpty();
                    put(store, "later", "4");
                }
                try (StateStore store = open()) {
                    assertThat(store.documents("m")).as("cut at " + length).hasSize(records + 1);
                }
                emptyFolder();
            }
        }

        @Test
        void withAnyByteChangedLosesNoMoreThanThatRecordAndIsSetAside() throws Exception {
            byte[] whole = journalOfThree();
            int record = (whole.length - JournalFormat.HEADER) / 3;
            for (int at = 0; at < whole.length; at++) {
                Files.write(file("journal-00000001"), whole);
                flip(file("journal-00000001"), at);
                int hit = (at - JournalFormat.HEADER) / record + 1;
                boolean inHeader = at < JournalFormat.HEADER;
                boolean inLast = hit == 3;
                try (StateStore store = open()) {
                    assertThat(store.documents("m")).as("byte " + at).hasSize(inHeader ? 3 : 2);
                    // The last record cannot be told from one that was cut off while it was written.
                    assertThat(store.damages()).as("byte " + at).hasSize(inLast ? 0 : 1);
                }
                assertThat(files(".damaged-")).as("byte " + at).hasSize(inLast ? 0 : 1);
                emptyFolder();
            }
        }

        @Test
        void damagedInTheMiddleIsNamedAndTheRestOutlivesTheNextStarts() throws Exception {
            byte[] whole = journalOfThree();
            Files.write(file("journal-00000001"), whole);
            int middle = JournalFormat.HEADER + (whole.length - JournalFormat.HEADER) / 2;
            flip(file("journal-00000001"), middle);
            var rest = Map.of("key1", "document 1", "key3", "document 3");
            try (StateStore store = open()) {
                assertThat(store.documents("m")).isEqualTo(rest);
                assertThat(store.damages())
                        .singleElement()
                        .asString()
                        .contains("journal-00000001")
                        .contains("are lost");
            }
            assertThat(file("journal-00000001.damaged-1")).exists();
            try (StateStore store = open()) {
                assertThat(store.documents("m")).isEqualTo(rest);
                assertThat(store.damages()).singleElement().asString().contains("journal-00000001.damaged-1");
            }
        }

        @Test
        void ofANewerAgentIsSetAsideUnused() throws Exception {
            try (StateStore store = open()) {
                put(store, "a", "1");
            }
            var header = ByteBuffer.allocate(JournalFormat.HEADER)
                    .put(Files.readAllBytes(last("journal-")), 0, JournalFormat.HEADER);
            header.putInt(8, 7);
            var crc = new CRC32C();
            crc.update(header.array(), 0, 20);
            header.putInt(20, (int) crc.getValue());
            Path newest = last("journal-");
            Files.write(newest, header.array());
            try (StateStore store = open()) {
                assertThat(store.documents("m")).isEqualTo(Map.of("a", "1"));
                assertThat(store.damages()).singleElement().asString().contains("version is 7, this agent knows 1");
            }
            assertThat(Path.of(newest + ".damaged-1")).exists();
        }

        @Test
        void thatIsMissingIsNamed() throws Exception {
            try (StateStore store = open()) {
                put(store, "a", "1");
            }
            Files.delete(last("journal-"));
            try (StateStore store = open()) {
                assertThat(store.documents("m")).isEqualTo(Map.of("a", "1"));
                assertThat(store.damages()).singleElement().asString().contains("journal-00000002 is missing");
            }
        }
    }

    @Nested
    class ACheckpoint {
        private void twoGenerations() throws Exception {
            try (StateStore store = open()) {
                put(store, "a", "1");
            }
            try (StateStore store = open()) {
                put(store, "b", "2");
            }
            try (StateStore store = open()) {
                put(store, "c", "3");
            }
        }

        @Test
        void thatIsDamagedCostsNothingAsTheOneBeforeIsKept() throws Exception {
            twoGenerations();
            Path newest = last("checkpoint-");
            flip(newest, 5_000);
            try (StateStore store = open()) {
                assertThat(store.documents("m")).isEqualTo(Map.of("a", "1", "b", "2", "c", "3"));
                assertThat(store.damages())
                        .singleElement()
                        .asString()
                        .contains(newest.getFileName().toString())
                        .contains("checksum");
            }
            assertThat(Path.of(newest + ".damaged-1")).exists();
        }

        @Test
        void thatIsEmptyOrOfANewerAgentCostsNothingEither() throws Exception {
            twoGenerations();
            Path newest = last("checkpoint-");
            Files.move(newest, Path.of(newest.toString().replace(".v1.", ".v2.")));
            try (StateStore store = open()) {
                assertThat(store.documents("m")).isEqualTo(Map.of("a", "1", "b", "2", "c", "3"));
                assertThat(store.damages()).singleElement().asString().contains("version is 2, this agent knows 1");
            }
            Files.write(last("checkpoint-0"), new byte[0]);
            try (StateStore store = open()) {
                assertThat(store.documents("m")).isEqualTo(Map.of("a", "1", "b", "2", "c", "3"));
            }
        }

        @Test
        void isNotMissedWhenAllOfThemAreDamagedButWhatWasLostIsSaid() throws Exception {
            twoGenerations();
            for (Path checkpoint : files("checkpoint-")) flip(checkpoint, 100);
            try (StateStore store = open()) {
                assertThat(store.documents("m")).isEqualTo(Map.of("c", "3"));
                assertThat(String.join("\n", store.damages())).contains("what was saved before journal 3 is lost");
                put(store, "d", "4");
            }
            try (StateStore store = open()) {
                assertThat(store.documents("m")).isEqualTo(Map.of("c", "3", "d", "4"));
            }
        }

        @Test
        void thatWasNotFinishedIsRemoved() throws Exception {
            Files.createDirectories(data.resolve("state"));
            Files.writeString(file("checkpoint.unfinished"), "half");
            open().close();
            assertThat(file("checkpoint.unfinished")).doesNotExist();
        }
    }

    @Test
    void damagedFilesAreKeptButNotForEver() throws Exception {
        for (int i = 1; i <= 5; i++) {
            try (StateStore store = open()) {
                put(store, "a", "" + i);
            }
            flip(last("checkpoint-0"), 100);
            open().close();
            assertThat(files(".damaged-")).hasSize(Math.min(i, 3));
        }
        assertThat(last(".damaged-").toString()).endsWith(".damaged-5");
    }
}
