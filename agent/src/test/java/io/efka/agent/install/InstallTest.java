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

import io.efka.agent.install.Installer.InstallRequest;
import io.efka.agent.install.Installer.InstallRequest.InlineFile;
import io.efka.agent.install.Installer.Installed;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Fault;
import io.efka.protocol.ServiceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a service comes into its folder, or does not. */
class InstallTest {
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

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Nested
    class Installing {
        @Test
        void writesManifestAndFilesWithTheirModes() throws Exception {
            Installed installed = folders.install(CAMERA, version("one"));

            Path workDir = installed.workDir();
            assertThat(workDir.getParent()).isEqualTo(services.resolve("camera/releases"));
            assertThat(installed.manifest().program().args()).containsExactly("one");
            assertThat(installed.warnings()).isEmpty();
            assertThat(workDir.resolve("manifest.json")).hasContent(manifest("one"));
            assertThat(workDir.resolve("conf/deep/app.ini")).hasContent("one");
            assertThat(mode(workDir.resolve("run.sh"))).isEqualTo("rwxr-xr-x");
            assertThat(mode(workDir.resolve("conf/deep/app.ini"))).isEqualTo("rw-r-----");
            assertThat(mode(workDir.resolve("conf"))).isEqualTo("rwxr-xr-x");
            assertThat(mode(workDir)).isEqualTo("rwxr-xr-x");
            assertThat(mode(workDir.resolve("manifest.json"))).isEqualTo("rw-------");
            assertThat(leftovers(services)).isEmpty();
        }

        @Test
        void makesAReleaseThatIsCalledByItsContentOrAsItsManifestSays() throws Exception {
            Path workDir = folders.install(CAMERA, version("one")).workDir();
            assertThat(String.valueOf(workDir.getFileName())).matches("([0-9a-f]{8})[0-9a-f]{4}-\\1");
            assertThat(services.resolve("camera/current").toRealPath()).isEqualTo(workDir.toRealPath());
            assertThat(Files.readSymbolicLink(services.resolve("camera/current")))
                    .as("also where the data folder is moved to")
                    .isRelative();
            assertThat(services.resolve("camera/data")).isEmptyDirectory();
            assertThat(services.resolve("camera/manifest.json")).doesNotExist();

            folders.remove(CAMERA, workDir);
            String named = manifest("one").replace("{", "{\"release\":\"1.4\",");
            assertThat(folders.foresee(CAMERA, request(named, Map.of())).orElseThrow())
                    .startsWith("1.4-");
            assertThat(services.resolve("camera")).doesNotExist();
            assertThat(folders.install(CAMERA, request(named, Map.of()))
                            .workDir()
                            .getFileName()
                            .toString())
                    .startsWith("1.4-");
        }

        @Test
        void ofWhatIsInTheFolderWithoutAReleaseTakesItAsItIs() throws Exception {
            Path placed = ServicesRoot.place(services, "one");
            assertThat(folders.foresee(CAMERA, version("one"))).isEmpty();
            assertThat(folders.install(CAMERA, version("one")).workDir()).isEqualTo(placed);
            assertThat(root.refusedInstall(version("two")).code()).isEqualTo(ErrorCode.ALREADY_INSTALLED);
        }

        @Test
        void takesTheManifestFromTheFilesToo() throws Exception {
            var request = new InstallRequest(
                    Optional.empty(), Map.of("manifest.json", file(manifest("x"), 0644)), Optional.empty());
            assertThat(folders.install(CAMERA, request).manifest().program().args())
                    .containsExactly("x");
        }

        @Test
        void againWithTheSameRequestSucceeds() throws Exception {
            Path workDir = folders.install(CAMERA, version("one")).workDir();
            assertThat(folders.install(CAMERA, version("one")).workDir()).isEqualTo(workDir);
        }

        @Test
        void againWithAnotherRequestIsRefused() throws Exception {
            folders.install(CAMERA, version("one"));
            assertThat(root.refusedInstall(version("two")).code()).isEqualTo(ErrorCode.ALREADY_INSTALLED);
            assertThat(services.resolve("camera/current/run.sh")).hasContent("one");
        }

