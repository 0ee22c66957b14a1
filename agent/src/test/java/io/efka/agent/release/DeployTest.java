package io.efka.agent.release;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.release.Deploy.DeployRule;
import io.efka.agent.release.DeployEvent.Observed;
import io.efka.agent.release.DeployEvent.Sight;
import io.efka.agent.release.DeployEvent.TimerFired;
import io.efka.agent.release.DeployEvent.TimerKind;
import io.efka.agent.release.DeployResult.Outcome;
import io.efka.protocol.Cause;
import io.efka.protocol.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DeployTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final ReleaseId OLD = new ReleaseId("1.0-00000001");
    private static final ReleaseId NEW = new ReleaseId("2.0-00000002");

    private static final List<Hold> HELD = List.of(
            new Hold(Hold.By.OPERATOR, "a visit", NOW, NOW.plusSeconds(60), Optional.empty(), Optional.empty()));

    private Instant now = NOW;
    private Deploy deploy = preparing(DeployRule.STANDARD);
    private final List<DeployEffect> effects = new ArrayList<>();

    private static Deploy preparing(DeployRule rule) {
        return new Deploy(
                Optional.empty(),
                false,
                NEW,
                Optional.empty(),
                rule,
                false,
                new Preparing(Preparing.Stage.VERIFYING, NOW));
    }

    private void tell(DeployEvent... events) {
        for (DeployEvent event : events) {
            DeployStep step = deploy.on(event, now);
            deploy = step.next();
            effects.addAll(step.effects());
        }
    }

    private void watch(Optional<ReleaseId> before) {
        tell(
                new DeployEvent.Prepared(NEW),
                new DeployEvent.TurnCame(before, true, List.of()),
                new DeployEvent.Switched());
        effects.clear();
    }

    private static Observed seen(Sight sight) {
        return new Observed(sight, "ended with exit code 3");
    }

    private DeployResult result() {
        return ((DeployState.Ended) deploy.state()).result();
    }

    @Nested
    class WhileItGoesBack {
        @Test
        void aFullDiskOnlyDelaysIt() {
            watch(Optional.of(OLD));
            tell(seen(Sight.FAILED));
            effects.clear();
            tell(new DeployEvent.SwitchFailed(new DeployResult.Problem(ErrorCode.DISK_FULL, "no room")));
            assertThat(deploy.state().visible()).isEqualTo("rolling_back");
            assertThat(effects).containsExactly(new DeployEffect.SetTimer(TimerKind.RETRY, Duration.ofSeconds(5)));
            effects.clear();
            tell(new TimerFired(TimerKind.RETRY));
            assertThat(effects).containsExactly(new DeployEffect.Switch(OLD, true));
            tell(new DeployEvent.Switched(), seen(Sight.HEALTHY), new TimerFired(TimerKind.MIN_HEALTHY));
            assertThat(result().outcome()).isEqualTo(Outcome.ROLLED_BACK);
        }
    }

    /** An agent that is killed again and again must not restart the service each time. */
    @Test
    void aReleaseThatCameBackIsLeftAloneByTheNextAgent() {
        watch(Optional.of(OLD));
        tell(seen(Sight.FAILED), new DeployEvent.Switched());
        effects.clear();
        tell(new DeployEvent.AgentStarted());
        assertThat(effects).containsExactly(new DeployEffect.SetTimer(TimerKind.DEADLINE, Duration.ofMinutes(5)));
        tell(seen(Sight.HEALTHY), new TimerFired(TimerKind.MIN_HEALTHY));
        assertThat(result().outcome()).isEqualTo(Outcome.ROLLED_BACK);
    }

    @Test
    void aFullDiskAtTheSwitchIsNoFaultOfTheRelease() {
        tell(new DeployEvent.Prepared(NEW), new DeployEvent.TurnCame(Optional.of(OLD), true, List.of()));
        effects.clear();
        tell(new DeployEvent.SwitchFailed(new DeployResult.Problem(ErrorCode.DISK_FULL, "no room")));
        assertThat(effects).containsExactly(new DeployEffect.Switch(OLD, true));
    }

    @ParameterizedTest
    @EnumSource(names = {"DISK_FULL", "INTERNAL", "NOT_ALLOWED", "STOP_TIMEOUT"})
    void whatTheDeviceIsToBlameForBringsTheReleaseBeforeBackHoweverLongItTakes(ErrorCode code) {
        deploy = preparing(new DeployRule(Duration.ofSeconds(1), Duration.ofSeconds(2), false, Optional.empty()));
        tell(new DeployEvent.Prepared(NEW), new DeployEvent.TurnCame(Optional.of(OLD), true, List.of()));
        effects.clear();
        var failed = new DeployEvent.SwitchFailed(new DeployResult.Problem(code, "not now"));
        tell(failed);
        assertThat(effects).containsExactly(new DeployEffect.Switch(OLD, true));
        tell(failed, new TimerFired(TimerKind.RETRY), failed, new TimerFired(TimerKind.RETRY));
        tell(new DeployEvent.Switched(), seen(Sight.HEALTHY), new TimerFired(TimerKind.MIN_HEALTHY));
        assertThat(result().outcome()).isEqualTo(Outcome.ROLLED_BACK);
        assertThat(effects).noneMatch(effect -> effect instanceof DeployEffect.MarkBad);
    }

    @Test
    void aNewServiceThatTheDeviceCouldNotSwitchToHasNoBadRelease() {
        tell(new DeployEvent.Prepared(NEW), new DeployEvent.TurnCame(Optional.empty(), true, List.of()));
        tell(new DeployEvent.SwitchFailed(new DeployResult.Problem(ErrorCode.INTERNAL, "read-only file system")));
        assertThat(result().problem().orElseThrow().code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(effects).noneMatch(effect -> effect instanceof DeployEffect.MarkBad);
    }

    /** A repeated command finds its deploy in this state: nothing tells it later. */
    @Test
    void aReleaseThatNobodyWantsToRunIsAnsweredAlready() {
        tell(
                new DeployEvent.Prepared(NEW),
                new DeployEvent.TurnCame(Optional.of(OLD), false, List.of()),
                new DeployEvent.Switched());
        tell(new DeployEvent.AgentStarted());
        assertThat(deploy.isOver()).isFalse();
        assertThat(deploy.state().answer()).contains(DeployResult.COMMITTED);
    }

    @Nested
    class WhileItIsWatched {
        @Test
        void anExitBeginsTheTimeAnew() {
            watch(Optional.of(OLD));
            tell(seen(Sight.HEALTHY));
            assertThat(effects)
                    .containsExactly(new DeployEffect.SetTimer(TimerKind.MIN_HEALTHY, Duration.ofSeconds(10)));
            effects.clear();
            tell(seen(Sight.NOT_YET));
            assertThat(effects).containsExactly(new DeployEffect.CancelTimer(TimerKind.MIN_HEALTHY));
            tell(new TimerFired(TimerKind.MIN_HEALTHY));
            assertThat(deploy.isOver()).isFalse();
        }

        @Test
        void theMessageSaysWhatItDidAndHowLongItHad() {
            watch(Optional.of(OLD));
            tell(
                    seen(Sight.NOT_YET),
                    new TimerFired(TimerKind.DEADLINE),
                    new DeployEvent.Switched(),
                    seen(Sight.HEALTHY));
            tell(new TimerFired(TimerKind.MIN_HEALTHY));
            assertThat(result().outcome()).isEqualTo(Outcome.ROLLED_BACK);
            assertThat(result().problem().orElseThrow())
                    .isEqualTo(new DeployResult.Problem(
                            ErrorCode.UNHEALTHY,
                            "release 2.0 was not healthy for 10s within 5m, at last it was ended with exit code 3;"
                                    + " release 1.0 runs again"));
        }

        @Test
        void aSecondCutIsAFailureAndTheDeadlineGoesOnOverTheFirst() {
            watch(Optional.of(OLD));
            now = NOW.plusSeconds(60);
            tell(new DeployEvent.AgentStarted());
            assertThat(effects).containsExactly(new DeployEffect.SetTimer(TimerKind.DEADLINE, Duration.ofMinutes(4)));
            tell(new DeployEvent.AgentStarted());
            assertThat(deploy.state()).isInstanceOf(RollingBack.class);
            assertThat(effects).contains(new DeployEffect.Switch(OLD, true));
        }

        @ParameterizedTest
        @ValueSource(strings = {"2000-01-01T00:00:00Z", "2090-01-01T00:00:00Z"})
        void aClockThatIsSetDoesNotMakeItLastLonger(String time) {
            watch(Optional.of(OLD));
            now = Instant.parse(time);
            tell(new DeployEvent.AgentStarted());
            Duration left = ((DeployEffect.SetTimer) effects.get(0)).delay();
            assertThat(left).isBetween(Duration.ZERO, DeployRule.STANDARD.deadline());
        }

        @Test
        void withoutAReleaseToGoBackToTheServiceIsStopped() {
            watch(Optional.empty());
            tell(seen(Sight.FAILED));
            assertThat(result().problem().orElseThrow().code()).isEqualTo(ErrorCode.NO_PREVIOUS_RELEASE);
            assertThat(effects).contains(new DeployEffect.StopService());
        }

        @Test
        void aCancelledOneIsOverWhenTheReleaseBeforeIsHealthy() {
            watch(Optional.of(OLD));
            tell(new DeployEvent.EndAsked(Outcome.CANCELLED, "cancelled by command"), new DeployEvent.Switched());
            assertThat(deploy.isOver()).isFalse();
            tell(seen(Sight.HEALTHY));
            assertThat(result().outcome()).isEqualTo(Outcome.CANCELLED);
        }

        @Test
        void keepLeavesWhatDoesNotWork() {
            deploy = preparing(new DeployRule(Duration.ofSeconds(1), Duration.ofSeconds(2), false, Optional.empty()));
            watch(Optional.of(OLD));
            tell(seen(Sight.FAILED));
            assertThat(result().outcome()).isEqualTo(Outcome.FAILED);
            assertThat(effects).noneMatch(effect -> effect instanceof DeployEffect.Switch);
        }
    }

    @Nested
    class OnceSomebodyStoppedTheService {
        private void confirming() {
            var rule = new DeployRule(
                    Duration.ofSeconds(1), Duration.ofSeconds(2), true, Optional.of(Duration.ofMinutes(1)));
            deploy = preparing(rule);
            watch(Optional.of(OLD));
            tell(seen(Sight.HEALTHY), new TimerFired(TimerKind.MIN_HEALTHY));
        }

        @Test
        void aReleaseThatNobodyConfirmedIsTakenBackWithoutAStart() {
            confirming();
            tell(seen(Sight.UNWANTED));
            effects.clear();
            tell(new TimerFired(TimerKind.CONFIRM));
            assertThat(effects).contains(new DeployEffect.Switch(OLD, false));
            tell(new DeployEvent.Switched());
            assertThat(result().problem().orElseThrow().message()).endsWith("release 1.0 is current again");
        }

        @Test
        void aStartIsWantedAgain() {
            confirming();
            tell(seen(Sight.UNWANTED), seen(Sight.NOT_YET), new TimerFired(TimerKind.CONFIRM));
            assertThat(effects).contains(new DeployEffect.Switch(OLD, true));
        }

        @Test
        void aCancelledOneIsTakenBackWithoutAStart() {
            watch(Optional.of(OLD));
            tell(seen(Sight.UNWANTED), new DeployEvent.EndAsked(Outcome.CANCELLED, "cancelled by command"));
            assertThat(effects).contains(new DeployEffect.Switch(OLD, false));
        }
    }

    @Nested
    class TheCauseOfItsStopsAndStarts {
        @Test
        void isTheCommandOnTheWayForward() {
            tell(new DeployEvent.Prepared(NEW), new DeployEvent.TurnCame(Optional.of(OLD), true, List.of()));
            assertThat(deploy.cause()).isEqualTo(Cause.command(Optional.empty()));
        }

        @Test
        void isTheRollbackOnTheWayBack() {
            watch(Optional.of(OLD));
            tell(seen(Sight.FAILED));
            assertThat(deploy.cause())
                    .isEqualTo(Cause.rollback(Optional.empty(), "release 2.0 ended with exit code 3"));
        }

        @Test
        void isTheRollbackWhereThereIsNothingToGoBackTo() {
            watch(Optional.empty());
            tell(seen(Sight.FAILED));
            assertThat(deploy.cause().kind()).isEqualTo(Cause.Kind.ROLLBACK);
        }
    }

    @Nested
    class WhileTheServiceIsHeld {
        private void hold() {
            tell(new DeployEvent.Prepared(NEW), new DeployEvent.TurnCame(Optional.of(OLD), true, HELD));
        }

        @Test
        void itWaitsAndLetsCommandsToTheServiceGoOn() {
            hold();
            assertThat(deploy.state().visible()).isEqualTo("held");
            assertThat(effects).containsExactly(new DeployEffect.AwaitTurn(), new DeployEffect.GiveUpTurn());
        }

        @Test
        void itWaitsForItsTurnAgainWhenNobodyHolds() {
            hold();
            effects.clear();
            now = NOW.plusSeconds(9);
            tell(new DeployEvent.HoldsChanged(List.of()));
            assertThat(deploy.state()).isEqualTo(new Staged(now));
            assertThat(effects).containsExactly(new DeployEffect.AwaitTurn());
        }

        @Test
        void anotherHoldDoesNotChangeSinceWhenItWaits() {
            hold();
            now = NOW.plusSeconds(9);
            tell(new DeployEvent.HoldsChanged(HELD));
            assertThat(deploy.state()).isEqualTo(new Held(HELD, NOW));
        }

        @Test
        void aReleaseThatIsCurrentAlreadyNeedNotWait() {
            tell(new DeployEvent.Prepared(NEW), new DeployEvent.TurnCame(Optional.of(NEW), true, HELD));
            assertThat(result()).isEqualTo(DeployResult.COMMITTED);
        }

        @Test
        void aReleaseThatFailedIsTakenBackAllTheSame() {
            watch(Optional.of(OLD));
            tell(new DeployEvent.HoldsChanged(HELD), seen(Sight.FAILED));
            assertThat(effects).contains(new DeployEffect.Switch(OLD, true));
        }
    }

    @Nested
    class WhileItIsSwitched {
        @Test
        void anAgentThatStartsSwitchesAgain() {
            tell(new DeployEvent.Prepared(NEW), new DeployEvent.TurnCame(Optional.of(OLD), true, List.of()));
            effects.clear();
            tell(new DeployEvent.AgentStarted());
            assertThat(effects).contains(new DeployEffect.Switch(NEW, true));
        }

        @Test
        void anotherDeployWaits() {
            tell(new DeployEvent.Prepared(NEW), new DeployEvent.TurnCame(Optional.of(OLD), true, List.of()));
            Deploy before = deploy;
            tell(new DeployEvent.EndAsked(Outcome.SUPERSEDED, "another one"));
            assertThat(deploy).isEqualTo(before);
        }
    }

    /** Whatever happens, in whatever order: each deploy is answered once at most, and one that is over stays so. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyEventsInAnyOrderAnswerOnceAndLeaveOneRelease(long seed) {
        var random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            deploy = preparing(DeployRule.STANDARD);
            effects.clear();
            for (int i = 0; i < 60; i++) tell(any(random));
            boolean isUnwatched =
                    effects.stream().anyMatch(effect -> effect.equals(new DeployEffect.Answer(DeployResult.COMMITTED)));
            long answers = effects.stream()
                    .filter(effect -> effect instanceof DeployEffect.Answer)
                    .count();
            assertThat(answers).as("%s", effects).isLessThanOrEqualTo(isUnwatched ? 12 : 1);
            if (deploy.isOver()) assertThat(answers).isPositive();
            Deploy over = deploy;
            if (over.isOver()) {
                tell(any(random));
                assertThat(deploy).isEqualTo(over);
            }
        }
    }

    private static DeployEvent any(Random random) {
        return switch (random.nextInt(11)) {
            case 0 -> new DeployEvent.Prepared(NEW);
            case 1 ->
                new DeployEvent.TurnCame(
                        random.nextBoolean() ? Optional.of(OLD) : Optional.empty(),
                        random.nextBoolean(),
                        random.nextBoolean() ? List.of() : HELD);
            case 2 -> new DeployEvent.Switched();
            case 3 -> new DeployEvent.SwitchFailed(new DeployResult.Problem(ErrorCode.INTERNAL, "no"));
            case 4, 5 -> seen(Sight.values()[random.nextInt(Sight.values().length)]);
            case 6 -> new TimerFired(TimerKind.values()[random.nextInt(3)]);
            case 7 -> random.nextBoolean() ? new DeployEvent.ConfirmAsked() : new DeployEvent.AgentStarted();
            case 8 -> new DeployEvent.EndAsked(random.nextBoolean() ? Outcome.CANCELLED : Outcome.SUPERSEDED, "asked");
            case 9 -> new DeployEvent.HoldsChanged(random.nextBoolean() ? List.of() : HELD);
            default -> new DeployEvent.PreparationFailed(new DeployResult.Problem(ErrorCode.INVALID_MANIFEST, "bad"));
        };
    }
}
