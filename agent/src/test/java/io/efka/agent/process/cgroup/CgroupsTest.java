package io.efka.agent.process.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.process.Machine;
import io.efka.protocol.manifest.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CgroupsTest {
    private static final String DEVICE = "groups-" + ProcessHandle.current().pid();
    private static final String AGENT = "/var/lib/efka/run";

    @TempDir
    Path folder;

    @Nested
    class FindingTheAgentsOwnGroups {
        @Test
        void inTheOneHierarchyOfVersion2() {
            CgroupMounts mounts = CgroupMounts.parse(
                    "30 24 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n",
                    "0::/system.slice/efka.service\n");
            assertThat(mounts.unified()).contains(Path.of("/sys/fs/cgroup/system.slice/efka.service"));
            assertThat(mounts.controllers()).isEmpty();
        }

        @Test
        void inAHybridMachine() {
            CgroupMounts mounts = CgroupMounts.parse("""
                    31 30 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
                    32 30 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
                    33 30 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
                    """, "8:memory:/user.slice\n4:cpu,cpuacct:/\n0::/\n");
            assertThat(mounts.unified()).contains(Path.of("/sys/fs/cgroup/unified"));
            assertThat(mounts.controllers())
                    .isEqualTo(Map.of(
                            "cpu", Path.of("/sys/fs/cgroup/cpu,cpuacct"),
                            "memory", Path.of("/sys/fs/cgroup/memory/user.slice")));
        }

        @Test
        void inAContainerThatSeesItsPartOnly() {
            CgroupMounts mounts = CgroupMounts.parse(
                    "33 30 0:29 /docker/ab /sys/fs/cgroup/pids ro - cgroup cgroup rw,pids\n", "8:pids:/docker/ab\n");
            assertThat(mounts.controllers()).isEqualTo(Map.of("pids", Path.of("/sys/fs/cgroup/pids")));
        }

        @Test
        void inNoneThatHasNoNameInThisLocale() {
            CgroupMounts mounts = CgroupMounts.parse(
                    "30 24 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n", "0::/a\0b\n");
            assertThat(mounts.unified()).isEmpty();
        }

        @Test
        void inNoneAtAll() {
            CgroupMounts mounts = CgroupMounts.parse("", "");
            assertThat(detect(AGENT, mounts).describe()).startsWith("none: ");
        }
    }

    @Nested
    class OnAMachineWithVersion2Only {
        @Test
        void limitsAreWrittenWhereTheControllersAreDelegated() throws IOException {
            Cgroups cgroups = detect(AGENT, pretended("memory cpu pids"));
            assertThat(cgroups.describe()).isEqualTo("v2: trees are killed at once, limits: memory, cpu, pids");
            assertThat(folder.resolve("cgroup.subtree_control")).hasContent("+memory +cpu +pids");
            Path group = cgroups.create().orElseThrow().folders().get(0);
            for (String file : new String[] {"memory.max", "cpu.max", "pids.max"}) {
                Files.writeString(group.resolve(file), "max");
            }
            var warnings = new ArrayList<String>();
            var made = Optional.of(new RunGroup(List.of(group)));
            assertThat(cgroups.limit(made, allLimits(), warnings)).isEqualTo(made);
            assertThat(warnings).isEmpty();
            assertThat(group.resolve("memory.max")).hasContent("33554432");
            assertThat(group.resolve("cpu.max")).hasContent("50000 100000");
            assertThat(group.resolve("pids.max")).hasContent("5");
        }

        @Test
        void withoutControllersEveryLimitIsAWarning() throws IOException {
            Cgroups cgroups = detect(AGENT, pretended("hugetlb"));
            assertThat(cgroups.describe()).isEqualTo("v2: trees are killed at once, limits: none");
            var warnings = new ArrayList<String>();
            cgroups.limit(cgroups.create(), allLimits(), warnings);
            assertThat(warnings)
                    .containsExactly(
                            "limits.memory: not in force: no memory control group on this machine",
                            "limits.cpu: not in force: no cpu control group on this machine",
                            "limits.pids: not in force: no pids control group on this machine");
        }

        @Test
        void groupsOfAnotherAgentForTheSameDeviceAreNotThisOnes() throws IOException {
            Cgroups mine = detect(AGENT, pretended("memory"));
            RunGroup made = mine.create().orElseThrow();
            Cgroups next = detect(AGENT, pretended("memory"));
            Cgroups other = detect("/srv/other/run", pretended("memory"));
            RunGroup others = other.create().orElseThrow();
            RunGroup nexts = next.create().orElseThrow();
            assertThat(next.existing()).doesNotContain(others).contains(nexts);
            assertThat(made).isNotEqualTo(nexts);
        }

        /** A folder that looks like a delegated group, as far as files can. */
        private CgroupMounts pretended(String controllers) throws IOException {
            Files.writeString(folder.resolve("cgroup.controllers"), controllers + "\n");
            Files.writeString(folder.resolve("cgroup.subtree_control"), "");
            Path services = Files.createDirectories(folder.resolve("efka-" + DEVICE));
            Files.writeString(services.resolve("cgroup.controllers"), controllers + "\n");
            Files.writeString(services.resolve("cgroup.subtree_control"), "");
            return new CgroupMounts("", Optional.of(folder), Map.of());
        }
    }

    @Nested
    class OnThisMachine {
        @Test
        void aRunBeyondItsMemoryIsEndedAndThatIsTold() throws IOException {
            Cgroups cgroups = Cgroups.detect(DEVICE, AGENT);
            try (Machine machine = new Machine(folder, cgroups)) {
                Machine.Started started =
                        machine.start(machine.shell("x=$(head -c 100000000 /dev/zero | tr '\\0' a); echo ${#x}")
                                .limitedTo(limits(OptionalLong.of(33_554_432), OptionalLong.empty())));
                if (!cgroups.describe().contains("memory")) {
                    assertThat(started.launched().warnings()).anyMatch(text -> text.startsWith("limits.memory: "));
                    return;
                }
                assertThat(started.launched().warnings()).isEmpty();
                assertThat(started.exited().exit().oom()).isTrue();
            }
        }

        @Test
        void aRunGetsNoMoreProcessesThanItsLimit() throws IOException {
            Cgroups cgroups = Cgroups.detect(DEVICE, AGENT);
            try (Machine machine = new Machine(folder, cgroups)) {
                Machine.Started started =
                        machine.start(machine.shell("for i in 1 2 3 4 5 6 7 8; do sleep 0.2 & done; wait")
                                .limitedTo(limits(OptionalLong.empty(), OptionalLong.of(5))));
                if (!cgroups.describe().contains("pids")) {
                    assertThat(started.launched().warnings()).anyMatch(text -> text.startsWith("limits.pids: "));
                    return;
                }
                started.exited();
                assertThat(machine.stderr(started)).contains("Cannot fork");
            }
        }

        @Test
        void emptyGroupsOfAnEarlierAgentAreRemoved() {
            Cgroups first = Cgroups.detect(DEVICE, AGENT);
            var group = first.limit(first.create(), allLimits(), new ArrayList<>());
            Cgroups.detect(DEVICE, AGENT).close();
            assertThat(group.stream().flatMap(made -> made.folders().stream())).noneMatch(Files::exists);
        }

        @Test
        void theGroupOfAProcessThatIsDyingAtTheEndIsRemoved() throws IOException {
            Cgroups cgroups = Cgroups.detect(DEVICE, AGENT);
            var group = cgroups.limit(cgroups.create(), allLimits(), new ArrayList<>());
            Process dying = new ProcessBuilder("sleep", "60").start();
            group.ifPresent(made -> assertThat(made.add(dying.pid())).isTrue());
            CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS).execute(dying::destroyForcibly);

            cgroups.close();

            assertThat(group.stream().flatMap(made -> made.folders().stream())).noneMatch(Files::exists);
            dying.destroyForcibly();
        }
    }

    /** Where systemd did not start the agent. */
    private static Cgroups detect(String agent, CgroupMounts mounts) {
        return Cgroups.detect(DEVICE, agent, mounts, Optional.empty(), System::nanoTime);
    }

    private static Manifest.Limits allLimits() {
        return new Manifest.Limits(
                OptionalLong.of(33_554_432),
                OptionalDouble.of(0.5),
                OptionalLong.of(5),
                OptionalLong.empty(),
                OptionalLong.empty());
    }

    private static Manifest.Limits limits(OptionalLong memory, OptionalLong pids) {
        return new Manifest.Limits(memory, OptionalDouble.empty(), pids, OptionalLong.empty(), OptionalLong.empty());
    }
}