        @Test
        void warnsOfProgramsThatWouldNotStart() throws Exception {
            String manifest = "{\"service_id\":\"camera\",\"exec\":\"run.sh\",\"stop\":{\"exec\":\"conf\"},"
                    + "\"health_check\":\"exec:/no/such\",\"resart\":{}}";
            InstallRequest request = request(manifest, Map.of("run.sh", file("", 0644), "conf/a", file("", 0644)));

            assertThat(folders.install(CAMERA, request).warnings())
                    .containsExactly(
                            "unknown key \"resart\" is ignored; did you mean \"restart\"?",
                            "exec \"run.sh\" is not executable (mode 0755 would be)",
                            "stop.exec \"conf\" is a folder",
                            "health_check \"/no/such\" is not there");
        }
    }

    @Nested
    class ABadRequest {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "/etc/passwd",
                    "../camera2",
                    "a/../b",
                    "a/./b",
                    ".",
                    "..",
                    "a//b",
                    "a/",
                    "a\u0000b",
                    "a\nb",
                    "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17",
                    "run.sh/x"
                })
        void withAPathThatLeadsAwayIsRefused(String path) throws Exception {
            CommandException refused = root.refusedInstall(withFile(path, file("", 0644)));
            assertThat(refused.code()).isEqualTo(ErrorCode.BAD_ARGUMENT);
            root.assertNothingIsInstalled();
        }

        @Test
        void withANameTooLongIsRefused() throws Exception {
            CommandException refused = root.refusedInstall(withFile("n".repeat(256), file("", 0644)));
            assertThat(refused.code()).isEqualTo(ErrorCode.BAD_ARGUMENT);
            assertThat(refused).hasMessageContaining("255 bytes");
            root.assertNothingIsInstalled();
        }

        @ParameterizedTest
        @ValueSource(ints = {-1, 01000, 04755})
        void withABadModeIsRefused(int mode) throws Exception {
            CommandException refused = root.refusedInstall(withFile("a", file("", mode)));
            assertThat(refused.code()).isEqualTo(ErrorCode.BAD_ARGUMENT);
            assertThat(refused).hasMessageContaining("0 to 0777");
            root.assertNothingIsInstalled();
        }

        @Test
        void isFoundBadBeforeAnythingIsTouched() {
            CommandException refused = catchThrowableOfType(
                    CommandException.class, () -> folders.check(CAMERA, withFile("../x", file("", 0644))));
            assertThat(refused)
                    .hasMessage("files must have relative paths, without empty names, . and .., was \"../x\"");
            assertThat(refused.code()).isEqualTo(ErrorCode.BAD_ARGUMENT);
        }

        @Test
        void withTooManyFilesIsRefused() {
            var files = new HashMap<String, InlineFile>();
            for (int i = 0; i < InstallPlan.MAX_FILES; i++) files.put("f" + i, file("", 0644));
            assertThat(root.refusedInstall(request(manifest("x"), files)).code())
                    .isEqualTo(ErrorCode.BAD_ARGUMENT);
        }

        @Test
        void withTooManyBytesIsRefused() {
            InlineFile large = new InlineFile(new byte[InstallPlan.MAX_BYTES], 0644);
            assertThat(root.refusedInstall(withFile("large", large)).code()).isEqualTo(ErrorCode.BAD_ARGUMENT);
        }

        @Test
        void withTwoManifestsIsRefused() {
            assertThat(root.refusedInstall(withFile("manifest.json", file(manifest("x"), 0644))))
                    .hasMessageContaining("twice");
        }

        @Test
        void withoutAManifestIsRefused() {
            var nothing = new InstallRequest(Optional.empty(), Map.of(), Optional.empty());
            assertThat(root.refusedInstall(nothing).code()).isEqualTo(ErrorCode.BAD_ARGUMENT);
        }

        @Test
        void withABadManifestListsItsFaults() throws Exception {
            CommandException refused = root.refusedInstall(request("{\"service_id\":\"camera\",\"exec\":7}", Map.of()));
            assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_MANIFEST);
            assertThat(refused.faults()).extracting(Fault::key).containsExactly("exec", "health_check");
            root.assertNothingIsInstalled();
        }

        @Test
        void withAnotherServicesManifestIsRefused() {
            CommandException refused = catchThrowableOfType(
                    CommandException.class, () -> folders.install(new ServiceId("door"), version("one")));
            assertThat(refused.faults())
                    .containsExactly(new Fault("service_id", "\"camera\"", "must be \"door\", the service it is for"));
        }
    }

    @Nested
    class Registering {
        @Test
        void takesAFolderBelowARoot() throws Exception {
            Path folder = root.externalCamera();
            Installed installed = folders.install(CAMERA, existing(folder));
            assertThat(installed.workDir()).isEqualTo(folder.toRealPath());
            assertThat(installed.warnings()).containsExactly("exec \"run.sh\" is not there");
        }

        @Test
        void takesTheServicesOwnFolder() throws Exception {
            Path own = ServicesRoot.place(services, "one");
            assertThat(folders.install(CAMERA, existing(own)).workDir()).isEqualTo(own);
        }

        @Test
        void takesNoLinkThatLeadsOutOfTheRoots() throws Exception {
            Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
            Files.writeString(elsewhere.resolve("manifest.json"), manifest("one"));
            Path link = Files.createSymbolicLink(outside.resolve("link"), elsewhere);
            assertThat(root.refusedInstall(existing(link)).code()).isEqualTo(ErrorCode.NOT_ALLOWED);
            assertThat(root.refusedInstall(existing(outside.resolve("../elsewhere")))
                            .code())
                    .isEqualTo(ErrorCode.NOT_ALLOWED);
        }

        @Test
        void takesNoFolderOfAnotherServiceNorARootItself() throws Exception {
            Path other = Files.createDirectories(services.resolve("other"));
            Files.writeString(other.resolve("manifest.json"), manifest("one"));
            assertThat(root.refusedInstall(existing(other)).code()).isEqualTo(ErrorCode.NOT_ALLOWED);
            assertThat(root.refusedInstall(existing(services)).code()).isEqualTo(ErrorCode.NOT_ALLOWED);
            assertThat(root.refusedInstall(existing(outside)).code()).isEqualTo(ErrorCode.NOT_ALLOWED);
        }

        @Test
        void readsNothingInAFolderThatIsNotAllowed() throws Exception {
            Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
            Files.writeString(elsewhere.resolve("manifest.json"), "not JSON");
            CommandException refused =
                    catchThrowableOfType(CommandException.class, () -> folders.check(CAMERA, existing(elsewhere)));
            assertThat(refused.code()).isEqualTo(ErrorCode.NOT_ALLOWED);
        }

        @Test
        void saysWhichFolderWouldBeAllowed() throws Exception {
            Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
            assertThat(root.refusedInstall(existing(elsewhere)))
                    .hasMessageStartingWith(
                            "work_dir must be " + services.resolve("camera") + " or below one of [" + outside)
                    .hasMessageEndingWith("], was \"" + elsewhere + "\"");
        }

        @Test
        void takesNothingThatIsNotThereOrRelative() {
            assertThat(root.refusedInstall(existing(outside.resolve("none")))).hasMessageContaining("that is there");
            assertThat(root.refusedInstall(existing(Path.of("cam")))).hasMessageContaining("absolute");
        }

        @Test
        void needsAUsableManifest() throws Exception {
            Path folder = Files.createDirectory(outside.resolve("empty"));
            assertThat(root.refusedInstall(existing(folder)).faults())
                    .extracting(Fault::key, Fault::value)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple("manifest.json", "missing"));
        }

        @Test
        void excludesFiles() throws Exception {
            var both = new InstallRequest(Optional.of(manifest("x")), Map.of(), Optional.of(root.externalCamera()));
            assertThat(root.refusedInstall(both).code()).isEqualTo(ErrorCode.BAD_ARGUMENT);
        }
    }
}
