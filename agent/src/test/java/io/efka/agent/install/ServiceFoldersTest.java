package io.efka.agent.install;

import static io.efka.agent.install.Requests.CAMERA;
import static io.efka.agent.install.Requests.existing;
import static io.efka.agent.install.Requests.file;
import static io.efka.agent.install.Requests.manifest;
import static io.efka.agent.install.Requests.request;
import static io.efka.agent.install.Requests.version;
import static io.efka.agent.install.Requests.withFile;
import static io.efka.agent.install.ServicesRoot.leftovers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.efka.agent.files.FileModes;
import io.efka.agent.install.Installer.InstallRequest;
import io.efka.agent.install.Installer.Installed;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Fault;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.ManifestReading;
import io.efka.protocol.manifest.ManifestReading.Unusable;
import io.efka.protocol.manifest.ManifestReading.Usable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done with services that are in their folders. */
class ServiceFoldersTest {
    @TempDir
    private Path temp;

    private ServicesRoot root;
    private Path services;
    private Path outside;
    private ServiceFolders folders;

    @BeforeEach
    void makeDevice() throws IOException {
        root = ServicesRoot.in(temp);
        services = root.services();
        outside = root.outside();
        folders = root.folders();
    }

    @Nested
    class Reading {
        private Path workDir;

        @BeforeEach
        void makeWorkDir() throws IOException {
            workDir = Files.createDirectory(temp.resolve("work"));
        }

        private Fault fault() {
            ManifestReading reading = folders.read(CAMERA, workDir);
            assertThat(reading).isInstanceOf(Unusable.class);
            assertThat(((Unusable) reading).faults()).hasSize(1);
            return ((Unusable) reading).faults().get(0);
        }

        @Test
        void findsAUsableManifest() throws Exception {
            Files.writeString(workDir.resolve("manifest.json"), manifest("one"));
            assertThat(folders.read(CAMERA, workDir)).isInstanceOf(Usable.class);
        }

        @Test
        void ofAMissingFileIsAFault() {
            assertThat(fault().value()).isEqualTo("missing");
        }

        @Test
        void ofAFolderIsAFault() throws Exception {
            Files.createDirectory(workDir.resolve("manifest.json"));
            assertThat(fault().expected()).contains("regular file");
        }

        @Test
        void ofOtherBytesThanUtf8IsAFault() throws Exception {
            Files.write(workDir.resolve("manifest.json"), new byte[] {'{', '"', (byte) 0xC3, '"', '}'});
            assertThat(fault().expected()).isEqualTo("must be UTF-8");
        }

        @Test
        void ofALargeFileIsAFault() throws Exception {
            Files.writeString(workDir.resolve("manifest.json"), manifest("one") + " ".repeat(256 * 1024));
            assertThat(fault().expected()).isEqualTo("must be 256 KiB at most");
        }

        @Test
        void ofAnotherServicesManifestIsAFault() throws Exception {
            Files.writeString(workDir.resolve("manifest.json"), manifest("one").replace("camera", "door"));
            assertThat(fault().key()).isEqualTo("service_id");
        }
    }

    @Nested
    class Updating {
        private Path workDir;

        @BeforeEach
        void place() throws Exception {
            workDir = ServicesRoot.place(services, "one");
        }

        private CommandException refusedUpdate(InstallRequest request) {
            return catchThrowableOfType(CommandException.class, () -> folders.update(CAMERA, workDir, request));
        }

        @Test
        void replacesManifestAndFiles() throws Exception {
            Installed updated = folders.update(CAMERA, workDir, version("two"));
            assertThat(updated.manifest().program().args()).containsExactly("two");
            assertThat(workDir.resolve("run.sh")).hasContent("two");
            assertThat(workDir.resolve("conf/deep/app.ini")).hasContent("two");
            assertThat(workDir.resolve("manifest.json")).hasContent(manifest("two"));
            assertThat(leftovers(services)).isEmpty();
        }

        @Test
        void leavesWhatTheServiceWrote() throws Exception {
            Files.writeString(workDir.resolve("conf/state.db"), "precious");
            folders.update(CAMERA, workDir, version("two"));
            assertThat(workDir.resolve("conf/state.db")).hasContent("precious");
        }

        @Test
        void replacesALinkInsteadOfFollowingIt() throws Exception {
            Path target = Files.writeString(outside.resolve("target"), "untouched");
            Files.delete(workDir.resolve("run.sh"));
            Files.createSymbolicLink(workDir.resolve("run.sh"), target);
            folders.update(CAMERA, workDir, version("two"));
            assertThat(target).hasContent("untouched");
            assertThat(Files.isRegularFile(workDir.resolve("run.sh"), LinkOption.NOFOLLOW_LINKS))
                    .isTrue();
        }

