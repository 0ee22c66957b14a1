package io.efka.agent.release;

import static io.efka.agent.release.DeployFixture.CAM;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.release.Deploy.DeployRule;
import io.efka.protocol.ServiceStatus.State;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A deploy that follows one that failed. */
final class RepairTest {
    @TempDir
    private Path root;

    private DeployFixture fixture;

    @BeforeEach
    void aServiceWhoseOnlyReleaseFailed() {
        fixture = new DeployFixture(root);
        fixture.deploy("1.0");
        fixture.services.crash(CAM);
        fixture.tellStatus().after(DeployRule.STANDARD.deadline());
        assertThat(fixture.state()).isEqualTo("failed");
        assertThat(fixture.services.state(CAM)).isEqualTo(State.STOPPED);
    }

    @Test
    void startsTheServiceThatTheFailureStopped() {
        fixture.deployed("1.1");
        assertThat(fixture.state()).isEqualTo("committed");
        assertThat(fixture.services.state(CAM)).isEqualTo(State.RUNNING);
    }
}
