package io.efka.agent.release;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.efka.agent.install.ReleaseFolders;
import io.efka.protocol.ServiceId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PruningTest {
    private static final ServiceId CAMERA = new ServiceId("camera");
    private static final Instant NOW = Instant.parse("2026-11-27T06:00:00Z");

    @TempDir
    private Path root;

    @Test
    void aFolderThatNobodyKnowsIsDeleted() throws Exception {
        ReleaseId known = stored("1.0");
        stored("1.1");

        pruning().sweep(Set.of(known));

        assertEquals(Set.of(known.value()), folders().stored(CAMERA));
    }

    @Test
    void twoBesideTheCurrentOneAreKept() throws Exception {
        ServiceReleases releases = ServiceReleases.NONE;
        for (int n = 0; n < 5; n++) releases = releases.stored(stored("1." + n), Optional.empty(), NOW.plusSeconds(n));
        ReleaseId current = releases.called("1.0").orElseThrow().id();

        ServiceReleases kept = pruning().prune(releases.current(current));

        assertEquals(Set.of("1.0", "1.3", "1.4"), names(kept));
        assertEquals(3, folders().stored(CAMERA).size());
    }

    @Test
    void aReleaseThatSomebodyElseNeedsIsKeptUntilNobodyDoes() {
        var device = new DeployFixture(root);
        device.needed.add("1");
        for (String release : new String[] {"1", "2", "3", "4", "5"}) device.deployed(release);
        assertEquals(Set.of("1", "3", "4", "5"), names(device.deployments.releases(DeployFixture.CAM)));
        device.needed.clear();
        device.deployed("6");
        assertEquals(Set.of("4", "5", "6"), names(device.deployments.releases(DeployFixture.CAM)));
    }

    /** A deploy that waited begins at the moment in which the one before ends, and its release is pruned by that. */
    @Test
    void aReleaseThatIsDeployedAgainWhileItIsDeletedIsWhole() {
        var device = new DeployFixture(root);
        device.services.running(DeployFixture.CAM);
        device.deployed("1");
        device.deployed("2");
        device.isDiskBackwards = true;
        device.deploy("3");
        device.deploy("1");
        device.after(Deploy.DeployRule.STANDARD.minHealthy());
        assertEquals("watching", device.state());
        device.after(Deploy.DeployRule.STANDARD.minHealthy());
        assertEquals("committed", device.state());
        ReleaseId current =
                device.deployments.releases(DeployFixture.CAM).current().orElseThrow();
        assertEquals("1", current.name());
        assertEquals(
                device.deployments.releases(DeployFixture.CAM).ids().size(),
                device.folders.stored(DeployFixture.CAM).size() + 1,
                "the original has no folder of its own");
    }

    private static Set<String> names(ServiceReleases releases) {
        return releases.ids().stream()
                .map(id -> id.value().substring(0, id.value().indexOf('-')))
                .collect(Collectors.toSet());
    }

    private ReleaseId stored(String name) throws Exception {
        ReleaseId id = ReleaseId.of(name, "ab".repeat(32));
        Files.createDirectories(folders().folder(CAMERA, id.value()));
        return id;
    }

    private ReleaseFolders folders() {
        return new ReleaseFolders(root);
    }

    private Pruning pruning() {
        return new Pruning(
                CAMERA, folders(), Runnable::run, (service, release) -> false, CompletableFuture.completedFuture(true));
    }
}
