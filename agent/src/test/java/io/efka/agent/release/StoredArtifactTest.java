package io.efka.agent.release;

import static io.efka.agent.release.DeployFixture.CAM;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.artifact.ArtifactRef;
import io.efka.agent.release.DeployRequest.Content;
import io.efka.agent.release.DeployResult.Outcome;
import io.efka.fixtures.Await;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Sha256;
import io.efka.protocol.manifest.Manifest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A deploy of the artifact that runs already, as a document does that changes only a configuration. No source has it. */
final class StoredArtifactTest {
    private static final Sha256 HASH = Sha256.of(new byte[] {1});
    private static final Content ARTIFACT =
            new Content.Fetched(new ArtifactRef(List.of(URI.create("https://files/a")), HASH, 1), Optional.empty());

    @TempDir
    private Path root;

    private DeployFixture fixture;
    private Path release;

    @BeforeEach
    void aServiceThatRunsAnArtifact() throws Exception {
        var before = new DeployFixture(root);
        before.deployed("1.0");
        ServiceReleases known = before.deployments.releases(CAM);
        ReleaseId current = known.current().orElseThrow();
        release = before.folders.folder(CAM, current.value());
        before.store.save(
                CAM, known.with(new Release(current, false, Instant.EPOCH, Optional.empty(), Optional.of(HASH))));
        fixture = before.nextLife();
    }

    private DeployTicket deploy() {
        DeployTicket ticket = fixture.deployments.deploy(CAM, DeployFixture.request(ARTIFACT, false));
        fixture.settle();
        return ticket;
    }

    @Test
    void changesNothing() {
        assertThat(deploy().result().join().outcome()).isEqualTo(Outcome.COMMITTED);
    }

    @Test
    void isRefusedWhileTheDiskDoesNotGiveTheManifest() throws IOException {
        Path aside = Files.move(release, root.resolve("aside"));
        Files.createSymbolicLink(release, release.getFileName()); // "Too many levels of symbolic links"
        DeployResult result = deploy().result().join();
        assertThat(result.problem().orElseThrow().code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(release).isSymbolicLink();

        Files.delete(release);
        Files.move(aside, release);
        assertThat(deploy().result().join().outcome()).isEqualTo(Outcome.COMMITTED);
    }

    @Test
    void leavesADamagedReleaseUntilAWholeOneIsThere() throws IOException {
        Files.writeString(release.resolve(Manifest.FILE_NAME), "{");
        DeployTicket ticket = deploy();
        // No source knows it.
        Await.until(() -> "the deploy ends", Await.LIMIT, () -> {
            fixture.settle();
            return ticket.result().isDone();
        });
        assertThat(release.resolve("run.sh")).exists();
    }
}
