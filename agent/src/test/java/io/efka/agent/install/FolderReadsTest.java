package io.efka.agent.install;

import static io.efka.agent.install.Requests.CAMERA;
import static io.efka.agent.install.Requests.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.efka.agent.install.Installer.InstallRequest;
import io.efka.fixtures.Await;
import io.efka.fixtures.Manifests;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.ManifestReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Folders that do not answer: who waits for them, for how long, and what they cost. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FolderReadsTest {
    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final int MAX = 3;

    @TempDir
    Path temp;

    private final CountDownLatch alive = new CountDownLatch(1);
    private final AtomicInteger begun = new AtomicInteger();
    private final FolderReads reads = new FolderReads("test-read", LIMIT, MAX);

    @AfterEach
    void mountsAreAliveAgain() {
        alive.countDown();
        reads.close();
    }

    @Test
    void whatAnswersIsHandedOnAsItIs() throws Exception {
        assertThat(reads.read(temp, () -> "content")).isEqualTo("content");
        assertThatThrownBy(() -> reads.read(temp, () -> {
                    throw new IOException("Stale file handle");
                }))
                .hasMessage("Stale file handle");
        assertThatThrownBy(() -> reads.read(temp, () -> {
                    throw new CommandException(ErrorCode.BAD_ARGUMENT, "not so");
                }))
                .isInstanceOf(CommandException.class);
        assertThatThrownBy(() -> reads.read(temp, () -> {
                    throw new IllegalStateException("bug");
                }))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aFolderThatHangsIsGivenUpAndNotReadASecondTime() throws Exception {
        assertThatThrownBy(() -> reads.read(temp, this::hang))
                .isInstanceOf(FolderReads.Unread.class)
                .hasMessageContaining(temp + " did not answer in time");

        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> reads.read(temp.resolve("x/.."), this::hang))
                    .hasMessageContaining("an earlier read of " + temp + " still hangs");
        }
        assertThat(begun).hasValue(1);
        assertThat(reads.read(temp.resolve("other"), () -> "content")).isEqualTo("content");
    }

    @Test
    void aProgramThatHangsIsRefusedAndHoldsUpNoOther() throws Exception {
        Path mount = temp.resolve("mount/bin");
        var programs = new ProgramReads(
                temp.resolve("services"),
                (manifest, workDir) -> {
                    if (manifest.program().exec().startsWith("/")) hang();
                },
                reads);
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() ->
                            programs.require(executing(mount.resolve("run").toString()), temp))
                    .isInstanceOf(CommandException.class)
                    .hasMessageStartingWith("exec \"" + mount + "/run\": ")
                    .hasMessageContaining(mount.toString());
        }
        assertThat(begun).hasValue(1);
        programs.require(executing("run"), temp);
    }

    private static Manifest executing(String program) {
        return Manifests.draft("camera").exec(program).build();
    }

    @Test
    void itIsReadAgainWhenItAnswers() throws Exception {
        assertThatThrownBy(() -> reads.read(temp, this::hang)).isInstanceOf(FolderReads.Unread.class);
        alive.countDown();

        assertThat(untilRead()).isEqualTo("content");
    }

    @Test
    void moreThanSoManyDoNotHang() throws Exception {
        for (int i = 0; i < MAX; i++) {
            Path folder = temp.resolve("dead" + i);
            assertThatThrownBy(() -> reads.read(folder, this::hang)).hasMessageContaining("did not answer in time");
        }
        assertThatThrownBy(() -> reads.read(temp, () -> "content")).hasMessageContaining("too many other folders");
        alive.countDown();

        assertThat(untilRead()).isEqualTo("content");
    }

    /** In real time: it is the sum of many waits that must be short, and each ends by the system's clock. */
    @Tag("timing")
    @Test
    void manyThatHangTogetherCostFarLessThanALimitEach() {
        var many = new FolderReads("test-many", Duration.ofSeconds(2), 16);
        long before = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            Path folder = temp.resolve("dead" + i);
            assertThatThrownBy(() -> many.read(folder, this::hang)).isInstanceOf(FolderReads.Unread.class);
        }
        // 2 s * (1 + 1/2 + … + 1/16) = 6.8 s; 32 s with a whole limit each
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(16));
        alive.countDown();
        many.close();
    }

    @Test
    void whoComesWhileAReadIsUnderWayWaitsForIt() throws Exception {
        var patient = new FolderReads("test-patient", Duration.ofSeconds(30), MAX);
        CompletableFuture<String> first = CompletableFuture.supplyAsync(() -> quietly(patient, this::hang));
        Await.until("the first read has begun", () -> begun.get() == 1);
        CompletableFuture<String> second = CompletableFuture.supplyAsync(() -> quietly(patient, () -> "second"));
        alive.countDown();

        assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo("late");
        assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo("second");
        patient.close();
    }

    @Test
    void aManifestThatHangsIsUnreadAndNotWrong() throws IOException {
        Path dead = folder("dead");
        Path well = folder("well");
        ServiceFolders folders = folders();

        var reading = (ManifestReading.Unusable) folders.read(CAMERA, dead);

        assertThat(reading.isUnread()).isTrue();
        assertThat(reading.faults())
                .singleElement()
                .asString()
                .contains("must be readable (" + dead + " did not answer in time", dead + "/manifest.json");
        assertThat(folders.read(CAMERA, well)).isInstanceOf(ManifestReading.Usable.class);
        CommandException refused = catchThrowableOfType(
                CommandException.class,
                () -> folders.install(
                        CAMERA, new InstallRequest(Optional.empty(), Map.of(), Optional.of(folder("deadly")))));
        assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_MANIFEST);
        assertThat(refused).hasMessageContaining("did not answer in time");
    }

    @Test
    void deadMountsDoNotKeepTheAgentFromItsOwnFolders() throws Exception {
        ServiceFolders folders = folders();
        for (int i = 0; i <= MAX; i++) folders.read(CAMERA, folder("dead" + i));

        var request = new InstallRequest(Optional.of(manifest("one")), Map.of(), Optional.empty());
        Path own = folders.install(CAMERA, request).workDir();

        assertThat(folders.read(CAMERA, own)).isInstanceOf(ManifestReading.Usable.class);
        assertThat(folders.discover().values()).containsExactly(own);
    }

    @Test
    void whatIsThereAndWrongIsNotUnread() throws IOException {
        Path folder = folder("wrong");
        Files.writeString(folder.resolve("manifest.json"), "{}");
        assertThat(((ManifestReading.Unusable) folders().read(CAMERA, folder)).isUnread())
                .isFalse();
        Files.delete(folder.resolve("manifest.json"));
        assertThat(((ManifestReading.Unusable) folders().read(CAMERA, folder)).isUnread())
                .isTrue();
        assertThat(((ManifestReading.Unusable) folders().read(new ServiceId("radio"), folder("well"))).isUnread())
                .isFalse();
    }

    private ServiceFolders folders() {
        return new ServiceFolders(
                temp.resolve("data/services"),
                List.of(temp.resolve("outside")),
                new LinuxInstallDisk(),
                new RootRule(false),
                this::manifestUnlessDead,
                reads);
    }

    private ManifestReading manifestUnlessDead(Path file) {
        if (file.toString().contains("/dead")) hang();
        return ManifestFile.read(file);
    }

    private Path folder(String name) throws IOException {
        Path folder = Files.createDirectories(temp.resolve("outside").resolve(name));
        Files.writeString(folder.resolve("manifest.json"), manifest("one"));
        return folder.toRealPath();
    }

    private String hang() {
        begun.incrementAndGet();
        try {
            alive.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return "late";
    }

    private String quietly(FolderReads of, FolderReads.Work<String> work) {
        try {
            return of.read(temp, work);
        } catch (IOException | CommandException e) {
            return e.toString();
        }
    }

    private String untilRead() {
        return Await.value(
                "the folder is read",
                Await.LIMIT,
                () -> Optional.of(quietly(reads, () -> "content")).filter("content"::equals));
    }
}
