package io.efka.agent.install;

import static io.efka.agent.install.Requests.CAMERA;
import static io.efka.agent.install.Requests.manifest;
import static io.efka.agent.install.Requests.version;
import static io.efka.agent.install.ServicesRoot.leftovers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every step of every change, cut off: by a disk that fails once, and by the end of the agent. */
class InterruptionTest {
    /** More than any change has; the loops end at the first run that is not cut off. */
    private static final int MANY = 100;

    @TempDir
    private Path temp;

    private Path services;
    private Path home;

    /** Of a service that was installed, the link to its release; of one that has none, its folder. */
    private Path workDir;

    @BeforeEach
    void anotherServicesRoot() {
        begin(0);
    }

    private void begin(int step) {
        services = temp.resolve("services" + step);
        home = services.resolve("camera");
        workDir = home.resolve("current");
    }

    private ServiceFolders folders() {
        return on(new LinuxInstallDisk());
    }

    private ServiceFolders on(InstallDisk disk) {
        return new ServiceFolders(services, List.of(), disk);
    }

    /** Makes a change that may be cut off; how it ends says nothing, what is on the disk does. */
    private static void untilCut(ThrowingCallable change) {
        Throwable cut = catchThrowable(change);
        if (cut != null) assertThat(cut).isInstanceOf(CommandException.class);
    }

    /** Which version is there as a whole; anything between two versions fails. */
    private String versionThere() throws IOException {
        String version = Files.readString(workDir.resolve("run.sh"));
        assertThat(workDir.resolve("conf/deep/app.ini")).hasContent(version);
        assertThat(workDir.resolve("manifest.json")).hasContent(manifest(version));
        return version;
    }

    @Nested
    class AnInstall {
        @Test
        void thatFailsLeavesNothingBehind() throws Exception {
            int step = 1;
            for (; step < MANY; step++) {
                begin(step);
                FailingDisk disk = FailingDisk.once(step);
                CommandException failure =
                        catchThrowableOfType(CommandException.class, () -> on(disk).install(CAMERA, version("one")));
                if (!disk.hasFailed()) break;
                assertThat(failure.code()).as("step %s", step).isEqualTo(ErrorCode.DISK_FULL);
                assertThat(home).doesNotExist();
                assertThat(leftovers(services)).isEmpty();
            }
            assertThat(step).isBetween(20, MANY - 1);
            assertThat(versionThere()).isEqualTo("one");
        }

        @Test
        void thatIsKilledIsThereAsAWholeOrNotAtAll() throws Exception {
            int step = 1;
            for (; step < MANY; step++) {
                begin(step);
                FailingDisk disk = FailingDisk.from(step);
                untilCut(() -> on(disk).install(CAMERA, version("one")));
                if (!disk.hasFailed()) break;
                folders().recover();
                if (Files.exists(home)) assertThat(versionThere()).isEqualTo("one");
                assertThat(leftovers(services)).isEmpty();
                folders().install(CAMERA, version("one"));
                assertThat(versionThere()).isEqualTo("one");
            }
            assertThat(step).isBetween(10, MANY - 1);
        }
    }

    @Nested
    class AnUpdate {
        @Test
        void thatFailsIsNotMadeOrIsMadeAtTheNextStart() throws Exception {
            int step = 1;
            for (; step < MANY; step++) {
                installed(step);
                FailingDisk disk = FailingDisk.once(step);
                CommandException failure = catchThrowableOfType(
                        CommandException.class, () -> on(disk).update(CAMERA, workDir, version("two")));
                if (!disk.hasFailed()) break;
                assertThat(failure).as("step %s", step).isNotNull();
                boolean isBegun = String.valueOf(failure.getMessage()).contains("is begun");
                folders().recover();
                assertThat(versionThere()).as("step %s", step).isEqualTo(isBegun ? "two" : "one");
                assertThat(leftovers(services)).isEmpty();
                assertThat(workDir.resolve("state")).hasContent("precious");
            }
            assertThat(step).isBetween(10, MANY - 1);
            assertThat(versionThere()).isEqualTo("two");
        }

