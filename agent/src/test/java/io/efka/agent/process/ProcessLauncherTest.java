package io.efka.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.efka.agent.process.cgroup.Cgroups;
import io.efka.agent.process.proc.ElfFile;
import io.efka.agent.process.proc.ProcessTable;
import io.efka.agent.process.proc.RunAsUser;
import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import io.efka.agent.supervision.ServiceRecord.RunRecord;
import io.efka.fixtures.Await;
import io.efka.protocol.Signal;
import io.efka.protocol.manifest.Manifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds with and without control groups; the subclasses say which. */
abstract class ProcessLauncherTest {
    @TempDir
    Path folder;

    Machine machine;

    abstract Cgroups cgroups();

    @BeforeEach
    void open() throws IOException {
        machine = new Machine(folder, cgroups());
    }

    @AfterEach
    void close() {
        machine.close();
    }

    static boolean isRoot() {
        return RunAsUser.ownUid() == 0;
    }

    /** Prints every argument between brackets, NUL-free but otherwise anything. */
    static final String PRINT_ARGS = "for a in \"$@\"; do printf '[%s]' \"$a\"; done";

    @Nested
    class Launching {
        @Test
        void tellsThePidStartTimeAndBootOfTheProgramItself() {
            Machine.Started started = machine.start(TestService.program(machine.workDir, "/bin/sleep", "100"));
            ProcessIdentity process = started.launched().process();
            assertThat(Machine.text(ProcessTable.file(process.pid(), "cmdline")))
                    .isEqualTo("/bin/sleep\000100\000");
            assertThat(new ProcessTable().isAlive(process)).isTrue();
            assertThat(new ProcessTable().find(process.pid()).orElseThrow().session())
                    .isEqualTo(process.pid());
            assertThat(started.launched().warnings()).isEmpty();
        }

        @Test
        void isOfTheRunThatIsLaunchedWhateverWasPrepared() {
            machine.launcher.prepare(machine.shell("echo never launched").launch());
            assertThat(machine.outputOf(machine.shell("echo launched"))).isEqualTo("launched\n");
            TestService unprepared = machine.shell("echo unprepared");
            Recorder events = new Recorder();
            machine.launcher.launch(unprepared.launch(), events);
            assertThat(events.await(Event.Exited.class).exit().code()).hasValue(0);
        }

        @Test
        void argumentsArriveExactlyAsGiven() {
            List<String> args = List.of(
                    "",
                    " ",
                    "a b",
                    "it's",
                    "\"q\"",
                    "line\nbreak",
                    "$HOME `id` $(id) \\ * ? ~ ; | & > <",
                    "-n",
                    "äöü€😀\u0081\u0088",
                    "tab\there",
                    "");
            var all = new ArrayList<>(List.of("-c", PRINT_ARGS, "sh"));
            all.addAll(args);
            String out = machine.outputOf(TestService.program(machine.workDir, "/bin/sh", all.toArray(String[]::new)));
            assertThat(out).isEqualTo("[" + String.join("][", args) + "]");
        }

        @Test
        void anArgumentMayBeLargerThanAPipeHolds() {
            String large = "x".repeat(120_000);
            String out =
                    machine.outputOf(TestService.program(machine.workDir, "/bin/sh", "-c", "echo ${#1}", "sh", large));
            assertThat(out).isEqualTo("120000\n");
        }

        @Test
        void theProgramRunsInItsWorkDirectoryAndIsFoundThere() throws IOException {
            script("run.sh", "#!/bin/sh\npwd\n");
            assertThat(machine.outputOf(TestService.program(machine.workDir, "run.sh")))
                    .isEqualTo(machine.workDir + "\n");
        }

        @Test
        void theEnvironmentIsTheManifestsAndTheRunsButNotTheAgentsSecrets() {
            Machine.Started started = machine.start(TestService.program(machine.workDir, "/usr/bin/env")
                    .env(Map.of("PLAIN", "a 'b' \n€", "odd.name", "x y", "EFKA_RUN", "forged")));
            started.exited();
            assertThat(machine.stdout(started))
                    .contains("PLAIN=a 'b' \n€\n", "odd.name=x y\n", "PATH=")
                    .contains("EFKA_RUN=" + started.run() + "\n")
                    .contains("EFKA_SERVICE=cam\n", "EFKA_DEVICE=dev1\n", "EFKA_TOKEN=t-" + started.run() + "\n")
                    .contains("PWD=" + machine.workDir + "\n")
                    .doesNotContain("forged", "OLDPWD");
        }

        @Test
        void aVariableThatNoShellCanNameIsSetWhateverItBeginsWith() {
            assertThat(machine.outputOf(TestService.program(machine.workDir, "/usr/bin/env")
                            .env(Map.of("-i", "one", "--help", "two", "a.b", "three"))))
                    .contains("-i=one\n", "--help=two\n", "a.b=three\n", "PATH=");
        }

