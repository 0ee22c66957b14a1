package io.efka.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.agent.process.cgroup.CgroupMounts;
import io.efka.agent.process.cgroup.Cgroups;
import io.efka.agent.process.cgroup.PauseProcess;
import io.efka.agent.process.cgroup.RunGroup;
import io.efka.agent.process.cgroup.Systemd;
import io.efka.agent.process.cgroup.SystemdUnit;
import io.efka.agent.process.proc.SystemTools;
import io.efka.fixtures.Folders;
import io.efka.protocol.manifest.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * With version 2 only, started by systemd: pretended with ordinary files. On a real systemd all of it is tried by
 * {@code integration-tests/systemd/run}.
 */
final class CgroupsUnderSystemdTest {
    private static final String AGENT = "/var/lib/efka/run";
    private static final String CONTROLLERS = "cpuset cpu io memory pids\n";

    @TempDir
    Path mount;

    private final FakeSystemd systemd = new FakeSystemd();
    private final AtomicLong nanoTime = new AtomicLong();
    private final List<Cgroups> opened = new ArrayList<>();

    private Path slice = Path.of("");
    private Path unit = Path.of("");
    private Path scope = Path.of("");

    @BeforeEach
    void pretend() throws IOException {
        slice = mount.resolve("system.slice");
        unit = slice.resolve("efka.service");
        scope = slice.resolve("efka-cam7.scope");
        group(slice, CONTROLLERS);
        group(unit, CONTROLLERS);
    }

    @AfterEach
    void close() {
        opened.forEach(Cgroups::close);
    }

    @Nested
    class InTheUnitsOwnGroup {
        @Test
        void servicesAreInAScopeAndTheUnitsGroupStaysFree() throws IOException {
            Cgroups cgroups = detect(startedIn(""));
            RunGroup group = cgroups.create().orElseThrow();
            assertThat(group.folders())
                    .singleElement()
                    .satisfies(made -> assertThat(made.getParent()).isEqualTo(scope));
            assertThat(scope.resolve("cgroup.subtree_control")).hasContent("+memory +cpu +pids");
            assertThat(unit.resolve("cgroup.subtree_control")).hasContent("");
            assertThat(scope.resolve("pause/cgroup.procs"))
                    .hasContent(Long.toString(systemd.last().pid()));
            assertThat(cgroups.describe())
                    .isEqualTo(
                            "v2: trees are killed at once, limits: memory, cpu, pids; services are in efka-cam7.scope");
        }

        @Test
        void theNextAgentJoinsTheScopeOfTheOneBefore() throws IOException {
            CgroupMounts mounts = startedIn("");
            Path left = detect(mounts).create().orElseThrow().folders().get(0);
            Files.writeString(left.resolve("cgroup.procs"), "77\n"); // so that it is not removed as an empty one
            Cgroups next = detect(mounts);
            assertThat(systemd.scopes).isEqualTo(1);
            assertThat(next.existing()).contains(new RunGroup(List.of(left)));
            assertThat(next.create().orElseThrow().folders().get(0).getParent()).isEqualTo(scope);
        }

        @Test
        void aScopeThatIsJustGoingAwayIsWaitedFor() throws IOException {
            CgroupMounts mounts = startedIn("");
            systemd.refusals = 3;
            systemd.refusal = "Unit efka-cam7.scope was already loaded or has a fragment file.";
            assertThat(detect(mounts).describe()).contains("in efka-cam7.scope");
        }

        @Test
        void aScopeThatWentAwayIsMadeAnewForTheNextRun() throws IOException {
            Cgroups cgroups = detect(startedIn(""));
            cgroups.create();
            Folders.delete(scope);
            Path made = cgroups.create().orElseThrow().folders().get(0);
            assertThat(made.getParent()).isEqualTo(scope);
            assertThat(systemd.scopes).isEqualTo(2);
        }

        @Test
        void aKilledPauseProcessIsReplaced() throws IOException {
            Cgroups cgroups = detect(startedIn(""));
            PauseProcess first = systemd.last();
            first.close();
            cgroups.create();
            assertThat(scope.resolve("pause/cgroup.procs")).content().isNotEqualTo(Long.toString(first.pid()));
        }

        @Test
        void closingEndsThePauseProcessAndLeavesTheScopeToSystemd() throws IOException {
            Cgroups cgroups = detect(startedIn(""));
            cgroups.close();
            assertThat(systemd.last().isAlive()).isFalse();
            assertThat(scope).isDirectory();
        }

