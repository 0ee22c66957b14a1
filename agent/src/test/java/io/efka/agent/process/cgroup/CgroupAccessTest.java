package io.efka.agent.process.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CgroupAccessTest {
    @TempDir
    private Path root;

    @Test
    void whoMayNotWriteIsNamedAndToldHowToDelegate() throws IOException {
        CgroupAccess access = access("efka", "cpu memory pids", "memory pids", false);
        String words = session() + " may not be written by user efka; run the agent as root, or in a unit with"
                + " Delegate=yes and DelegateSubgroup= (agent/docs/device.md, \"Not as root\")";
        assertThat(access.ofGroups()).isEqualTo(words);
        assertThat(access.ofController("memory")).isEqualTo(words);
    }

    @Test
    void aControllerThatStopsFurtherUpIsNotCalledMissing() throws IOException {
        CgroupAccess access = access("efka", "cpu memory pids", "memory pids", false);
        assertThat(access.ofController("cpu"))
                .startsWith("the controller cpu is not delegated to " + session() + "; run the agent as root, or");
    }

    @Test
    void onlyWhatTheMachineLacksIsCalledMissing() throws IOException {
        CgroupAccess access = access("efka", "cpu pids", "pids", false);
        assertThat(access.ofController("memory")).isEqualTo("no memory control group on this machine");
    }

    @Test
    void rootIsToldThatItIsReadOnly() throws IOException {
        CgroupAccess access = access("root", "memory", "memory", false);
        assertThat(access.ofGroups())
                .isEqualTo(session() + " is read-only for this agent: the container or unit must allow writing to it");
    }

    @Test
    void groupsThatMayBeWrittenButPassNothingOnAreNamed() throws IOException {
        CgroupAccess access = access("root", "memory", "memory", true);
        assertThat(access.ofController("memory"))
                .isEqualTo(session() + " does not pass the controller memory on to the groups below it");
    }

    @Test
    void whereNothingIsMountedThatIsSaid() {
        var access = new CgroupAccess(CgroupMounts.NONE, "efka", path -> false);
        assertThat(access.ofGroups()).isEqualTo("no control groups are mounted on this machine");
    }

    private Path session() {
        return root.resolve("user.slice/session-3.scope");
    }

    private CgroupAccess access(String user, String ofMachine, String ofSession, boolean writable) throws IOException {
        Files.createDirectories(session());
        Files.writeString(root.resolve("cgroup.controllers"), ofMachine + "\n");
        Files.writeString(session().resolve("cgroup.controllers"), ofSession + "\n");
        CgroupMounts mounts = CgroupMounts.parse(
                "30 24 0:26 / " + root + " rw,nosuid - cgroup2 cgroup2 rw\n", "0::/user.slice/session-3.scope\n");
        return new CgroupAccess(mounts, user, path -> writable);
    }
}