        @Test
        void aProgramWithAnEqualsSignInItsPathIsStartedWithoutThemAndAWarning() throws IOException {
            Files.createDirectories(machine.workDir.resolve("a=b"));
            script("a=b/run.sh", "#!/bin/sh\necho started\n");
            Machine.Started started = machine.start(
                    TestService.program(machine.workDir, "a=b/run.sh").env(Map.of("a.b", "x")));
            started.exited();
            assertThat(machine.stdout(started)).isEqualTo("started\n");
            assertThat(started.launched().warnings()).singleElement().asString().startsWith("env a.b: cannot be set");
        }

        @Test
        void umaskOpenFilesAndCoreSizeAreSet() {
            var limits = new Manifest.Limits(
                    OptionalLong.empty(),
                    OptionalDouble.empty(),
                    OptionalLong.empty(),
                    OptionalLong.of(123),
                    OptionalLong.of(0));
            String out = machine.outputOf(
                    machine.shell("umask; ulimit -n; ulimit -c").umask(0027).limitedTo(limits));
            assertThat(out).isEqualTo("0027\n123\n0\n");
        }

        @Test
        void theProgramHasItsThreeDescriptorsAndNoOther() {
            Machine.Started started = machine.start(TestService.program(machine.workDir, "/bin/sleep", "100"));
            Path descriptors = ProcessTable.file(started.pid(), "fd");
            // sleep opens and closes libraries for a moment; what the shim left open would stay
            Await.until(
                    "no other descriptor is open",
                    () -> Set.of("0", "1", "2")
                            .equals(Set.of(descriptors.toFile().list())));
        }

        @Test
        void theProgramIgnoresNoSignalThatTheAgentItselfWasNotToldToIgnore() {
            Machine.Started started = machine.start(TestService.program(machine.workDir, "/bin/sleep", "100"));
            long ours = signals(Path.of("/proc/self/status"), "SigIgn");
            Path status = ProcessTable.file(started.pid(), "status");
            assertThat(signals(status, "SigIgn") & ~ours).isZero();
            assertThat(signals(status, "SigBlk")).isZero();
        }

        @Test
        void aShellInReserveThatWasKilledIsNoHindrance() {
            machine.start(machine.shell("true")).exited();
            Await.until("a shell in reserve", () -> waitingShells().count() > 0);
            List<ProcessHandle> killed = waitingShells().toList();
            killed.forEach(ProcessHandle::destroyForcibly);
            Await.until(
                    "the shell in reserve is gone",
                    () -> killed.stream().noneMatch(shell -> Files.exists(ProcessTable.file(shell.pid(), "stat"))));
            assertThat(machine.outputOf(machine.shell("echo ok"))).isEqualTo("ok\n");
        }

        private Stream<ProcessHandle> waitingShells() {
            return ProcessHandle.current()
                    .children()
                    .filter(child -> Machine.text(ProcessTable.file(child.pid(), "cmdline"))
                            .equals("/bin/sh\0"));
        }

        /** A mask of proc(5), without 32 and 33, which the C library keeps to itself. */
        private long signals(Path status, String mask) {
            return Machine.text(status)
                    .lines()
                    .filter(line -> line.startsWith(mask))
                    .mapToLong(line -> Long.parseLong(line.substring(line.indexOf('\t') + 1), 16) & 0x7fff_ffff)
                    .sum();
        }

        @Test
        void outputIsAppendedToTheFilesByTheKernel() {
            Machine.Started started = machine.start(machine.shell("echo one; echo two >&2; echo three"));
            started.exited();
            assertThat(machine.stdout(started)).isEqualTo("one\nthree\n");
            assertThat(machine.stderr(started)).isEqualTo("two\n");
        }

        @Test
        void withoutOutputFilesTheServiceRunsWithAWarning() throws IOException {
            Files.writeString(folder.resolve("log"), "in the way");
            Machine.Started started = machine.start(machine.shell("echo lost; exit 3"));
            assertThat(started.launched().warnings()).singleElement().asString().startsWith("output is lost: ");
            assertThat(started.exited().exit().code()).hasValue(3);
        }

        @Test
        void anotherUserIsSwitchedToByRootAndRefusedByOthers() {
            Machine.Started started = machine.start(machine.shell("id -u; id -g; echo $HOME; umask")
                    .user("nobody")
                    .group("daemon")
                    .umask(077));
            if (!isRoot()) {
                assertThat(started.refusal()).contains("only an agent that runs as root");
                return;
            }
            started.exited();
            List<String> lines = machine.stdout(started).lines().toList();
            assertThat(lines).hasSize(4).startsWith("65534", "1").endsWith("0077");
            assertThat(started.launched().process().pid()).isPositive();
        }
    }

    @Nested
    class WhatOthersCanChange {
        private Path program;