        @Test
        void refusedServicesStartWithoutLimitsAndSaySo() throws IOException {
            systemd.refusals = Integer.MAX_VALUE;
            systemd.refusal = "Failed to connect to bus: No such file or directory";
            Cgroups cgroups = detect(startedIn(""));
            String why = "systemd made no scope for the services: " + systemd.refusal;
            assertThat(cgroups.describe()).isEqualTo("v2: trees are killed at once, limits: none: " + why);
            var group = cgroups.create();
            assertThat(group.orElseThrow().folders().get(0).getParent()).isEqualTo(unit.resolve("efka-cam7"));
            var warnings = new ArrayList<String>();
            cgroups.limit(group, limits(), warnings);
            assertThat(warnings)
                    .containsExactly("limits.memory: not in force: " + why, "limits.pids: not in force: " + why);
            assertThat(unit.resolve("cgroup.subtree_control")).hasContent("");
        }

        @Test
        void systemdIsAskedAgainAMinuteLater() throws IOException {
            systemd.refusals = 1;
            systemd.refusal = "no answer within 10000 ms";
            Cgroups cgroups = detect(startedIn(""));
            RunGroup early = cgroups.create().orElseThrow();
            assertThat(early.folders().get(0).startsWith(unit)).isTrue();
            nanoTime.addAndGet(Duration.ofSeconds(61).toNanos());
            assertThat(cgroups.create().orElseThrow().folders().get(0).getParent())
                    .isEqualTo(scope);
        }
    }

    @Nested
    class InAGroupBelowTheUnits {
        @Test
        void servicesAreBesideTheAgentWhereSystemdStartsItThere() throws IOException {
            CgroupMounts mounts = startedIn("/agent");
            systemd.subgroup = "agent";
            Cgroups cgroups = detect(mounts);
            assertThat(cgroups.create().orElseThrow().folders().get(0).getParent())
                    .isEqualTo(unit.resolve("efka-cam7"));
            assertThat(unit.resolve("cgroup.subtree_control")).hasContent("+memory +cpu +pids");
            assertThat(systemd.scopes).isZero();
        }

        @Test
        void aScopeIsMadeWhereTheAgentGotThereOtherwise() throws IOException {
            Cgroups cgroups = detect(startedIn("/wrapper"));
            assertThat(cgroups.create().orElseThrow().folders().get(0).getParent())
                    .isEqualTo(scope);
            assertThat(unit.resolve("cgroup.subtree_control")).hasContent("");
        }
    }

    @Nested
    class NotAllowedToMoveProcesses {
        @Test
        void groupsAreBelowTheUnitsWithoutLimits() throws IOException {
            CgroupMounts mounts = startedIn("");
            Files.delete(slice.resolve("cgroup.procs")); // as good as not writable, also for root
            Cgroups cgroups = detect(mounts);
            assertThat(cgroups.describe()).contains("limits: none: an agent that is not root needs DelegateSubgroup=");
            assertThat(cgroups.create().orElseThrow().folders().get(0).getParent())
                    .isEqualTo(unit.resolve("efka-cam7"));
            assertThat(unit.resolve("cgroup.subtree_control")).hasContent("");
            assertThat(systemd.scopes).isZero();
        }
    }

    @Nested
    class Adopting {
        @Test
        void aRunInTheScopeKeepsItsGroupAndItsLimits() throws IOException {
            Cgroups cgroups = detect(startedIn(""));
            Path group = Files.createDirectories(scope.resolve("1a-2b-3"));
            Files.writeString(group.resolve("memory.max"), "1000\n");
            Files.writeString(group.resolve("pids.max"), "7\n");
            var warnings = new ArrayList<String>();
            assertThat(adopted(cgroups, "system.slice/efka-cam7.scope/1a-2b-3", warnings))
                    .contains(new RunGroup(List.of(group)));
            assertThat(group.resolve("memory.max")).hasContent("1000");
            assertThat(warnings).isEmpty();
        }

        @Test
        void limitsThatTheGroupLostAreSetAgain() throws IOException {
            systemd.subgroup = "agent";
            Cgroups cgroups = detect(startedIn("/agent"));
            Path group = Files.createDirectories(unit.resolve("efka-cam7/1a-3"));
            Files.writeString(group.resolve("memory.max"), "max\n");
            Files.writeString(group.resolve("pids.max"), "max\n");
            var warnings = new ArrayList<String>();
            assertThat(adopted(cgroups, "system.slice/efka.service/efka-cam7/1a-3", warnings))
                    .contains(new RunGroup(List.of(group)));
            assertThat(group.resolve("memory.max")).hasContent("33554432");
            assertThat(group.resolve("pids.max")).hasContent("5");
            assertThat(warnings).isEmpty();
        }

        @Test
        void theProcessesOfARunWithoutLimitsAreMovedToTheScope() throws IOException {
            Cgroups cgroups = detect(startedIn(""));
            Path group = Files.createDirectories(unit.resolve("efka-cam7/1a-3"));
            Files.writeString(group.resolve("cgroup.procs"), "77\n");
            RunGroup moved = adopted(cgroups, "system.slice/efka.service/efka-cam7/1a-3", new ArrayList<>())
                    .orElseThrow();
            assertThat(moved.folders().get(0).getParent()).isEqualTo(scope);
            assertThat(moved.folders().get(0).resolve("cgroup.procs")).hasContent("77");
        }

