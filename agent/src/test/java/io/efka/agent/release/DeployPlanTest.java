package io.efka.agent.release;

import static io.efka.agent.release.DeployFixture.CAM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.efka.agent.artifact.ArtifactRef;
import io.efka.agent.release.Deploy.DeployRule;
import io.efka.agent.release.DeployRequest.Content;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Sha256;
import io.efka.protocol.Until;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DeployPlanTest {
    @TempDir
    Path root;

    private DeployFixture device;

    @BeforeEach
    void begin() {
        device = new DeployFixture(root);
    }

    private CompletableFuture<DeployPlan> ask(DeployRequest request) {
        CompletableFuture<DeployPlan> plan = device.deployments.plan(CAM, request);
        device.settle();
        return plan;
    }

    private List<String> steps(Content content) {
        return ask(DeployFixture.request(content, false)).join().steps().stream()
                .map(step -> String.join(
                        " ", step.values().stream().map(String::valueOf).toList()))
                .toList();
    }

    private ErrorCode refusal(Content content) {
        Throwable why =
                catchThrowable(() -> ask(DeployFixture.request(content, false)).join());
        return ((CommandException) Objects.requireNonNull(why.getCause())).code();
    }

    private String id(String name) {
        return device.deployments.releases(CAM).called(name).orElseThrow().id().value();
    }

    @Test
    void ofANewServiceChangesNothing() {
        List<String> steps = steps(DeployFixture.release("1.0"));
        assertThat(steps).hasSize(4);
        assertThat(steps.get(0)).startsWith("store 1.0-");
        assertThat(steps.get(1)).startsWith("switch 1.0-");
        assertThat(steps.get(2)).startsWith("start 1.0-");
        assertThat(steps.get(3)).isEqualTo("watch 10s 5m rollback");
        assertThat(root).isEmptyDirectory();
        assertThat(device.store.load()).isEmpty();
        assertThat(device.deployments.size()).isZero();
        assertThat(device.events).isEmpty();
    }

    @Test
    void saysWhatIsStoppedAndWhatIsNotKept() {
        device.services.running(CAM);
        for (String name : List.of("1", "2")) device.deployed(name);
        String oldest = id("1");
        device.services.told.clear();
        List<String> steps = steps(DeployFixture.release("3"));
        assertThat(steps).contains("stop " + id("2"), "delete " + oldest);
        assertThat(device.services.told).isEmpty();
        assertThat(device.state()).isEqualTo("committed");
        device.deployed("3");
        assertThat(device.deployments.releases(CAM).called("1")).isEmpty();
    }

    @Test
    void whatWasInstalledWithoutReleasesIsStopped() {
        device.services.running(CAM);
        assertThat(steps(DeployFixture.release("1.0"))).contains("stop original-00000000");
        assertThat(device.deployments.releases(CAM)).isEqualTo(ServiceReleases.NONE);
    }

    @Test
    void saysWhoHolds() {
        device.services.running(CAM);
        device.deployments.hold(
                CAM,
                new Hold.Request(Hold.By.OPERATOR, "a visit", Until.parse("1h"), Optional.empty(), Optional.empty()));
        device.settle();
        assertThat(steps(DeployFixture.release("1.0"))).anyMatch(step -> step.contains("a visit"));
        assertThat(ask(DeployFixture.request(DeployFixture.release("1.0"), true))
                        .join()
                        .steps())
                .noneMatch(step -> "wait".equals(step.get("step")));
    }

    @Test
    void saysWhatBecomesOfADeployThatIsUnderWay() {
        device.services.running(CAM);
        device.deploy("1.0");
        assertThat(device.state()).isEqualTo("watching");
        assertThat(steps(DeployFixture.release("2.0")).get(0)).startsWith("wait 1.0-");
        device.after(DeployRule.STANDARD.minHealthy());
        device.isBusy = true;
        device.deploy("2.0");
        assertThat(steps(DeployFixture.release("3.0")).get(0)).startsWith("supersede 2.0-");
    }

    @Test
    void ofWhatIsCurrentDoesNothing() {
        device.services.running(CAM);
        device.deployed("1.0");
        assertThat(steps(new Content.Stored("1.0"))).containsExactly("verify " + id("1.0"));
    }

    @Test
    void ofAnArtifactAsksNoSource() {
        var artifact = new ArtifactRef(List.of(URI.create("https://files/a")), Sha256.of(new byte[] {1}), 1);
        List<String> steps = steps(new Content.Fetched(artifact, Optional.of("1.0")));
        assertThat(steps.get(0)).isEqualTo("fetch 1 [https://files/a]");
        assertThat(steps.get(1)).startsWith("unpack 1.0-");
    }

    @Test
    void isRefusedAsTheDeployWouldBe() {
        assertThat(refusal(new Content.Stored("7"))).isEqualTo(ErrorCode.NO_RELEASE);
        assertThat(refusal(new Content.Previous())).isEqualTo(ErrorCode.NO_PREVIOUS_RELEASE);
        device.programs = (manifest, workDir) -> {
            throw new CommandException(ErrorCode.INCOMPATIBLE, "made for another device");
        };
        assertThat(refusal(DeployFixture.release("1.0"))).isEqualTo(ErrorCode.INCOMPATIBLE);
    }

    /** What comes with the release is not on the disk yet. */
    @Test
    void aProgramThatComesWithItIsNotMissing() {
        device.programs = (manifest, workDir) -> {
            throw new CommandException(ErrorCode.LAUNCH_FAILED, "no such program");
        };
        assertThat(steps(DeployFixture.release("1.0"))).isNotEmpty();
    }
}