        @BeforeEach
        void asRootOnly() throws IOException {
            assumeTrue(isRoot(), "only root can give files away");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            script("run.sh", "#!/bin/sh\nid -un\n");
            program = machine.workDir.resolve("run.sh");
        }

        @Test
        void isNotRunAsRoot() throws IOException {
            own(program, "nobody");
            assertThat(refused(TestService.program(machine.workDir, "run.sh")))
                    .isEqualTo("exec \"run.sh\" would run as root, but " + program
                            + " can be changed by its owner nobody: chown root " + program);
            own(program, "root");
            own(machine.workDir, "nobody");
            assertThat(refused(TestService.program(machine.workDir, "/bin/sleep", "0")))
                    .contains("chown root " + machine.workDir);
            assertThat(refused(TestService.program(machine.workDir, "run.sh").user("daemon")))
                    .contains("would run as user daemon, but");
        }

        @Test
        void isNotGivenToAnInterpreter() throws IOException {
            own(program, "nobody");
            assertThat(refused(TestService.program(machine.workDir, "/bin/sh", "-e", "run.sh")))
                    .isEqualTo("exec \"/bin/sh\" would run as root, but " + program
                            + " can be changed by its owner nobody: chown root " + program);
            assertThat(machine.outputOf(TestService.program(machine.workDir, "/bin/echo", "run.sh")))
                    .as("data")
                    .isEqualTo("run.sh\n");
        }

        @Test
        void isRunAsItsOwner() throws IOException {
            own(machine.workDir, "nobody");
            own(program, "nobody");
            assertThat(machine.outputOf(
                            TestService.program(machine.workDir, "run.sh").user("nobody")))
                    .isEqualTo("nobody\n");
        }

        /** What the user puts into its environment must not be executed while root becomes that user. */
        @Test
        void isNotLoadedBeforeTheUserIsSwitched() {
            Map<String, String> env = Map.of("LD_PRELOAD", "/nowhere/evil.so", "PLAIN", "a 'b' \n€", "odd.name", "x");
            Machine.Started started = machine.start(TestService.program(machine.workDir, "/usr/bin/env")
                    .env(env)
                    .user("nobody"));
            started.exited();
            assertThat(machine.stdout(started))
                    .contains("LD_PRELOAD=/nowhere/evil.so\n", "PLAIN=a 'b' \n€\n", "odd.name=x\n", "USER=nobody\n")
                    .doesNotContain("EFKA_ENV_");
            // The loader names each program that it could not preload it for.
            assertThat(machine.stderr(started)).doesNotContain("setpriv");
            assertThat(machine.stderr(started)
                            .lines()
                            .filter(line -> line.contains("evil.so"))
                            .count())
                    .isLessThanOrEqualTo(2);
        }

        private String refused(TestService service) {
            return machine.start(service).refusal();
        }

