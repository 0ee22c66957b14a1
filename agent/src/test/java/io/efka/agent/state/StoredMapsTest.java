package io.efka.agent.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.state.StateStore.StoreLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The documents, the ledger, the offsets and the session number in the state store. */
final class StoredMapsTest {
    @TempDir
    private Path data;

    private final RecordingDisk disk = new RecordingDisk();
    private StateStore state;

    @BeforeEach
    void open() throws Exception {
        state = StateStore.open(data, disk, new StoreLimits(4 << 20, Duration.ofHours(1), 3, 0));
    }

    @AfterEach
    void close() {
        state.close();
    }

    private void restart() throws Exception {
        close();
        open();
    }

    @Nested
    class TheDocuments {
        @Test
        void areKeptTogetherAndWithOneSync() throws Exception {
            var documents = new StoredDocuments(state);
            long before = disk.syncs();
            documents.save(Map.of("device/mine", "{\"v\":1}", "group/all/base", "{\"v\":2}"));
            assertThat(disk.syncs()).isEqualTo(before + 1);
            documents.saveFact(Map.of("group/all/base", "{\"v\":3}"));
            documents.deleteSoon(List.of("device/mine", "unknown"));
            restart();
            assertThat(new StoredDocuments(state).load()).isEqualTo(Map.of("group/all/base", "{\"v\":3}"));
        }
    }

    @Nested
    class TheLedger {
        @Test
        void keepsItsEntriesAcrossARestart() throws Exception {
            var ledger = new StoredLedger(state);
            ledger.save("7f3a", "{\"v\":1}");
            ledger.saveSoon("7f3b", "{\"v\":1}");
            ledger.saveSoon("7f3b", "{\"v\":1,\"ok\":true}");
            ledger.save("old", "{}");
            ledger.delete(List.of("old", "unknown"));
            var expected = Map.of("7f3a", "{\"v\":1}", "7f3b", "{\"v\":1,\"ok\":true}");
            assertThat(ledger.load()).isEqualTo(expected);
            restart();
            assertThat(new StoredLedger(state).load()).isEqualTo(expected);
        }

        @Test
        void syncsWhatIsSavedAndNotWhatIsSavedSoon() throws Exception {
            var ledger = new StoredLedger(state);
            long before = disk.syncs();
            ledger.saveSoon("a", "{}");
            ledger.delete(List.of("a"));
            assertThat(disk.syncs()).isEqualTo(before);
            ledger.save("b", "{}");
            assertThat(disk.syncs()).isEqualTo(before + 1);
        }
    }

    @Nested
    class TheOffsets {
        @Test
        void areThereAfterARestart() throws Exception {
            var offsets = new StoredOffsets(state);
            offsets.saveSoon("camera/stdout", 10);
            offsets.saveSoon("camera/stdout", Long.MAX_VALUE);
            offsets.saveSoon("camera/stderr", 0);
            offsets.saveSoon("gone/stdout", 5);
            offsets.delete("gone/stdout");
            var expected = Map.of("camera/stdout", Long.MAX_VALUE, "camera/stderr", 0L);
            assertThat(offsets.load()).isEqualTo(expected);
            restart();
            assertThat(new StoredOffsets(state).load()).isEqualTo(expected);
        }

        @Test
        void thatCannotBeReadCostNoOther() throws Exception {
            state.commit(List.of(Change.put("offsets", "a", "x"), Change.put("offsets", "b", "7")));
            assertThat(new StoredOffsets(state).load()).isEqualTo(Map.of("b", 7L));
        }
    }

    @Nested
    class TheSession {
        @Test
        void growsWithEveryStart() throws Exception {
            assertThat(new SessionCounter(state).next()).isEqualTo(1);
            restart();
            assertThat(new SessionCounter(state).next()).isEqualTo(2);
            restart();
            assertThat(new SessionCounter(state).next()).isEqualTo(3);
        }

        @Test
        void isDurableAtOnce() throws Exception {
            new SessionCounter(state).next();
            assertThat(StateFolder.copyAndRead(data, "agent")).isEqualTo(Map.of("session", "1"));
        }
    }
}
