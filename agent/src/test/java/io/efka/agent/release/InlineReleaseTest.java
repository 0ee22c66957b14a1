package io.efka.agent.release;

import static io.efka.agent.release.DeployFixture.CAM;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.install.Installer.InstallRequest;
import io.efka.agent.install.Installer.InstallRequest.InlineFile;
import io.efka.agent.install.Installer.Installed;
import io.efka.agent.install.ServiceFolders;
import io.efka.agent.release.Deploy.DeployRule;
import io.efka.agent.release.DeployRequest.Content;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Releases of what came with {@code install} and {@code apply}. */
final class InlineReleaseTest {
    @TempDir
    private Path root;

    private DeployFixture device;

    @BeforeEach
    void begin() {
        device = new DeployFixture(root);
    }

    private static InstallRequest request(String arg, Map<String, String> files) {
        String manifest =
                "{\"service_id\":\"cam\",\"exec\":\"run.sh\",\"args\":[\"" + arg + "\"],\"health_check\":\"process:\"}";
        var all = new HashMap<String, InlineFile>();
        files.forEach((name, text) -> all.put(name, new InlineFile(text.getBytes(StandardCharsets.UTF_8), 0755)));
        return new InstallRequest(Optional.of(manifest), all, Optional.empty());
    }

    private Path install(InstallRequest request) throws Exception {
        try (var folders = new ServiceFolders(root, List.of())) {
            Installed installed = folders.install(CAM, request);
            device.services.add(CAM, installed.workDir(), installed.manifest());
            device.deployments.adopt(CAM);
            device.settle();
            return installed.workDir();
        }
    }

    private DeployTicket deploy(Content content) {
        DeployTicket ticket = device.deployments.deploy(CAM, DeployFixture.request(content, false));
        device.settle().after(DeployRule.STANDARD.minHealthy());
        return ticket;
    }

    private DeployTicket deploy(InstallRequest request, boolean keepsOthers) {
        return deploy(new Content.Inline(request, keepsOthers));
    }

    private Path current() {
        ServiceReleases releases = device.deployments.releases(CAM);
        return releases.find(releases.current().orElseThrow()).orElseThrow().folder(CAM, device.folders);
    }

    @Test
    void whatIsInstalledIsTheReleaseToGoBackTo() throws Exception {
        Path first = install(request("1", Map.of("run.sh", "one")));
        assertThat(current()).isEqualTo(first);
        assertThat(device.state()).as("nothing is watched").isEqualTo("none");

        deploy(request("2", Map.of("run.sh", "two")), false);
        assertThat(current()).isNotEqualTo(first);
        assertThat(device.deployments.releases(CAM).releases()).hasSize(2).noneMatch(Release::isOriginal);
        deploy(new Content.Previous());
        assertThat(current()).isEqualTo(first);
        assertThat(device.services.workDir(CAM)).contains(first);
    }

    @Test
    void theSameContentIsOneReleaseHoweverItCame() throws Exception {
        Path first = install(request("1", Map.of("run.sh", "one")));
        deploy(request("2", Map.of("run.sh", "two")), false);
        deploy(request("1", Map.of("run.sh", "one")), false);
        assertThat(current()).isEqualTo(first);
        assertThat(device.deployments.releases(CAM).releases()).hasSize(2);
    }

    /** Its folder is there, and nothing is known of it yet. */
    @Test
    void isNotDeletedByADeployThatBeginsAtThatMoment() throws Exception {
        Path first;
        try (var folders = new ServiceFolders(root, List.of())) {
            first = folders.install(CAM, request("1", Map.of("run.sh", "one"))).workDir();
        }
        Files.createDirectory(first.resolveSibling("left-00000000"));
        device.deploy("2");
        assertThat(first.resolve("run.sh")).hasContent("one");
        assertThat(first.resolveSibling("left-00000000")).doesNotExist();
    }

