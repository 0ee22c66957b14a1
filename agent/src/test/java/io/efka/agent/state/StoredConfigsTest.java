package io.efka.agent.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.state.StateStore.StoreLimits;
import io.efka.agent.supervision.ConfigStore;
import io.efka.agent.supervision.ConfigStore.Configuration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoredConfigsTest extends ConfigStoreContract {
    @TempDir
    private Path data;

    private final RecordingDisk disk = new RecordingDisk();
    private StateStore state;
    private StoredConfigs configs;

    @BeforeEach
    void open() throws Exception {
        state = StateStore.open(data, disk, new StoreLimits(4 << 20, Duration.ofHours(1), 3, 0));
        configs = new StoredConfigs(state);
    }

    @AfterEach
    void close() {
        state.close();
    }

    private void restart() throws Exception {
        close();
        open();
    }

    @Override
    ConfigStore store() {
        return configs;
    }

    @Override
    void fillTheDisk() {
        disk.fillUpTo(10);
    }

    @Test
    void hasEverythingAfterARestart() throws Exception {
        configs.save(CAMERA, FIRST);
        configs.save(LAMP, FIRST);
        configs.save(LAMP, SECOND);
        restart();
        assertThat(configs.load(CAMERA)).isEqualTo(FIRST);
        assertThat(configs.load(LAMP)).isEqualTo(SECOND);
    }

    @Test
    void whatWasForgottenDoesNotComeBack() throws Exception {
        configs.save(CAMERA, FIRST);
        configs.deleteSoon(CAMERA);
        restart();
        assertThat(configs.load(CAMERA)).isEqualTo(Configuration.NONE);
    }

    @Test
    void isDurableWhenASaveReturns() throws Exception {
        long before = disk.syncs();
        configs.save(CAMERA, FIRST);
        assertThat(disk.syncs()).isGreaterThan(before);
    }

    @Test
    void losesOneDamagedDocumentOnly() throws Exception {
        configs.save(LAMP, SECOND);
        for (String damaged : List.of("{", "[]", "null", "{\"v\":2}", "{\"v\":1}", "{\"v\":1,\"version\":\"x\"}")) {
            state.commit(List.of(Change.put("configs", "camera", damaged)));
            restart();
            assertThat(configs.load(CAMERA)).as(damaged).isEqualTo(Configuration.NONE);
            assertThat(configs.load(LAMP)).as(damaged).isEqualTo(SECOND);
        }
    }
}