        @Test
        void theWarningIsThereAgainWhereLimitsCannotBeHad() throws IOException {
            systemd.refusals = Integer.MAX_VALUE;
            systemd.refusal = "no";
            Cgroups cgroups = detect(startedIn(""));
            Path group = Files.createDirectories(unit.resolve("efka-cam7/1a-2b-3"));
            var warnings = new ArrayList<String>();
            assertThat(adopted(cgroups, "system.slice/efka.service/efka-cam7/1a-2b-3", warnings))
                    .contains(new RunGroup(List.of(group)));
            assertThat(warnings).contains("limits.memory: not in force: systemd made no scope for the services: no");
        }

        private Optional<RunGroup> adopted(Cgroups cgroups, String path, List<String> warnings) {
            return cgroups.adopt(cgroups.of(process(path)), limits(), warnings);
        }
    }

    @Nested
    class Commands {
        @Test
        void oneThatHangsIsGivenUpAndKilled() {
            assertThatThrownBy(() -> PauseProcess.start(
                            List.of("/bin/sh", "-c", "echo $$ >" + mount.resolve("pid") + "; exec sleep 600"),
                            Duration.ofMillis(300)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no answer within 300 ms");
            Machine.awaitEnd(Long.parseLong(Machine.text(mount.resolve("pid")).strip()));
        }

        @Test
        void whatOneSaysWhenItFailsIsTheReason() {
            assertThatThrownBy(() -> PauseProcess.start(
                            List.of("/bin/sh", "-c", "echo Access denied >&2; exit 1"), Duration.ofSeconds(10)))
                    .hasMessage("Access denied");
            assertThatThrownBy(() ->
                            SystemTools.output(List.of("/bin/sh", "-c", "echo no; exit 1"), Duration.ofSeconds(10)))
                    .hasMessage("/bin/sh: no");
            assertThatThrownBy(() -> SystemTools.output(List.of("/nowhere/systemctl"), Duration.ofSeconds(10)))
                    .isInstanceOf(IOException.class);
        }

        @Test
        void anAnswerIsReadToItsEnd() throws IOException {
            assertThat(SystemTools.output(List.of("/bin/sh", "-c", "echo a; echo b"), Duration.ofSeconds(10)))
                    .isEqualTo("a\nb\n");
        }
    }

    private String process(String path) {
        return "0::/" + path + "\n";
    }

    private Cgroups detect(CgroupMounts mounts) {
        Cgroups cgroups = Cgroups.detect("cam7", AGENT, mounts, Optional.of(systemd), nanoTime::get);
        opened.add(cgroups);
        return cgroups;
    }

    /** An agent in the unit's own group, or in one below it. */
    private CgroupMounts startedIn(String below) throws IOException {
        String own = "system.slice/efka.service" + below;
        // The kernel gives a group the controllers that the one above passes on: none, below a unit's own.
        if (!below.isEmpty()) group(mount.resolve(own), "\n");
        return CgroupMounts.parse("30 24 0:26 / " + mount + " rw - cgroup2 cgroup2 rw\n", process(own));
    }

    /** What the kernel puts into a new group; an ordinary folder has none of it. */
    private static void group(Path folder, String controllers) throws IOException {
        Files.createDirectories(folder);
        for (String file : List.of("cgroup.procs", "cgroup.subtree_control"))
            Files.writeString(folder.resolve(file), "");
        Files.writeString(folder.resolve("cgroup.controllers"), controllers);
    }

    private static Manifest.Limits limits() {
        return new Manifest.Limits(
                OptionalLong.of(33_554_432),
                OptionalDouble.empty(),
                OptionalLong.of(5),
                OptionalLong.empty(),
                OptionalLong.empty());
    }

    /** Makes scopes that are folders, with real processes for them. */
    private static final class FakeSystemd implements Systemd {
        String subgroup = "";
        int refusals;
        String refusal = "";
        int scopes;
        private Optional<PauseProcess> last = Optional.empty();

        PauseProcess last() {
            return last.orElseThrow();
        }

        @Override
        public boolean startsIn(SystemdUnit asked, String group) {
            return group.equals(subgroup);
        }

        @Override
        public PauseProcess openScope(SystemdUnit asked, String name) throws IOException {
            if (refusals > 0) {
                refusals--;
                throw new IOException(refusal);
            }
            scopes++;
            group(asked.beside(name), CONTROLLERS);
            last = Optional.of(PauseProcess.start(List.of(), Duration.ofSeconds(10)));
            return last();
        }
    }
}