        @Test
        void followsNoLinkedFolderOutOfTheWorkDirectory() throws Exception {
            Files.createSymbolicLink(workDir.resolve("linked"), outside);
            assertThat(refusedUpdate(withFile("linked/x", file("", 0644))).code())
                    .isEqualTo(ErrorCode.BAD_ARGUMENT);
            assertThat(outside.resolve("x")).doesNotExist();
            assertThat(workDir.resolve("run.sh")).hasContent("one");
        }

        @Test
        void doesNotPutAFileWhereAFolderIs() {
            assertThat(refusedUpdate(withFile("conf", file("", 0644))).code()).isEqualTo(ErrorCode.BAD_ARGUMENT);
            assertThat(workDir.resolve("run.sh")).hasContent("one");
        }

        @Test
        void withABadManifestChangesNothing() {
            assertThat(refusedUpdate(request("{}", Map.of())).code()).isEqualTo(ErrorCode.INVALID_MANIFEST);
            assertThat(workDir.resolve("manifest.json")).hasContent(manifest("one"));
        }

        @Test
        void writesNothingIntoARegisteredFolder() throws Exception {
            Path folder =
                    folders.install(CAMERA, existing(root.externalCamera())).workDir();
            CommandException refused =
                    catchThrowableOfType(CommandException.class, () -> folders.update(CAMERA, folder, version("two")));
            assertThat(refused.code()).isEqualTo(ErrorCode.BAD_ARGUMENT);
            assertThat(folder.resolve("manifest.json")).hasContent(manifest("one"));
        }

        @Test
        void neverChangesARelease() throws Exception {
            folders.remove(CAMERA, workDir);
            Path release = folders.install(CAMERA, version("one")).workDir();
            CommandException refused =
                    catchThrowableOfType(CommandException.class, () -> folders.update(CAMERA, release, version("two")));
            assertThat(refused.code()).isEqualTo(ErrorCode.NOT_ALLOWED);
            assertThat(release.resolve("run.sh")).hasContent("one");
        }

        @Test
        void movesNoServiceToAnotherFolder() throws Exception {
            assertThat(refusedUpdate(existing(root.externalCamera()))).hasMessageContaining("remove the service");
            assertThat(folders.update(CAMERA, workDir, existing(workDir)).workDir())
                    .isEqualTo(workDir);
        }
    }

    @Nested
    class Comparing {
        private Path workDir;

        @BeforeEach
        void place() throws Exception {
            workDir = ServicesRoot.place(services, "one");
        }

        private boolean differs(InstallRequest request) throws CommandException {
            return folders.differs(CAMERA, workDir, request);
        }

        @Test
        void findsTheSameTheSame() throws Exception {
            assertThat(differs(version("one"))).isFalse();
        }

        @Test
        void looksAtWhatAManifestMeans() throws Exception {
            String spaced = manifest("one").replace(",", ",\n ").replace("}", ",\"autostart\":true}");
            assertThat(differs(request(spaced, Map.of()))).isFalse();
            assertThat(differs(request(manifest("two"), Map.of()))).isTrue();
        }

        @Test
        void findsAFileWithOtherContentOrModeOrNone() throws Exception {
            assertThat(differs(withFile("run.sh", file("one", 0755)))).isFalse();
            assertThat(differs(withFile("run.sh", file("two", 0755)))).isTrue();
            assertThat(differs(withFile("run.sh", file("one", 0700)))).isTrue();
            assertThat(differs(withFile("new", file("", 0644)))).isTrue();
        }

        @Test
        void findsABrokenManifestDifferent() throws Exception {
            Files.writeString(workDir.resolve("manifest.json"), "{");
            assertThat(differs(version("one"))).isTrue();
        }

        @Test
        void findsAnotherFolderDifferent() throws Exception {
            assertThat(differs(existing(workDir))).isFalse();
            assertThat(differs(existing(root.externalCamera()))).isTrue();
        }

        @Test
        void findsWhatARequestDoesNotBring() throws Exception {
            assertThat(folders.hasOthers(CAMERA, workDir, version("two"))).isFalse();
            assertThat(folders.hasOthers(CAMERA, workDir, request(manifest("two"), Map.of())))
                    .isTrue();
            Files.createDirectories(workDir.resolve("data/deep"));
            Files.writeString(workDir.resolve("data/deep/file"), "the service's own, of no release");
            assertThat(folders.hasOthers(CAMERA, workDir, version("two"))).isFalse();
            Files.createSymbolicLink(workDir.resolve("conf/deep/link"), workDir);
            assertThat(folders.hasOthers(CAMERA, workDir, version("two"))).isTrue();
        }

        @Test
        void ofABadRequestIsRefused() {
            assertThat(catchThrowableOfType(CommandException.class, () -> differs(request("{}", Map.of())))
                            .code())
                    .isEqualTo(ErrorCode.INVALID_MANIFEST);
        }
    }

