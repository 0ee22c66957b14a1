package io.efka.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.process.cgroup.Cgroups;
import io.efka.fixtures.Await;
import org.junit.jupiter.api.Test;

final class LauncherWithoutGroupsTest extends ProcessLauncherTest {
    @Override
    Cgroups cgroups() {
        return Cgroups.none();
    }

    @Test
    void aRunSaysThatItHasNone() {
        Machine.Started started = machine.start(machine.shell("exec sleep 600"));
        assertThat(machine.launcher.isGrouped(started.run())).isFalse();
        assertThat(cgroups().isUsable()).isFalse();

        machine.launcher.killTree(started.run());
        started.exited();
        Await.until("the run is over", () -> machine.launcher.isOver(started.run()));
        assertThat(machine.launcher.isGrouped(started.run())).isTrue();
    }
}
