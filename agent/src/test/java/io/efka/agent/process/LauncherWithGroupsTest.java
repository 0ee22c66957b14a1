package io.efka.agent.process;

import io.efka.agent.process.cgroup.Cgroups;

/** With whatever this machine has: where it has none, the same as without. */
final class LauncherWithGroupsTest extends ProcessLauncherTest {
    @Override
    Cgroups cgroups() {
        return Cgroups.detect("test-" + ProcessHandle.current().pid(), "agent");
    }
}
