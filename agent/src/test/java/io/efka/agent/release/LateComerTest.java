package io.efka.agent.release;

import static io.efka.agent.release.DeployFixture.CAM;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.protocol.ErrorCode;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service that comes to be while the first deploy to it waits. */
final class LateComerTest {
    @TempDir
    private Path root;

    private DeployFixture fixture;

    @BeforeEach
    void nothingGetsItsTurn() {
        fixture = new DeployFixture(root);
        fixture.isBusy = true;
    }

    private DeployTicket deploy(boolean isInstall) {
        DeployRequest request = DeployFixture.request(DeployFixture.release("1.0"), false, isInstall);
        DeployTicket ticket = fixture.deployments.deploy(CAM, request);
        fixture.settle();
        return ticket;
    }

    private void goOn() {
        fixture.isBusy = false;
        fixture.settle();
    }

    @Test
    void thatWasRegisteredElsewhereStaysThere() {
        DeployTicket ticket = deploy(false);
        fixture.services.root = root.resolve("elsewhere");
        fixture.services.running(CAM);
        goOn();
        assertThat(ticket.result().join().problem().orElseThrow().code()).isEqualTo(ErrorCode.NOT_ALLOWED);
        assertThat(fixture.services.workDir(CAM)).hasValue(root.resolve("elsewhere/cam"));
        assertThat(fixture.services.told).isEmpty();
        assertThat(fixture.nextLife().state()).isEqualTo("failed");
    }

    @Test
    void isNotReplacedByAnEarlierInstall() {
        DeployTicket ticket = deploy(true);
        fixture.services.running(CAM);
        goOn();
        assertThat(ticket.result().join().problem().orElseThrow().code()).isEqualTo(ErrorCode.ALREADY_INSTALLED);
        assertThat(fixture.services.told).isEmpty();
    }

    @Test
    void isWhatTheDeployGoesBackTo() {
        deploy(false);
        fixture.services.running(CAM);
        goOn();
        Deploy deploy = fixture.deployments.releases(CAM).deploy().orElseThrow();
        assertThat(deploy.back().orElseThrow().name()).isEqualTo("original");
    }

    @Test
    void isInstalledByItsOwnInstall() {
        deploy(true);
        goOn();
        assertThat(fixture.state()).isEqualTo("watching");
    }
}