        private void own(Path file, String user) throws IOException {
            Files.setOwner(
                    file, file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user));
        }
    }

    @Nested
    class RefusedLaunches {
        @Test
        void saysThatTheProgramIsMissing() {
            assertThat(refusalOf(TestService.program(machine.workDir, "bin/none")))
                    .isEqualTo("exec \"bin/none\" does not exist: no file " + machine.workDir + "/bin/none");
        }

        @Test
        void hintsAtAProgramOfThatNameElsewhere() {
            assertThat(refusalOf(TestService.program(machine.workDir, "sleep")))
                    .endsWith("; did you mean /usr/bin/sleep?");
        }

        @Test
        void saysThatItIsADirectory() {
            assertThat(refusalOf(TestService.program(machine.workDir, "/tmp"))).contains("\"/tmp\" is a directory");
        }

        @Test
        @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
        void saysThatItIsAFifoAndDoesNotWaitForIt() throws Exception {
            Path fifo = machine.workDir.resolve("fifo");
            new ProcessBuilder("mkfifo", "-m", "755", fifo.toString()).start().waitFor();
            assertThat(refusalOf(TestService.program(machine.workDir, "fifo")))
                    .isEqualTo("exec \"fifo\" is not a regular file: " + fifo);
        }

        @Test
        void saysThatItIsNotExecutable() throws IOException {
            Files.writeString(machine.workDir.resolve("run.sh"), "#!/bin/sh\n");
            assertThat(refusalOf(TestService.program(machine.workDir, "run.sh")))
                    .contains("is not executable: chmod +x ");
        }

        @Test
        void saysThatTheInterpreterIsMissing() throws IOException {
            script("run.sh", "#!/no/such/shell\n");
            assertThat(refusalOf(TestService.program(machine.workDir, "run.sh")))
                    .contains("interpreter \"/no/such/shell\"");
        }

        @Test
        void saysWhichLoaderOfACompiledProgramIsMissing() throws IOException {
            byte[] program = Files.readAllBytes(Path.of("/bin/sleep"));
            String loader = ElfFile.loaderOf(Path.of("/bin/sleep")).orElseThrow();
            String missing = loader.substring(0, loader.length() - 1) + "X";
            String other = new String(program, StandardCharsets.ISO_8859_1).replace(loader, missing);
            Path file = Files.write(machine.workDir.resolve("tool"), other.getBytes(StandardCharsets.ISO_8859_1));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
            assertThat(refusalOf(TestService.program(machine.workDir, "tool")))
                    .contains("needs the loader " + missing)
                    .contains("built for another system");
        }

        @Test
        void saysThatTheScriptHasWindowsLineEnds() throws IOException {
            script("run.sh", "#!/bin/sh\r\necho\r\n");
            assertThat(refusalOf(TestService.program(machine.workDir, "run.sh")))
                    .contains("Windows line ends");
        }

        @Test
        void saysThatTheKernelCannotExecuteIt() throws IOException {
            script("run", "\u007fELF\u0002\u0001\u0001\0\0\0\0");
            Machine.Started started = machine.start(TestService.program(machine.workDir, "run"));
            assertThat(started.refusal()).contains(machine.workDir + "/run could not be executed: ");
            assertThat(started.events().has(Event.Launched.class)).isFalse();
        }

        @Test
        void saysWhatCannotBeAFileNameOrAnArgument() {
            assertThat(refusalOf(TestService.program(machine.workDir, "a\0b"))).contains("cannot be a file name");
            assertThat(refusalOf(TestService.program(machine.workDir, "/bin/true", "a\0b")))
                    .isEqualTo("args: a NUL cannot be passed to a program");
        }

        @Test
        void saysThatTheWorkDirectoryIsMissing() {
            assertThat(refusalOf(TestService.program(folder.resolve("gone"), "/bin/true")))
                    .isEqualTo("work directory " + folder.resolve("gone") + " does not exist");
        }

        @Test
        void saysThatTheUserOrGroupIsUnknown() {
            assertThat(refusalOf(machine.shell("true").user("nobody-here")))
                    .isEqualTo("user \"nobody-here\" is unknown on this machine");
            assertThat(refusalOf(machine.shell("true").group("nobody-here")))
                    .isEqualTo("group \"nobody-here\" is unknown on this machine");
        }

        private String refusalOf(TestService service) {
            return machine.start(service).refusal();
        }
    }

    @Nested
    class Ending {
        @Test
        void tellsTheExitCodeOfAProgramThatExitsAtOnce() {
            for (int code : new int[] {0, 1, 7, 126, 127}) {
                Machine.Started started = machine.start(machine.shell("exit " + code));
                assertThat(started.exited().exit().code()).hasValue(code);
                assertThat(started.exited().exit().signal()).isEmpty();
                assertThat(started.exited().treeEmpty()).isTrue();
                assertThat(started.events().all()).hasExactlyElementsOfTypes(Event.Launched.class, Event.Exited.class);
            }
        }

        @Test
        void tellsTheSignal() {
            for (Signal signal : List.of(Signal.TERM, Signal.KILL, Signal.SEGV, Signal.USR1)) {
                Machine.Started started = machine.start(TestService.program(machine.workDir, "/bin/sleep", "100"));
                machine.launcher.signal(started.run(), signal);
                assertThat(started.exited().exit().signal()).contains(signal);
                assertThat(started.exited().exit().code()).isEmpty();
            }
        }

        @Test
        void tellsTheLastTwentyLinesOfStderrElseOfStdout() {
            Machine.Started errors = machine.start(
                    machine.shell("echo out; i=0; while [ $i -lt 30 ]; do echo e$i >&2; i=$((i+1)); done; exit 1"));
            assertThat(errors.exited().exit().tail()).startsWith("e10\n").endsWith("\ne29");
            Machine.Started out = machine.start(machine.shell("echo only this"));
            assertThat(out.exited().exit().tail()).isEqualTo("only this");
        }

        @Test
        void processesLeftByACrashAreReportedAndTheirEndToo() {
            Machine.Started started =
                    machine.start(machine.shell("setsid sleep 100 & echo $! >left; sleep 100 & wait"));
            machine.awaitFile("left");
            machine.launcher.signal(started.run(), Signal.KILL);
            assertThat(started.exited().treeEmpty()).isFalse();
            assertThat(started.events().has(Event.TreeEmptied.class)).isFalse();
            machine.launcher.killTree(started.run());
            started.events().await(Event.TreeEmptied.class);
            assertThat(started.events().all())
                    .hasExactlyElementsOfTypes(Event.Launched.class, Event.Exited.class, Event.TreeEmptied.class);
        }

        @Test
        void leftoversThatEndByThemselvesAreNoticed() {
            Machine.Started started = machine.start(machine.shell("sleep 0.3 & exit 4"));
            assertThat(started.exited().treeEmpty()).isFalse();
            started.events().await(Event.TreeEmptied.class);
        }
    }

    @Nested
    class Trees {
        @Test
        void killTreeEndsAGrandchildThatLeftTheSessionByADoubleFork() {
            Machine.Started started = machine.start(machine.shell(
                    "(setsid sh -c 'sh -c \"echo \\$\\$ >deep; exec sleep 100\" & exit' &) ; exec sleep 100"));
            long deep = Long.parseLong(machine.awaitFile("deep"));
            machine.launcher.killTree(started.run());
            assertThat(started.exited().exit().signal()).contains(Signal.KILL);
            Await.until("the run is over", () -> machine.launcher.isOver(started.run()));
            assertThat(Machine.isAlive(deep)).isFalse();
        }

        @Test
        void signalTreeReachesThoseThatLeftTheGroupAndThoseThatAreStopped() {
            Machine.Started started =
                    machine.start(machine.shell("setsid sleep 100 & echo $! >left; kill -STOP $!; exec sleep 100"));
            long left = Long.parseLong(machine.awaitFile("left"));
            Await.until(
                    "the process is stopped",
                    () -> new ProcessTable().find(left).orElseThrow().state() == 'T');
            machine.launcher.signalTree(started.run(), Signal.TERM);
            assertThat(started.exited().exit().signal()).contains(Signal.TERM);
            Machine.awaitEnd(left);
        }

        @Test
        void everyStopSignalReachesAProcessThatIsStopped() {
            Machine.Started started = machine.start(machine.shell("echo up >up; exec sleep 100"));
            machine.awaitFile("up");
            machine.launcher.signal(started.run(), Signal.STOP);
            long pid = started.launched().process().pid();
            Await.until(
                    "the process is stopped",
                    () -> new ProcessTable().find(pid).orElseThrow().state() == 'T');
            machine.launcher.signalTree(started.run(), Signal.HUP);
            assertThat(started.exited().exit().signal()).contains(Signal.HUP);
        }

        @Test
        void signalTreeReachesAStoppedMemberOfTheGroupWhoseMainProcessEndsFirst() {
            Machine.Started started =
                    machine.start(machine.shell("sleep 100 & echo $! >left; kill -STOP $!; exec sleep 100"));
            long left = Long.parseLong(machine.awaitFile("left"));
            Await.until(
                    "the process is stopped",
                    () -> new ProcessTable().find(left).orElseThrow().state() == 'T');
            machine.launcher.signalTree(started.run(), Signal.TERM);
            started.exited();
            Machine.awaitEnd(left);
        }

        @Test
        void signalGoesToTheMainProcessOnly() {
            Machine.Started started = machine.start(machine.shell("sleep 100 & echo $! >child; exec sleep 100"));
            long child = Long.parseLong(machine.awaitFile("child"));
            machine.launcher.signal(started.run(), Signal.TERM);
            assertThat(started.exited().treeEmpty()).isFalse();
            assertThat(Machine.isAlive(child)).isTrue();
        }

        @Test
        void signalsToAFinishedRunDoNothing() {
            Machine.Started started = machine.start(machine.shell("true"));
            started.exited();
            machine.launcher.signalTree(started.run(), Signal.TERM);
            machine.launcher.killTree(started.run());
            assertThat(machine.launcher.isOver(started.run())).isTrue();
        }
    }

    @Nested
    class Adopting {
        @Test
        void aLivingRunIsTakenOverAndItsEndTold() {
            Machine.Started first = machine.start(machine.shell("echo hello; echo yes >said; exec sleep 100"));
            ProcessIdentity process = first.launched().process();
            machine.awaitFile("said");
            Recorder second = adopt(first, Optional.of(process));
            assertThat(second.await(Event.Adopted.class).process()).isEqualTo(process);
            machine.launcher.signalTree(first.run(), Signal.TERM);
            Event.Exited exited = second.await(Event.Exited.class);
            assertThat(exited.exit().code()).isEmpty();
            assertThat(exited.exit().signal()).isEmpty();
            assertThat(exited.exit().tail()).isEqualTo("hello");
            assertThat(exited.treeEmpty()).isTrue();
        }

        @Test
        void aRunWhoseLaunchWasCutOffIsFoundByItsMark() {
            Machine.Started first = machine.start(machine.shell("sleep 100 & exec sleep 100"));
            Recorder second = adopt(first, Optional.empty());
            assertThat(second.await(Event.Adopted.class).process().pid()).isEqualTo(first.pid());
        }

        @Test
        void leftoversOfARunWhoseMainProcessIsGoneAreEndedFirst() {
            Machine.Started first = machine.start(machine.shell("setsid sleep 100 & echo $! >left; exec sleep 100"));
            long left = Long.parseLong(machine.awaitFile("left"));
            machine.launcher.signal(first.run(), Signal.KILL);
            first.exited();
            Recorder second = adopt(first, Optional.of(first.launched().process()));
            second.await(Event.AdoptionFailed.class);
            assertThat(Machine.isAlive(left)).isFalse();
        }

        @Test
        void ofAnotherBootNothingIsSearchedFor() {
            Machine.Started first = machine.start(machine.shell("exec sleep 100"));
            var earlier = new ProcessIdentity(
                    first.pid(), first.launched().process().startTicks(), "6e0c6bd4-8f7e-4b43-a2f6-8a1a1f2b3c4d");
            Event.AdoptionFailed failed = adopt(first, Optional.of(earlier)).await(Event.AdoptionFailed.class);
            assertThat(failed.why()).isEqualTo("the machine was rebooted");
            // There can be no such process; the one that stands for it shows that nobody looked.
            assertThat(Machine.isAlive(first.pid())).isTrue();
        }

        @Test
        void aRunThatNobodyWroteDownIsEndedWithItsTree() {
            Machine.Started known = machine.start(machine.shell("exec sleep 100"));
            Machine.Started unrecorded =
                    machine.start(machine.shell("setsid sleep 100 & echo $! >left; exec sleep 100"));
            long left = Long.parseLong(machine.awaitFile("left"));

            machine.launcher.killUnrecordedRuns(List.of(record(known)));

            assertThat(Machine.isAlive(unrecorded.pid())).isFalse();
            assertThat(Machine.isAlive(left)).isFalse();
            assertThat(Machine.isAlive(known.pid())).isTrue();
        }

        @Test
        void whatNothingMarksIsEndedByItsControlGroup() {
            Machine.Started known = machine.start(machine.shell(unmarked("unmarked")));
            long keptToo = Long.parseLong(machine.awaitFile("unmarked"));
            Machine.Started over = machine.start(machine.shell(unmarked("left")));
            long left = Long.parseLong(machine.awaitFile("left"));
            assumeTrue(over.launched().group().isPresent(), "NOT TRIED: there are no control groups here");
            machine.launcher.signal(over.run(), Signal.KILL);
            over.exited();

            machine.restarted().killUnrecordedRuns(List.of(record(known)));

            assertThat(Machine.isAlive(left)).isFalse();
            assertThat(Machine.isAlive(known.pid())).isTrue();
            assertThat(Machine.isAlive(keptToo)).isTrue();
        }

        @Test
        void whatNothingMarksOfARunThatIsRecordedIsEndedByTheGroupInItsRecord() {
            Machine.Started first = machine.start(machine.shell(unmarked("unmarked")));
            long left = Long.parseLong(machine.awaitFile("unmarked"));
            assumeTrue(first.launched().group().isPresent(), "NOT TRIED: there are no control groups here");
            machine.launcher.signal(first.run(), Signal.KILL);
            first.exited();

            Recorder second = new Recorder();
            machine.restarted().adopt(first.launch(), record(first), second);
            second.await(Event.AdoptionFailed.class);
            assertThat(Machine.isAlive(left)).isFalse();
        }

        @Test
        void aRunOfTheAgentWhoseDataFolderWasCopiedIsLeftAlone(@TempDir Path copy) throws Exception {
            Machine.Started theirs = machine.start(machine.shell("setsid sleep 100 & echo $! >left; exec sleep 100"));
            long left = Long.parseLong(machine.awaitFile("left"));
            try (var other = new Machine(copy, Cgroups.none())) {
                other.launcher.killUnrecordedRuns(List.of(record(theirs)));
                assertLeftAlone(other, theirs);
                assertThat(Machine.isAlive(theirs.pid())).isTrue();

                machine.launcher.signal(theirs.run(), Signal.KILL);
                theirs.exited();
                assertLeftAlone(other, theirs);
                assertThat(Machine.isAlive(left)).isTrue();
            }
        }

        private void assertLeftAlone(Machine other, Machine.Started theirs) {
            Recorder events = new Recorder();
            other.launcher.adopt(theirs.launch(), record(theirs), events);
            assertThat(events.await(Event.AdoptionFailed.class).why()).contains("is a copy");
        }

        @Test
        void aRunIsFoundByTheAgentOfTheFolderThatWasMoved() throws Exception {
            try (var first = new Machine(folder.resolve("data"), cgroups())) {
                Machine.Started run = first.start(first.shell("exec sleep 100"));
                Path moved = Files.move(folder.resolve("data"), folder.resolve("moved"));
                try (var second = new Machine(moved, Cgroups.none())) {
                    second.launcher.killUnrecordedRuns(List.of(record(run)));
                    Recorder events = new Recorder();
                    second.launcher.adopt(run.launch(), record(run), events);
                    assertThat(events.await(Event.Adopted.class).process().pid())
                            .isEqualTo(run.pid());
                }
            }
        }

        @Test
        void aStrayOfAnotherAgentIsLeftAlone(@TempDir Path elsewhere) throws Exception {
            try (var other = new Machine(elsewhere, cgroups())) {
                Machine.Started theirs = other.start(other.shell("exec sleep 100"));

                machine.launcher.killUnrecordedRuns(List.of());

                assertThat(Machine.isAlive(theirs.pid())).isTrue();
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"x", "", "01K", "01k00000000000000000000000", "../../../../etc/passwd\nline"})
        void whatIsNoRunIdInSomebodysEnvironmentIsIgnored(String forged) throws Exception {
            var builder = new ProcessBuilder("sleep", "100");
            builder.environment()
                    .put("EFKA_AGENT", machine.environment().agent().written());
            builder.environment().put("EFKA_RUN", forged);
            Process unrelated = builder.start();
            try {
                Machine.Started unrecorded = machine.start(machine.shell("exec sleep 100"));

                machine.launcher.killUnrecordedRuns(List.of());

                assertThat(Machine.isAlive(unrecorded.pid())).isFalse();
                assertThat(unrelated.isAlive()).isTrue();
            } finally {
                unrelated.destroyForcibly();
            }
        }

        @Test
        void aStrangerWithTheRecordedPidIsLeftAlone() throws Exception {
            Process unrelated = new ProcessBuilder("sleep", "100").start();
            try {
                ProcessIdentity real =
                        new ProcessTable().identify(unrelated.pid()).orElseThrow();
                Machine.Started ended = machine.start(machine.shell("true"));
                ended.exited();
                for (ProcessIdentity fabricated : List.of(
                        new ProcessIdentity(real.pid(), real.startTicks() - 1, real.bootId()),
                        new ProcessIdentity(real.pid(), real.startTicks(), "another boot"),
                        real)) {
                    adopt(ended, Optional.of(fabricated)).await(Event.AdoptionFailed.class);
                    machine.launcher.killTree(ended.run());
                    machine.launcher.signalTree(ended.run(), Signal.KILL);
                }
                assertThat(unrelated.waitFor(50, TimeUnit.MILLISECONDS)).isFalse();
            } finally {
                unrelated.destroyForcibly();
            }
        }

        /** Starts what leaves the session and has an empty environment. */
        private static String unmarked(String file) {
            return "env -i setsid sh -c 'echo $$ >%1$s; exec sleep 100' & while [ ! -s %1$s ]; do :; done; exec sleep 100"
                    .formatted(file);
        }

        private RunRecord record(Machine.Started started) {
            return new RunRecord(
                    started.run(),
                    Instant.now(),
                    Optional.of(started.launched().process()),
                    false,
                    false,
                    started.launched().group());
        }

        private Recorder adopt(Machine.Started first, Optional<ProcessIdentity> process) {
            Recorder events = new Recorder();
            machine.restarted().adopt(first.launch(), new RunRecord(first.run(), Instant.now(), process), events);
            return events;
        }
    }

    @Nested
    class StopCommands {
        @Test
        void runInTheServicesFolderAndEnvironmentAndTellTheirEnd() {
            Machine.Started started =
                    machine.start(machine.shell("exec sleep 100").env(Map.of("MINE", "yes")));
            machine.launcher.runStopCommand(
                    started.run(), "/bin/sh", List.of("-c", "echo $MINE $EFKA_PID >stop; kill $EFKA_PID"));
            assertThat(machine.awaitFile("stop")).isEqualTo("yes " + started.pid());
            assertThat(started.exited().exit().signal()).contains(Signal.TERM);
            started.events().await(Event.StopCommandEnded.class);
        }

        @Test
        void aFailureIsTold() {
            Machine.Started started = machine.start(machine.shell("exec sleep 100"));
            machine.launcher.runStopCommand(started.run(), "/bin/sh", List.of("-c", "exit 5"));
            assertThat(started.events().await(Event.StopCommandEnded.class).problem())
                    .contains("stop command exited with 5");
        }

        @Test
        void oneThatCannotBeStartedIsTold() {
            Machine.Started started = machine.start(machine.shell("exec sleep 100"));
            machine.launcher.runStopCommand(started.run(), "nothing.sh", List.of());
            assertThat(started.events().await(Event.StopCommandEnded.class).problem())
                    .hasValueSatisfying(why -> assertThat(why).startsWith("stop command: exec \"nothing.sh\""));
        }

        @Test
        void oneThatHangsIsKilledWithItsTreeAfterTheGrace() {
            Machine.Started started =
                    machine.start(machine.shell("exec sleep 100").grace(Duration.ofMillis(300)));
            machine.launcher.runStopCommand(
                    started.run(), "/bin/sh", List.of("-c", "setsid sleep 100 & echo $! >deep; wait"));
            long deep = Long.parseLong(machine.awaitFile("deep"));
            assertThat(started.events().await(Event.StopCommandEnded.class).problem())
                    .contains("stop command took longer than 300 ms");
            Machine.awaitEnd(deep);
            assertThat(Machine.isAlive(started.pid())).isTrue();
        }

        @Test
        void oneThatOutlivesTheRunIsKilledAndDoesNotCountAsItsTree() {
            Machine.Started started = machine.start(machine.shell("exec sleep 100"));
            machine.launcher.runStopCommand(
                    started.run(), "/bin/sh", List.of("-c", "echo $$ >stop; kill $EFKA_PID; exec sleep 100"));
            long command = Long.parseLong(machine.awaitFile("stop"));
            assertThat(started.exited().treeEmpty()).isTrue();
            assertThat(started.events().await(Event.StopCommandEnded.class).problem())
                    .isEmpty();
            Machine.awaitEnd(command);
        }
    }

    @Nested
    class Input {
        @Test
        void reachesStdinWhichNeverEnds() throws Exception {
            Machine.Started started = machine.start(machine.shell("while read -r line; do echo \"<$line>\"; done"));
            assertThat(input(started, "one\ntwo\n")).isEmpty();
            assertThat(input(started, "three\n")).isEmpty();
            Await.until("the input is read", () -> machine.stdout(started).equals("<one>\n<two>\n<three>\n"));
            assertThat(Machine.isAlive(started.pid())).isTrue();
        }

        @Test
        void moreThanThePipeHoldsGoesThroughToAReader() throws Exception {
            Machine.Started started = machine.start(machine.shell("head -c 200000 | wc -c; exec sleep 100"));
            assertThat(input(started, "x".repeat(200_000))).isEmpty();
            Await.until(
                    "the input is read", () -> machine.stdout(started).strip().equals("200000"));
        }

        @Test
        void aFullPipeIsAnErrorAndBlocksNobody() throws Exception {
            Machine.Started started = machine.start(machine.shell("exec sleep 100"));
            assertThat(input(started, "x".repeat(65_536))).isEmpty();
            assertThat(input(started, "y")).contains("stdin is full: 65536 bytes are waiting to be read");
        }

        @Test
        void whatDoesNotFitIsGivenUpAfterAWhile() throws Exception {
            Machine.Started started = machine.start(machine.shell("exec sleep 100"));
            assertThat(input(started, "x".repeat(100_000)))
                    .contains("stdin is full: 65536 bytes are waiting to be read; 65536 of 100000 bytes were taken");
        }

        @Test
        void aFifoThatWasDeletedIsSaidAndNoFileIsMade() throws Exception {
            Machine.Started started = machine.start(machine.shell("exec sleep 100"));
            Path fifo = folder.resolve("run/cam.stdin");
            Files.delete(fifo);
            assertThat(input(started, "x"))
                    .contains("stdin of this run was deleted or replaced: restart the service to have one again");
            assertThat(fifo).doesNotExist();
        }

        @Test
        void theFolderOfTheFifosIsThereForTheNextLaunch() throws Exception {
            Files.delete(folder.resolve("run"));
            Machine.Started started = machine.start(machine.shell("read -r line; echo \"<$line>\"; exec sleep 100"));
            assertThat(input(started, "x\n")).isEmpty();
            Await.until("the input is read", () -> machine.stdout(started).equals("<x>\n"));
        }

        private Optional<String> input(Machine.Started started, String text) throws Exception {
            var answer = new CompletableFuture<Optional<String>>();
            machine.launcher.input(started.run(), text.getBytes(StandardCharsets.UTF_8), answer::complete);
            return answer.get(10, TimeUnit.SECONDS);
        }
    }

    @Nested
    class ManyLaunches {
        @Test
        void leaveNoDescriptorThreadFifoOrGroupBehind() {
            quickRun();
            int fds = fds();
            for (int i = 0; i < 100; i++) quickRun();
            // the agent's own few come and go (a shell in reserve, /proc being read); a leak would be 100 of them
            Await.until(() -> "descriptors: " + fds() + ", were " + fds, Await.LIMIT, () -> fds() < fds + 20);
            assertThat(threads("efka-")).isLessThanOrEqualTo(1);
            // the JDK keeps an idle one for a minute to use it again
            assertThat(threads("process reaper")).isLessThan(20);
            assertThat(folder.resolve("run").toFile().list()).containsExactly("cam.stdin");
        }

        private void quickRun() {
            Machine.Started started = machine.start(machine.shell("true"));
            started.exited();
        }

        private int fds() {
            return Path.of("/proc/self/fd").toFile().list().length;
        }

        private long threads(String prefix) {
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith(prefix))
                    .count();
        }
    }

    void script(String name, String text) throws IOException {
        Path file = machine.workDir.resolve(name);
        Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
