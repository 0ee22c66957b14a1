package io.efka.agent.release;

import static io.efka.agent.release.DeployFixture.CAM;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.release.DeployRequest.Content;
import io.efka.agent.release.DeployResult.Outcome;
import io.efka.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of services that never came to be. */
final class RetirementTest {
    @TempDir
    Path root;

    private DeployFixture device;

    @BeforeEach
    void begin() {
        device = new DeployFixture(root);
    }

    private void cancelled() {
        device.isBusy = true;
        DeployTicket ticket = device.deploy("1.0");
        assertThat(root.resolve("cam/releases")).isNotEmptyDirectory();
        device.deployments.cancel(CAM, Optional.empty());
        device.isBusy = false;
        device.settle();
        assertThat(ticket.result().join().outcome()).isEqualTo(Outcome.CANCELLED);
    }

    private void requireNothing() {
        assertThat(device.deployments.size()).as("services in memory").isZero();
        assertThat(device.store.load()).as("on disk").isEmpty();
        assertThat(root.resolve("cam")).doesNotExist();
        assertThat(device.timers.pending()).isZero();
    }

    @Test
    void nothingIsKeptOfADeployThatWasCancelled() {
        cancelled();
        device.after(Retirement.DELAY);
        requireNothing();
    }

    @Test
    void theNextAgentForgetsItToo() {
        cancelled();
        device = device.nextLife();
        device.after(Retirement.DELAY);
        requireNothing();
    }

    @Test
    void nothingIsKeptOfADeployThatWasRefused() {
        DeployTicket ticket = device.deployments.deploy(CAM, DeployFixture.request(new Content.Stored("1.0"), false));
        device.settle();
        assertThat(ticket.result().join().problem().orElseThrow().code()).isEqualTo(ErrorCode.NO_RELEASE);
        device.after(Retirement.DELAY);
        requireNothing();
    }

    @Test
    void nothingIsKeptOfWhoeverCancelsAndConfirmsWhatThereIsNot() {
        device.deployments.cancel(CAM, Optional.empty());
        device.deployments.confirm(CAM);
        device.deployments.release(CAM, Hold.By.OPERATOR);
        device.settle();
        requireNothing();
    }

    /** Its command is repeated from the ledger. */
    @Test
    void aDeployThatWasCancelledIsNotDoneByTheNextAgent() {
        cancelled();
        device = device.nextLife();
        DeployRequest repeated =
                DeployFixture.request(DeployFixture.release("1.0"), false).repeated();
        DeployTicket ticket = device.deployments.deploy(CAM, repeated);
        device.settle();
        assertThat(ticket.result().join().outcome()).isEqualTo(Outcome.CANCELLED);
    }

    /** Its folder is gone when its new release is moved in. */
    @Test
    void nothingIsLeftOfAServiceThatIsRemovedWhileAReleaseIsStored() {
        device.services.with(CAM);
        device.programs = (manifest, workDir) -> {
            device.services.remove(CAM);
            device.deployments.removed(CAM);
        };
        DeployTicket ticket =
                device.deployments.deploy(CAM, DeployFixture.request(DeployFixture.release("1.0"), false));
        device.settle();
        assertThat(ticket.result().join().outcome()).isEqualTo(Outcome.CANCELLED);
        requireNothing();

        device.programs = (manifest, workDir) -> {};
        device.deployed("1.1");
        assertThat(root.resolve("cam/current/manifest.json")).exists();
    }

    @Test
    void theNextAgentDeletesWhatNobodyKnows() throws IOException {
        Files.createDirectories(root.resolve("cam/releases/1.0-00000001"));
        Files.createDirectories(root.resolve("other/releases/1.0-00000001"));
        Files.createDirectories(root.resolve("other/data"));
        device = device.nextLife();
        requireNothing();
        assertThat(root.resolve("other/releases/1.0-00000001")).exists();
    }

    @Test
    void theNextDeployBeginsAnewBeforeAndAfterItIsForgotten() {
        cancelled();
        device.deployed("1.1");
        device.after(Retirement.DELAY);
        assertThat(device.deployments.releases(CAM).current().orElseThrow().name())
                .isEqualTo("1.1");
        assertThat(device.deployments.size()).isOne();
    }

    @Test
    void aDeployThatComesWhileItIsBeingForgottenIsNotLost() {
        cancelled();
        device.timers.advance(Retirement.DELAY);
        DeployTicket ticket =
                device.deployments.deploy(CAM, DeployFixture.request(DeployFixture.release("1.0"), false));
        device.settle().after(Deploy.DeployRule.STANDARD.minHealthy());
        assertThat(ticket.result().join().outcome()).isEqualTo(Outcome.COMMITTED);
        assertThat(root.resolve("cam/current/manifest.json")).exists();
        assertThat(device.deployments.releases(CAM).current()).isPresent();
    }
}
