package io.efka.agent.install;

import static io.efka.agent.install.Requests.CAMERA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.efka.agent.files.Privileges;
import io.efka.agent.install.Installer.InstallRequest;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Fault;
import io.efka.protocol.manifest.ManifestReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose manifests an agent that is root takes. */
final class RootRuleTest {
    @TempDir
    Path temp;

    private Path folder;
    private ServiceFolders folders;

    @BeforeEach
    void registerableFolder() throws IOException {
        assumeTrue(Privileges.isRoot(), "only root can give files away");
        folder = Files.createDirectories(temp.resolve("outside/cam"));
        folders = new ServiceFolders(temp.resolve("data/services"), List.of(temp.resolve("outside")));
        write("");
    }

    @Test
    void rootsManifestIsTaken() {
        assertThat(folders.read(CAMERA, folder)).isInstanceOf(ManifestReading.Usable.class);
    }

    @Test
    void aManifestOfAnotherUserIsOneFaultThatNamesThePathAndTheCure() throws IOException {
        own("nobody");

        Fault fault = onlyFault();

        assertThat(fault.toString())
                .startsWith("manifest.json: must be changed by nobody but root")
                .contains("chown root " + folder, "or name its owner as \"user\"", "that its owner nobody can change");
        CommandException refused =
                catchThrowableOfType(CommandException.class, () -> folders.install(CAMERA, existing()));
        assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_MANIFEST);
    }

    @Test
    void itIsTakenIfItsServiceRunsAsThatUserAndChoosesNoGroup() throws IOException {
        write(",\"user\":\"nobody\"");
        own("nobody");
        assertThat(folders.read(CAMERA, folder)).isInstanceOf(ManifestReading.Usable.class);

        write(",\"user\":\"daemon\"");
        assertThat(onlyFault().toString()).contains("root and user daemon");

        write(",\"user\":\"nobody\",\"group\":\"shadow\"");
        assertThat(onlyFault().toString()).startsWith("group: must be left out").contains("would choose any group");
    }

    @Test
    void aScriptOfAnotherUserIsAFaultOfTheArgumentsThatNameIt() throws IOException {
        Path script = Files.writeString(folder.resolve("work.sh"), "exec sleep 600");
        manifest("\"exec\":\"/bin/sh\",\"args\":[\"work.sh\",\"data\"]");
        assertThat(folders.read(CAMERA, folder)).isInstanceOf(ManifestReading.Usable.class);

        own(script, "nobody");
        assertThat(onlyFault().toString())
                .startsWith("args: must be changed by nobody but root")
                .contains("chown root " + script, "that its owner nobody can change");
        manifest("\"exec\":\"/bin/sh\",\"args\":[\"work.sh\"],\"user\":\"nobody\"");
        assertThat(folders.read(CAMERA, folder)).isInstanceOf(ManifestReading.Usable.class);
        manifest("\"exec\":\"/bin/true\",\"args\":[\"work.sh\"]");
        assertThat(folders.read(CAMERA, folder)).as("data").isInstanceOf(ManifestReading.Usable.class);
        manifest("\"exec\":\"/bin/true\",\"stop\":{\"exec\":\"/bin/sh\",\"args\":[\"work.sh\"]}");
        assertThat(onlyFault().toString()).startsWith("stop.args: ");
    }

    @Test
    void anAgentThatIsNotRootHasNoSuchRule() throws IOException {
        own("nobody");
        var others = new ServiceFolders(
                temp.resolve("data/services"),
                List.of(temp.resolve("outside")),
                new LinuxInstallDisk(),
                new RootRule(false));
        assertThat(others.read(CAMERA, folder)).isInstanceOf(ManifestReading.Usable.class);
    }

    @Test
    void nothingIsWrittenWhereOthersCouldChangeIt() throws IOException {
        Path data = Files.createDirectories(temp.resolve("data"));
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxrwxrwx"));
        var request = new InstallRequest(Optional.of(Requests.manifest("one")), Map.of(), Optional.empty());

        CommandException refused = catchThrowableOfType(CommandException.class, () -> folders.install(CAMERA, request));

        assertThat(refused.code()).isEqualTo(ErrorCode.NOT_ALLOWED);
        assertThat(refused).hasMessageContaining("chmod o-w " + data);
        assertThat(data.resolve("services")).doesNotExist();
    }

    private InstallRequest existing() {
        return new InstallRequest(Optional.empty(), Map.of(), Optional.of(folder));
    }

    private void write(String more) throws IOException {
        manifest("\"exec\":\"run.sh\"" + more);
    }

    private void manifest(String keys) throws IOException {
        Files.writeString(
                folder.resolve("manifest.json"),
                "{\"service_id\":\"camera\",\"health_check\":\"process:\"," + keys + "}");
    }

    private void own(String user) throws IOException {
        for (Path file : List.of(folder, folder.resolve("manifest.json"))) own(file, user);
    }

    private static void own(Path file, String user) throws IOException {
        Files.setOwner(
                file, file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user));
    }

    private Fault onlyFault() {
        List<Fault> faults = ((ManifestReading.Unusable) folders.read(CAMERA, folder)).faults();
        assertThat(faults).hasSize(1);
        return faults.get(0);
    }
}