        @Test
        void thatIsKilledLeavesTheOldOrTheNew() throws Exception {
            int step = 1;
            for (; step < MANY; step++) {
                installed(step);
                FailingDisk disk = FailingDisk.from(step);
                untilCut(() -> on(disk).update(CAMERA, workDir, version("two")));
                if (!disk.hasFailed()) break;
                folders().recover();
                assertThat(versionThere()).isIn("one", "two");
                assertThat(leftovers(services)).isEmpty();
                assertThat(workDir.resolve("state")).hasContent("precious");
            }
            assertThat(step).isBetween(10, MANY - 1);
        }

        @Test
        void thatIsUnfinishedIsFinishedBeforeTheNext() throws Exception {
            int step = unfinishedUpdate();
            folders().update(CAMERA, workDir, version("three"));
            folders().recover();
            assertThat(versionThere()).as("cut at step %s", step).isEqualTo("three");
        }

        @Test
        void thatIsUnfinishedDoesNotComeBackAfterARemoval() throws Exception {
            unfinishedUpdate();
            folders().remove(CAMERA, workDir);
            workDir = folders().install(CAMERA, version("four")).workDir();
            folders().recover();
            assertThat(versionThere()).isEqualTo("four");
        }

        /** Cuts an update at the first step that leaves it committed. */
        private int unfinishedUpdate() throws Exception {
            for (int step = 1; step < MANY; step++) {
                installed(step);
                FailingDisk disk = FailingDisk.from(step);
                CommandException failure = catchThrowableOfType(
                        CommandException.class, () -> on(disk).update(CAMERA, workDir, version("two")));
                if (String.valueOf(failure.getMessage()).contains("is begun")) return step;
            }
            throw new AssertionError("no step leaves an update unfinished");
        }

        private void installed(int step) throws Exception {
            begin(step);
            workDir = ServicesRoot.place(services, "one");
            Files.writeString(workDir.resolve("state"), "precious");
        }
    }

    @Nested
    class AReleaseOverAnother {
        @Test
        void thatIsKilledIsThereAsAWholeOrNotAtAllAndTheOtherIsUntouched() throws Exception {
            int step = 1;
            for (; step < MANY; step++) {
                begin(step);
                Path one = folders().install(CAMERA, version("one")).workDir();
                Files.writeString(one.resolve("state"), "precious");
                FailingDisk disk = FailingDisk.from(step);
                Path two = home.resolve("releases/two");
                untilCut(() -> {
                    var releases = new ReleaseFolders(services, disk, RootRule.here());
                    releases.store(CAMERA, "two", releases.over(CAMERA, "one", one, version("two")));
                });
                if (!disk.hasFailed()) break;
                folders().recover();
                assertThat(versionThere()).isEqualTo("one");
                if (Files.exists(two)) {
                    assertThat(two.resolve("run.sh")).hasContent("two");
                    assertThat(two.resolve("state")).hasContent("precious");
                }
                assertThat(leftovers(services)).isEmpty();
            }
            assertThat(step).isBetween(10, MANY - 1);
            assertThat(home.resolve("releases/two/state")).hasContent("precious");
        }
    }

    @Nested
    class ARemoval {
        @Test
        void thatIsKilledLeavesAllOrNothing() throws Exception {
            int step = 1;
            for (; step < MANY; step++) {
                begin(step);
                folders().install(CAMERA, version("one"));
                FailingDisk disk = FailingDisk.from(step);
                untilCut(() -> on(disk).remove(CAMERA, workDir.toRealPath()));
                if (!disk.hasFailed()) break;
                folders().recover();
                if (Files.exists(home)) assertThat(versionThere()).isEqualTo("one");
                assertThat(leftovers(services)).isEmpty();
            }
            assertThat(step).isBetween(4, MANY - 1);
        }
    }

    @Nested
    class Recovery {
        @Test
        void thatFailsLeavesTheUpdateForTheNext() throws Exception {
            begin(0);
            workDir = ServicesRoot.place(services, "one");
            Path update = Files.createDirectories(services.resolve(".committed/camera"));
            Files.writeString(update.resolve("manifest.json"), manifest("one"));
            on(FailingDisk.once(1)).recover();
            assertThat(update).exists();
            folders().recover();
            assertThat(update).doesNotExist();
            assertThat(versionThere()).isEqualTo("one");
        }

        @Test
        void keepsOffWhatItDoesNotKnow() throws Exception {
            Path strange = Files.createDirectories(services.resolve(".committed/-not-an-id"));
            folders().recover();
            assertThat(strange).exists();
        }
    }
}
