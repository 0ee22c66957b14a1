package io.efka.agent.os;

/** With whatever this machine has: where it has none, the same as without. */
final class LauncherWithGroupsTest extends ProcessLauncherTest {
    @Override
    Cgroups cgroups() {
        return Cgroups.detect("test-" + ProcessHandle.current().pid(), "agent");
    }
}
