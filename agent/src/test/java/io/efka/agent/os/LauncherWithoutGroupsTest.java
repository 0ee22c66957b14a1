package io.efka.agent.os;

final class LauncherWithoutGroupsTest extends ProcessLauncherTest {
    @Override
    Cgroups cgroups() {
        return Cgroups.none();
    }
}
