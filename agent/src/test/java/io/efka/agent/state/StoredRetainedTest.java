package io.efka.agent.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.state.StateStore.StoreLimits;
import io.efka.agent.telemetry.RetainedNames;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoredRetainedTest extends RetainedNamesContract {
    @TempDir
    private Path data;

    private final RecordingDisk disk = new RecordingDisk();
    private StateStore state;

    @BeforeEach
    void open() throws Exception {
        state = StateStore.open(data, disk, StoreLimits.DEFAULT);
    }

    @AfterEach
    void close() {
        state.close();
    }

    @Override
    RetainedNames names() {
        return new StoredRetained(state);
    }

    @Test
    void hasEverythingAfterARestart() throws Exception {
        names().saveSoon(CAMERA, Set.of("a", "b"));
        names().saveSoon(LAMP, Set.of("a"));
        names().saveSoon(LAMP, Set.of());
        close();
        open();
        assertThat(names().load()).isEqualTo(Map.of(CAMERA, Set.of("a", "b")));
    }

    @Test
    void neverWaitsForTheDisk() {
        long before = disk.syncs();
        names().saveSoon(CAMERA, Set.of("a"));
        assertThat(disk.syncs()).isEqualTo(before);
    }

    @Test
    void whatCannotBeANameOrAServiceIsLeftOut() throws Exception {
        state.commit(List.of(
                Change.put("retained", "camera", "a ../b  -c d"),
                Change.put("retained", "../lamp", "a"),
                Change.put("retained", "lamp", "")));
        assertThat(names().load()).isEqualTo(Map.of(CAMERA, Set.of("a", "d"), LAMP, Set.of()));
    }
}