    /** Killed between the record of the service and that of its release; or the state was lost. */
    @Test
    void isSeenFromItsFolderWhereNothingIsKnownOfIt() throws Exception {
        Path first = install(request("1", Map.of("run.sh", "one")));
        deploy(request("2", Map.of("run.sh", "two")), false);
        Path second = current();
        device.store.deleteSoon(CAM);
        device = device.nextLife();
        assertThat(current()).isEqualTo(second);
        assertThat(device.deployments.releases(CAM).releases())
                .extracting(release -> release.folder(CAM, device.folders))
                .containsExactlyInAnyOrder(first, second);

        device.store.deleteSoon(CAM);
        assertThat(device.nextLife().nextLife().deployments.releases(CAM).releases())
                .as("it is on the disk again")
                .hasSize(2);
    }

    @Test
    void theFilesThatTheCommandDoesNotBringAreThoseOfTheReleaseBefore() throws Exception {
        Path first = install(request("1", Map.of("run.sh", "one", "conf/a.ini", "a")));
        Files.writeString(first.resolve("conf/state"), "precious");
        Files.createDirectory(first.resolve("spool"));
        Files.createSymbolicLink(first.resolve("spool/latest"), Path.of("../conf/state"));

        deploy(request("2", Map.of("run.sh", "two")), true);
        Path second = current();
        assertThat(second).isNotEqualTo(first);
        assertThat(second.resolve("run.sh")).hasContent("two");
        assertThat(second.resolve("conf/a.ini")).hasContent("a");
        assertThat(second.resolve("spool/latest")).isSymbolicLink().hasContent("precious");
        assertThat(second.resolve("manifest.json")).content().contains("\"2\"");
        assertThat(first.resolve("run.sh")).hasContent("one");
        assertThat(first.resolve("manifest.json")).content().contains("\"1\"");
        assertThat(Files.isSameFile(first.resolve("conf/state"), second.resolve("conf/state")))
                .as("it needs no room, and what is written in place is not lost")
                .isTrue();
    }

    @Test
    void aFileMayTakeThePlaceOfAFolderAndAFolderThatOfAFile() throws Exception {
        install(request("1", Map.of("run.sh", "one", "a/b", "file in a folder", "c", "file")));
        deploy(request("2", Map.of("a", "file", "c/d", "file in a folder")), true);
        assertThat(current().resolve("a")).hasContent("file");
        assertThat(current().resolve("c/d")).hasContent("file in a folder");
        assertThat(current().resolve("run.sh")).hasContent("one");
    }

    /** What an agent of before installed, or somebody put there. */
    @Test
    void ofAFolderWithoutReleasesAreItsFilesAndNotWhatIsTheAgents() throws Exception {
        device.services.running(CAM);
        Path home = Files.createDirectories(root.resolve("cam"));
        Files.writeString(
                home.resolve("manifest.json"), request("0", Map.of()).manifest().orElseThrow());
        Files.writeString(home.resolve("run.sh"), "zero");
        deploy(request("1", Map.of("run.sh", "one")), false);
        deploy(new Content.Previous());
        assertThat(current()).isEqualTo(home);

        Files.writeString(home.resolve("own"), "precious");
        deploy(request("2", Map.of()), true);
        assertThat(current().resolve("run.sh")).hasContent("zero");
        assertThat(current().resolve("own")).hasContent("precious");
        try (var names = Files.list(current())) {
            assertThat(names.map(name -> String.valueOf(name.getFileName())))
                    .containsExactlyInAnyOrder("manifest.json", "run.sh", "own");
        }
    }

    /** Its request is on the disk, and what it is made over is still current. */
    @Test
    void thatIsCutOffIsFinishedByTheNextAgent() throws Exception {
        install(request("1", Map.of("run.sh", "one", "kept", "k")));
        device.isBusy = true;
        device.deployments.deploy(
                CAM, DeployFixture.request(new Content.Inline(request("2", Map.of("run.sh", "two")), true), false));
        device.settle();
        assertThat(device.state()).isEqualTo("staged");
        device = device.nextLife();
        assertThat(device.state()).as("it is not to run").isEqualTo("watching");
        assertThat(current().resolve("run.sh")).hasContent("two");
        assertThat(current().resolve("kept")).hasContent("k");
    }
}
