package io.efka.agent.process.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SystemdUnitTest {
    private static final Path MOUNT = Path.of("/sys/fs/cgroup");

    @Test
    void aServicesOwnGroup() {
        SystemdUnit unit =
                SystemdUnit.of(MOUNT.resolve("system.slice/efka.service")).orElseThrow();
        assertThat(unit)
                .isEqualTo(
                        new SystemdUnit("efka.service", MOUNT.resolve("system.slice/efka.service"), Optional.empty()));
        assertThat(unit.slice()).isEqualTo("system.slice");
        assertThat(unit.isOfUser()).isFalse();
        assertThat(unit.beside("efka-cam7.scope")).isEqualTo(MOUNT.resolve("system.slice/efka-cam7.scope"));
    }

    @Test
    void aGroupDirectlyBelowIt() {
        SystemdUnit unit =
                SystemdUnit.of(MOUNT.resolve("system.slice/efka.service/agent")).orElseThrow();
        assertThat(unit.subgroup()).contains("agent");
        assertThat(unit.group()).isEqualTo(MOUNT.resolve("system.slice/efka.service"));
        assertThat(unit.slice()).isEqualTo("system.slice");
    }

    @Test
    void anInstanceInASliceOfItsOwn() {
        SystemdUnit unit = SystemdUnit.of(MOUNT.resolve("system.slice/system-efka.slice/efka@cam7.service"))
                .orElseThrow();
        assertThat(unit.name()).isEqualTo("efka@cam7.service");
        assertThat(unit.slice()).isEqualTo("system-efka.slice");
    }

    @Test
    void aUnitInTheRootSlice() {
        assertThat(SystemdUnit.of(MOUNT.resolve("efka.service")).orElseThrow().slice())
                .isEqualTo("-.slice");
    }

    @Test
    void aUnitOfAUsersOwnSystemd() {
        Path user = MOUNT.resolve("user.slice/user-1000.slice/user@1000.service");
        SystemdUnit unit =
                SystemdUnit.of(user.resolve("app.slice/efka.service")).orElseThrow();
        assertThat(unit.isOfUser()).isTrue();
        assertThat(unit.slice()).isEqualTo("app.slice");
    }

    /** Nobody starts the agent there again, or it is somebody else's to know. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "user.slice/user-0.slice/session-1.scope",
                "user.slice/user-1000.slice/user@1000.service/app.slice",
                "user.slice/user-1000.slice/user@1000.service/init.scope",
                "system.slice/efka.service/efka-cam7/1a2b-3",
                "system.slice/efka-cam7.scope/1a2b-3c4d-5",
                "docker/ab12"
            })
    void anythingElseIsNone(String path) {
        assertThat(SystemdUnit.of(MOUNT.resolve(path))).isEmpty();
    }
}
