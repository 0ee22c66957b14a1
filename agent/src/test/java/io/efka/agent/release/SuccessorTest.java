package io.efka.agent.release;

import static io.efka.agent.release.DeployFixture.CAM;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.release.Deploy.DeployRule;
import io.efka.agent.release.DeployRequest.Content;
import io.efka.agent.release.DeployResult.Outcome;
import io.efka.agent.supervision.Event;
import io.efka.protocol.Cause;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceStatus.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A deploy that is asked for while another one is under way. */
final class SuccessorTest {
    @TempDir
    private Path root;

    private DeployFixture fixture;

    @BeforeEach
    void aServiceWithARelease() {
        fixture = new DeployFixture(root);
        fixture.deployed("1.0");
    }

    private DeployTicket ask(String command, Content content, Optional<Duration> confirmWithin) {
        var rule =
                new DeployRule(DeployRule.STANDARD.minHealthy(), DeployRule.STANDARD.deadline(), true, confirmWithin);
        DeployTicket ticket = fixture.deployments.deploy(
                CAM,
                new DeployRequest(
                        Optional.of(command),
                        false,
                        content,
                        rule,
                        Optional.empty(),
                        false,
                        false,
                        true,
                        false,
                        false));
        fixture.settle();
        return ticket;
    }

    private String current() {
        return fixture.deployments.releases(CAM).current().orElseThrow().name();
    }

    @Test
    void leavesTheOneUnderWayAloneIfItIsRefused() {
        fixture.isBusy = true;
        DeployTicket first = ask("d2", DeployFixture.release("1.1"), Optional.empty());
        DeployTicket none = ask("d3", new Content.Previous(), Optional.empty());
        assertThat(none.result().join().problem().orElseThrow().code()).isEqualTo(ErrorCode.NO_PREVIOUS_RELEASE);
        DeployTicket unknown = ask("d4", new Content.Stored("9"), Optional.empty());
        assertThat(unknown.result().join().problem().orElseThrow().code()).isEqualTo(ErrorCode.NO_RELEASE);
        assertThat(first.result()).isNotDone();
        assertThat(fixture.state()).isEqualTo("staged");

        fixture.isBusy = false;
        fixture.settle();
        assertThat(current()).isEqualTo("1.1");
    }

    @Test
    void takesThePlaceOfTheOneUnderWay() {
        fixture.isBusy = true;
        DeployTicket first = ask("d2", DeployFixture.release("1.1"), Optional.empty());
        ask("d3", DeployFixture.release("1.2"), Optional.empty());
        assertThat(first.result().join().outcome()).isEqualTo(Outcome.SUPERSEDED);
        fixture.isBusy = false;
        fixture.settle();
        assertThat(current()).isEqualTo("1.2");
    }

    @Test
    void isWhatTheNextAgentDoes() {
        fixture.isBusy = true;
        ask("d2", DeployFixture.release("1.1"), Optional.empty());
        ask("d3", DeployFixture.release("1.2"), Optional.empty());
        fixture.nextLife();
        assertThat(fixture.services.told).last().asString().isEqualTo("start cam");
        assertThat(Objects.requireNonNull(fixture.store.load().get(CAM))
                        .current()
                        .orElseThrow()
                        .name())
                .isEqualTo("1.2");
    }

    @Test
    void waitsNoLongerWhenNobodyWantsTheServiceToRun() {
        ask("d2", DeployFixture.release("1.1"), Optional.empty());
        ask("d3", DeployFixture.release("1.2"), Optional.empty());
        assertThat(current()).isEqualTo("1.1");
        fixture.services.ask(CAM, Cause.command(Optional.empty()), false, Event.StopAsked::new);
        fixture.tellStatus();
        assertThat(current()).isEqualTo("1.2");
        assertThat(fixture.services.state(CAM)).isEqualTo(State.STOPPED);
    }

    @Test
    void isNotMistakenForTheOneThatIsConfirmed() {
        ask("d2", DeployFixture.release("1.1"), Optional.of(Duration.ofMinutes(9)));
        fixture.tellStatus().after(DeployRule.STANDARD.minHealthy());
        ask("d3", DeployFixture.release("1.2"), Optional.empty());
        CompletableFuture<Optional<Deploy>> confirmed = fixture.deployments.confirm(CAM);
        fixture.settle();
        assertThat(confirmed.join().orElseThrow().commandId()).hasValue("d2");
        assertThat(current()).isEqualTo("1.2");
    }
}