    @Nested
    class Removing {
        @Test
        void deletesWhatWasInstalledAndWhatTheServiceWrote() throws Exception {
            Path workDir = folders.install(CAMERA, version("one")).workDir();
            Files.createSymbolicLink(workDir.resolve("link"), outside);
            Files.writeString(outside.resolve("kept"), "kept");
            folders.remove(CAMERA, workDir);
            assertThat(outside.resolve("kept")).exists();
            root.assertNothingIsInstalled();
        }

        @Test
        void leavesARegisteredFolder() throws Exception {
            Path folder =
                    folders.install(CAMERA, existing(root.externalCamera())).workDir();
            folders.remove(CAMERA, folder);
            assertThat(folder.resolve("manifest.json")).exists();
        }

        @Test
        void ofAMountedFolderIsKnownToFailBeforehand() {
            var folders = new ServiceFolders(Path.of("/"), List.of());
            CommandException refusal = catchThrowableOfType(
                    CommandException.class, () -> folders.requireChangeable(new ServiceId("proc"), Path.of("/proc")));
            assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_ALLOWED);
            assertThat(refusal.reason())
                    .isEqualTo(
                            "the files of proc are not the agent's to change: /proc is mounted from elsewhere: change its"
                                    + " files there, or remove the mount first");
        }

        @Test
        void ofWhatTheAgentWroteOrOnlyRegisteredIsNotRefusedBeforehand() throws Exception {
            folders.requireChangeable(
                    CAMERA, folders.install(CAMERA, version("one")).workDir());
            folders.requireChangeable(CAMERA, root.externalCamera());
            folders.requireChangeable(CAMERA, services.resolve("gone"));
        }

        @Test
        void deletesAnEmptyFolderThatIsNotTheAgentsInPlace() throws Exception {
            Path left = Files.createDirectories(services.resolve("camera"));
            folders.requireChangeable(CAMERA, left);
            folders.remove(CAMERA, left);
            assertThat(left).doesNotExist();
        }

        @Test
        void ofWhatIsGoneIsDone() throws Exception {
            folders.remove(CAMERA, services.resolve("camera"));
            root.assertNothingIsInstalled();
        }
    }

    @Nested
    class Discovering {
        @Test
        void findsFoldersWithAManifestByName() throws Exception {
            Path release = folders.install(CAMERA, version("one")).workDir();
            ServicesRoot.place(services, "one");
            assertThat(folders.discover().values()).as("its release first").containsExactly(release);
            folders.remove(CAMERA, release);
            ServicesRoot.place(services, "one");
            Path broken = Files.createDirectory(services.resolve("broken"));
            Files.writeString(broken.resolve("manifest.json"), "{");
            Files.createDirectory(services.resolve("empty"));
            Files.createDirectory(services.resolve("-bad-name"));
            Files.createSymbolicLink(services.resolve("link"), broken);
            Files.writeString(services.resolve("file"), "");
            assertThat(folders.discover().values()).containsExactly(broken, services.resolve("camera"));
        }

        @Test
        void findsNothingWhereNothingIs() throws Exception {
            assertThat(folders.discover()).isEmpty();
        }
    }

    @Nested
    class Listing {
        private Path workDir;

        @BeforeEach
        void makeWorkDir() throws IOException {
            workDir = Files.createDirectories(temp.resolve("listed"));
            Files.writeString(workDir.resolve("manifest.json"), "{}");
        }

        @Test
        void hasModeSizeAndSumOfEveryFile() throws Exception {
            Path file = Files.createDirectory(workDir.resolve("bin")).resolve("run.sh");
            Files.writeString(file, "hello");
            FileModes.set(file, 0750);

            Installer.InstalledFiles listed = folders.list(workDir);

            assertThat(listed.manifest()).isEqualTo("{}");
            assertThat(listed.truncated()).isFalse();
            assertThat(listed.files())
                    .extracting(Installer.InstalledFile::path)
                    .containsExactly("bin/run.sh", "manifest.json");
            assertThat(listed.files().get(0))
                    .isEqualTo(new Installer.InstalledFile(
                            "bin/run.sh",
                            0750,
                            5,
                            Optional.of("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")));
        }

        @Test
        void neitherFollowsNorNamesALink() throws Exception {
            Files.createSymbolicLink(workDir.resolve("out"), outside);
            assertThat(folders.list(workDir).files())
                    .extracting(Installer.InstalledFile::path)
                    .containsExactly("manifest.json");
        }

        @Test
        void endsAtItsBound() throws Exception {
            for (int i = 0; i <= FolderListing.MAX_FILES; i++) Files.createFile(workDir.resolve("file" + i));
            Installer.InstalledFiles listed = folders.list(workDir);
            assertThat(listed.files()).hasSize(FolderListing.MAX_FILES);
            assertThat(listed.truncated()).isTrue();
        }
    }
}
