package io.efka.agent.release;

import static io.efka.agent.release.DeployFixture.CAM;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.release.Deploy.DeployRule;
import io.efka.protocol.ServiceStatus.State;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full for a while in the middle of a deploy. */
final class FullDiskTest {
    private static final Duration MIN_HEALTHY = DeployRule.STANDARD.minHealthy();

    @TempDir
    private Path root;

    private DeployFixture fixture;

    @BeforeEach
    void aServiceWithARelease() {
        fixture = new DeployFixture(root);
        fixture.deployed("1.0");
    }

    @Test
    void aReleaseThatComesBackIsStartedAsSoonAsThereIsRoom() {
        fixture.deploy("1.1");
        fixture.services.fillDisk(true);
        fixture.services.crash(CAM);
        fixture.tellStatus().after(DeployRule.STANDARD.deadline());
        assertThat(fixture.services.state(CAM)).isEqualTo(State.STOPPED);
        assertThat(fixture.state()).isEqualTo("rolling_back");

        fixture.services.fillDisk(false);
        fixture.after(Duration.ofSeconds(5));
        assertThat(fixture.services.state(CAM)).isEqualTo(State.RUNNING);
        fixture.tellStatus().after(MIN_HEALTHY);
        assertThat(fixture.state()).isEqualTo("rolled_back");
    }

    @Test
    void aReleaseThatCouldNotBeStartedForItIsNotBad() {
        fixture.services.fillDisk(true);
        fixture.deploy("1.1");
        fixture.services.fillDisk(false);
        fixture.after(Duration.ofSeconds(5)).tellStatus().after(MIN_HEALTHY);
        assertThat(fixture.state()).isEqualTo("rolled_back");

        fixture.deployed("1.1");
        assertThat(fixture.state()).isEqualTo("committed");
    }

    @Test
    void aDeployThatFailedForItIsNotDoneByTheNextAgent() {
        fixture.isBusy = true;
        DeployTicket ticket = fixture.deploy("1.1");
        fixture.store.isFull = true;
        fixture.isBusy = false;
        fixture.settle();
        assertThat(ticket.result().join().outcome()).isEqualTo(DeployResult.Outcome.FAILED);

        fixture.store.isFull = false;
        DeployFixture next = fixture.nextLife().after(MIN_HEALTHY);
        assertThat(next.state()).isEqualTo("failed");
        assertThat(next.deployments.releases(CAM).current().orElseThrow().value())
                .startsWith("1.0-");
    }
}
