package io.efka.agent.release;

import static io.efka.agent.release.DeployFixture.CAM;
import static io.efka.agent.release.DeployFixture.MAX_HOLD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.efka.agent.release.DeployResult.Outcome;
import io.efka.agent.release.Hold.By;
import io.efka.agent.release.Hold.Placed;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.RunId;
import io.efka.protocol.Until;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HoldsTest {
    @TempDir
    Path root;

    private DeployFixture device;

    @BeforeEach
    void begin() {
        device = new DeployFixture(root);
        device.services.running(CAM);
    }

    private Optional<RunId> run() {
        return device.services.find(CAM).orElseThrow().run();
    }

    private CompletableFuture<Placed> ask(By by, String until) {
        var request = new Hold.Request(
                by, "surgery", Until.parse(until), by == By.SERVICE ? run() : Optional.empty(), Optional.empty());
        CompletableFuture<Placed> placed = device.deployments.hold(CAM, request);
        device.settle();
        return placed;
    }

    private Hold hold(By by, String until) {
        return ask(by, until).join().hold();
    }

    private List<By> holders() {
        return device.deployments.releases(CAM).holds().stream().map(Hold::by).toList();
    }

    private static Duration lasting(Hold hold) {
        return Duration.between(hold.since(), hold.until());
    }

    private static CommandException refusal(CompletableFuture<?> asked) {
        return (CommandException)
                Objects.requireNonNull(catchThrowable(asked::join).getCause());
    }

    @ParameterizedTest
    @EnumSource(By.class)
    void aDeployThatIsReadyWaitsUntilItIsReleased(By by) {
        hold(by, "2h");
        device.deploy("2.0");
        assertThat(device.state()).isEqualTo("held");
        assertThat(device.services.told).isEmpty();
        assertThat(device.deployments.describe(CAM).get("holds"))
                .isEqualTo(
                        List.of(device.deployments.releases(CAM).holds().get(0).fields()));

        device.deployments.release(CAM, by);
        device.settle();
        assertThat(device.state()).isEqualTo("watching");
        assertThat(device.deployments.describe(CAM)).doesNotContainKey("holds");
        assertThat(device.events).contains("hold " + by.word(), "deploy held", "hold_ended " + by.word() + " released");
    }

    @Test
    void itEndsByItself() {
        hold(By.OPERATOR, "2h");
        device.deploy("2.0");
        device.after(Duration.ofHours(2).minusMillis(1));
        assertThat(device.state()).isEqualTo("held");
        device.after(Duration.ofMillis(1));
        assertThat(device.state()).isEqualTo("watching");
        assertThat(device.events).contains("hold_ended operator time");
    }

    @Test
    void aDeployWaitsForEverybodyWhoHolds() {
        hold(By.OPERATOR, "2h");
        hold(By.SERVICE, "1h");
        device.deploy("2.0");
        device.after(Duration.ofHours(1));
        assertThat(holders()).containsExactly(By.OPERATOR);
        assertThat(device.state()).isEqualTo("held");
        device.after(Duration.ofHours(1));
        assertThat(device.state()).isEqualTo("watching");
    }

    @Test
    void commandsToTheServiceGoOnWhileADeployIsHeld() {
        hold(By.OPERATOR, "2h");
        device.deploy("2.0");
        device.turns.add(end -> device.events.add("a command"));
        device.settle();
        assertThat(device.events).contains("a command");
    }

    @Test
    void aHoldThatComesWhileADeployWaitsForItsTurnIsInTime() {
        device.isBusy = true;
        device.deploy("2.0");
        assertThat(device.state()).isEqualTo("staged");
        hold(By.SERVICE, "1h");
        device.isBusy = false;
        device.settle();
        assertThat(device.state()).isEqualTo("held");
    }

    @ParameterizedTest
    @ValueSource(strings = {"25h", "365d", "2999-01-01T00:00:00Z", ""})
    void itIsNeverLongerThanTheDeviceAllows(String until) {
        for (By by : By.values()) {
            Placed placed = ask(by, until).join();
            assertThat(lasting(placed.hold())).isEqualTo(MAX_HOLD);
            assertThat(placed.isShortened()).isEqualTo(!until.isEmpty());
        }
    }

    @Test
    void aServiceThatHoldsAgainAndAgainDoesNotHoldForEver() {
        hold(By.SERVICE, "20h");
        device.deploy("2.0");
        for (int hour = 1; hour < 24; hour++) {
            device.after(Duration.ofHours(1));
            hold(By.SERVICE, "20h");
            assertThat(device.state()).isEqualTo("held");
        }
        device.after(Duration.ofHours(1));
        assertThat(device.state()).isEqualTo("watching");
    }

    @Test
    void anOperatorMayHoldForAnotherDay() {
        hold(By.OPERATOR, "24h");
        device.after(Duration.ofHours(23));
        assertThat(lasting(hold(By.OPERATOR, "24h"))).isEqualTo(MAX_HOLD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-11-22T20:15:00Z", "0s"})
    void oneThatWouldBeOverIsRefused(String until) {
        CommandException refusal = refusal(ask(By.OPERATOR, until));
        assertThat(refusal.code()).isEqualTo(ErrorCode.BAD_ARGUMENT);
        assertThat(refusal.reason()).contains('"' + until + '"');
        assertThat(holders()).isEmpty();
    }

    @Test
    void oneThatCannotBeWrittenDoesNotStand() {
        device.store.isFull = true;
        assertThat(refusal(ask(By.SERVICE, "1h")).code()).isEqualTo(ErrorCode.DISK_FULL);
        assertThat(holders()).isEmpty();
        device.deploy("2.0");
        assertThat(device.state()).isNotEqualTo("held");
    }

    @Test
    void theHoldOfAServiceEndsWithItsRun() {
        hold(By.SERVICE, "2h");
        hold(By.OPERATOR, "2h");
        device.services.crash(CAM);
        device.tellStatus();
        assertThat(holders()).containsExactly(By.OPERATOR);
        assertThat(device.events).contains("hold_ended service run_over");
    }

    @Test
    void theHoldOfARunThatIsOverIsRefused() {
        var request = new Hold.Request(By.SERVICE, "surgery", Optional.empty(), run(), Optional.empty());
        device.services.crash(CAM);
        CompletableFuture<Placed> asked = device.deployments.hold(CAM, request);
        device.settle();
        assertThat(refusal(asked).code()).isEqualTo(ErrorCode.SERVICE_STOPPED);
    }

    @Test
    void cancelEndsADeployThatIsHeldAndChangesNothing() {
        hold(By.OPERATOR, "2h");
        DeployTicket ticket = device.deploy("2.0");
        device.deployments.cancel(CAM, Optional.empty());
        device.settle();
        assertThat(ticket.result().join().outcome()).isEqualTo(Outcome.CANCELLED);
        device.after(Duration.ofHours(3));
        assertThat(device.services.told).isEmpty();
    }

    @Test
    void anotherDeployTakesThePlaceOfOneThatIsHeldAndMayIgnoreTheHold() {
        hold(By.SERVICE, "2h");
        DeployTicket first = device.deploy("2.0");
        device.deployments.deploy(CAM, DeployFixture.request(DeployFixture.release("2.1"), true));
        device.settle();
        assertThat(first.result().join().outcome()).isEqualTo(Outcome.SUPERSEDED);
        assertThat(device.state()).isEqualTo("watching");
    }

    @Test
    void aServiceThatIsRemovedHoldsNoMore() {
        hold(By.OPERATOR, "2h");
        device.deploy("2.0");
        device.deployments.removed(CAM);
        device.settle();
        assertThat(device.timers.pending()).isZero();
        assertThat(device.store.load()).isEmpty();
    }

    /** Whoever asks then hears of the release that is being started, not of the one that is being stopped. */
    @Test
    void aServiceThatHoldsWhileItIsBeingStoppedIsTooLate() {
        device.services.isHolding = true;
        device.deploy("2.0");
        assertThat(device.state()).isEqualTo("activating");
        CompletableFuture<Placed> old = ask(By.SERVICE, "1h");
        assertThat(old).isNotDone();
        device.services.letGo();
        device.settle();
        assertThat(device.state()).isEqualTo("watching");
        assertThat(refusal(old).code()).isEqualTo(ErrorCode.SERVICE_STOPPED);
        assertThat(lasting(hold(By.SERVICE, "1h"))).isEqualTo(Duration.ofHours(1));
    }

    @ParameterizedTest
    @CsvSource({"0, held", "119, held", "120, watching"})
    void theNextAgentKeepsItToItsEnd(int minutes, String state) {
        hold(By.OPERATOR, "2h");
        device.deploy("2.0");
        device = device.nextLife();
        assertThat(holders()).containsExactly(By.OPERATOR);
        device.after(Duration.ofMinutes(minutes));
        assertThat(device.state()).isEqualTo(state);
    }

    @Test
    void theNextAgentEndsTheHoldOfAServiceThatIsNotThereAnyMore() {
        hold(By.SERVICE, "2h");
        device.deploy("2.0");
        device = device.nextLife();
        assertThat(holders()).as("it still runs").containsExactly(By.SERVICE);
        device.services.crash(CAM);
        device = device.nextLife();
        assertThat(holders()).isEmpty();
        assertThat(device.state()).isEqualTo("watching");
    }

    /** The next agent knows of its releases before it has looked for its processes. */
    @Test
    void theHoldOfAServiceStandsUntilTheNextAgentHasLooked() {
        hold(By.SERVICE, "2h");
        device.deploy("2.0");
        Runnable found = device.services.unread(CAM);
        device = device.nextLife();
        found.run();
        device.tellStatus();
        assertThat(holders()).containsExactly(By.SERVICE);
        assertThat(device.state()).isEqualTo("held");
    }

    /** An agent that ends stops its services, and must not begin a deploy by that. */
    @Test
    void theEndOfTheAgentIsNoReasonToBeginWhatIsHeld() {
        hold(By.SERVICE, "2h");
        device.deploy("2.0");
        device.deployments.close();
        device.services.crash(CAM);
        device.tellStatus();
        assertThat(device.state()).isEqualTo("held");
        assertThat(device.services.told).isEmpty();
        device = device.nextLife();
        assertThat(device.state()).isEqualTo("watching");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-P400D", "P400D"})
    void aClockThatIsSetDoesNotMakeItLastLonger(String by) {
        hold(By.OPERATOR, "2h");
        device.deploy("2.0");
        device.timers.setClock(Duration.parse(by));
        device.after(Duration.ofHours(2));
        assertThat(holders()).isEmpty();
    }
}
