package io.efka.agent.supervision;

import static io.efka.agent.supervision.World.CAMERA;
import static io.efka.fixtures.Manifests.draft;
import static io.efka.protocol.ServiceStatus.State.BACKOFF;
import static io.efka.protocol.ServiceStatus.State.COMPLETED;
import static io.efka.protocol.ServiceStatus.State.FAILED;
import static io.efka.protocol.ServiceStatus.State.RUNNING;
import static io.efka.protocol.ServiceStatus.State.SCHEDULED;
import static io.efka.protocol.ServiceStatus.State.STARTING;
import static io.efka.protocol.ServiceStatus.State.STOPPED;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.protocol.Cause;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Exit;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.Manifest.RestartRule.Policy;
import io.efka.protocol.manifest.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class OneshotTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Nested
    class StartedByCommand {
        private final Manifest manifest = draft("camera").oneshot().build();
        private final World world = World.with(manifest);

        @Test
        void isCompletedHoweverQuickItIs() {
            World.Asking start = world.ask(Event.StartAsked::new);
            world.launcher.launched();
            world.exits(0);
            assertThat(start.done().state()).isEqualTo(COMPLETED);
            assertThat(start.done().desired()).isEqualTo(Desired.STOPPED);
            assertThat(start.done().lastExit().orElseThrow().exit().code()).hasValue(0);
            assertThat(start.done().cause().kind()).isEqualTo(Cause.Kind.EXIT);
        }

        @Test
        void aStartIsAnsweredWhenItHasCompletedNotWhenItRuns() {
            World.Asking start = world.ask(Event.StartAsked::new);
            world.settles();
            assertThat(world.status().state()).isEqualTo(RUNNING);
            assertThat(world.status().ready()).isFalse();
            world.advance("2H");
            assertThat(start.isPending()).isTrue();
            world.exits(0);
            assertThat(start.done().state()).isEqualTo(COMPLETED);
        }

        @Test
        void isDesiredUntilItHasCompleted() {
            world.ask(Event.StartAsked::new);
            assertThat(world.store.record(CAMERA).desired()).isEqualTo(Desired.RUNNING);
        }

        @Test
        void hasFailedWithAnyOtherExitCodeAndIsNotTriedAgain() {
            World.Asking start = world.ask(Event.StartAsked::new);
            world.launcher.launched();
            world.exits(3);
            assertThat(start.rejected().reason()).isEqualTo(ErrorCode.ONESHOT_FAILED);
            assertThat(start.rejected().message()).isEqualTo("service exited with code 3");
            assertThat(world.status().state()).isEqualTo(FAILED);
            assertThat(world.status().desired()).isEqualTo(Desired.STOPPED);
            world.advance("1H");
            assertThat(world.launcher.calls).hasSize(1);
        }

        @Test
        void isTriedAgainByItsRestartPolicy() {
            World retried = World.with(
                    draft("camera").oneshot().restart(Policy.ON_FAILURE).build());
            World.Asking start = retried.ask(Event.StartAsked::new);
            retried.settles();
            retried.advance("1M");
            retried.exits(3);
            assertThat(start.rejected().reason()).isEqualTo(ErrorCode.ONESHOT_FAILED);
            assertThat(retried.status().state()).isEqualTo(BACKOFF);
            retried.advance("2S");
            retried.launcher.launched();
            retried.exits(0);
            assertThat(retried.status().state()).isEqualTo(COMPLETED);
        }

        @Test
        void aProgramThatIsNotThereIsAFailedLaunch() {
            World.Asking start = world.ask(Event.StartAsked::new);
            world.launcher.tell(new Event.LaunchFailed(world.launcher.run(), "no such file: run.sh"));
            assertThat(start.rejected().reason()).isEqualTo(ErrorCode.LAUNCH_FAILED);
            assertThat(world.status().state()).isEqualTo(FAILED);
        }

        @Test
        void takesNoLongerThanItsTimeout() {
            var limited = new Manifest.Oneshot(Optional.of(MINUTE), Optional.empty());
            World world = World.with(draft("camera").oneshot(limited).build());
            World.Asking start = world.ask(Event.StartAsked::new);
            world.settles();
            world.advance("60S");
            assertThat(world.launcher.calls).contains("signalTree TERM");
            world.exits(0);
            assertThat(start.rejected().message()).isEqualTo("service took longer than 60000 ms (run_timeout)");
            assertThat(world.status().state()).isEqualTo(FAILED);
            assertThat(world.status().cause().kind()).isEqualTo(Cause.Kind.RUN_TIMEOUT);
        }

        @Test
        void runsAgainWithTheNextStart() {
            complete();
            World.Asking again = world.ask(Event.StartAsked::new);
            world.launcher.launched();
            world.exits(0);
            assertThat(again.done().state()).isEqualTo(COMPLETED);
            assertThat(world.launcher.calls).hasSize(2);
        }

        @Test
        void aStopWhileItRunsEndsIt() {
            World.Asking start = world.ask(Event.StartAsked::new);
            world.settles();
            World.Asking stop = world.ask(Event.StopAsked::new);
            world.exits(0);
            assertThat(start.rejected().reason()).isEqualTo(ErrorCode.INTERRUPTED);
            assertThat(stop.done().state()).isEqualTo(STOPPED);
        }

        @Test
        void whatComesAfterItWaitsUntilItHasCompleted() {
            world.install(draft("viewer").after("camera").build());
            var viewer = new ServiceId("viewer");
            world.ask(viewer, Event.StartAsked::new);
            world.ask(Event.StartAsked::new);
            world.settles();
            assertThat(world.services.find(viewer).orElseThrow().state()).isEqualTo(STARTING);
            assertThat(world.launcher.calls).containsExactly("launch camera");
            world.exits(0);
            assertThat(world.launcher.calls).containsExactly("launch camera", "launch viewer");
        }

        @Test
        void theNextAgentKnowsThatItHasCompleted() {
            complete();
            World next = World.after(world, manifest);
            assertThat(next.status().state()).isEqualTo(COMPLETED);
            assertThat(next.launcher.calls).isEmpty();
        }

        @Test
        void theNextAgentKnowsThatItHasFailed() {
            world.ask(Event.StartAsked::new);
            world.launcher.launched();
            world.exits(3);
            World next = World.after(world, manifest);
            assertThat(next.status().state()).isEqualTo(FAILED);
            assertThat(next.launcher.calls).isEmpty();
        }

        @Test
        void theNextAgentRunsAgainWhatWasCutShort() {
            world.running();
            World next = World.after(world, manifest);
            next.launcher.tell(new Event.AdoptionFailed(next.launcher.run(), "gone"));
            assertThat(next.launcher.calls).containsExactly("adopt camera", "launch camera");
        }

        @Test
        void whatAnEarlierAgentStartedIsRunAgainIfNobodySawHowItEnded() {
            ServiceRecord.ProcessIdentity process = world.running();
            World next = World.after(world, manifest);
            next.launcher.tell(new Event.Adopted(next.launcher.run(), process, List.of()));
            var unknown = new Exit(OptionalInt.empty(), Optional.empty(), false, next.timers.now(), "");
            next.launcher.tell(new Event.Exited(next.launcher.run(), unknown, true));
            assertThat(next.launcher.calls).containsExactly("adopt camera", "launch camera");
            next.launcher.launched();
            next.exits(0);
            assertThat(next.status().state()).isEqualTo(COMPLETED);
        }

        @Test
        void aStartThatAnEarlierAgentBeganIsNotDoneTwice() {
            Optional<RunId> before = Optional.empty();
            complete();
            World next = World.after(world, manifest);
            World.Asking resumed = next.ask(request -> new Event.StartAsked(request, true, before));
            assertThat(resumed.done().state()).isEqualTo(COMPLETED);
            assertThat(next.launcher.calls).isEmpty();
        }

        @Test
        void aStartThatAnEarlierAgentBeganIsAnsweredWithItsFailure() {
            world.ask(Event.StartAsked::new);
            world.launcher.launched();
            world.exits(3);
            World next = World.after(world, manifest);
            World.Asking resumed = next.ask(request -> new Event.StartAsked(request, true, Optional.empty()));
            assertThat(resumed.rejected().reason()).isEqualTo(ErrorCode.ONESHOT_FAILED);
            assertThat(next.launcher.calls).isEmpty();
        }

        @Test
        void aStartThatAnEarlierAgentAcceptedAndDidNotBeginIsDone() {
            complete();
            Optional<RunId> before = world.status().lastExit().map(ServiceStatus.LastExit::run);
            World next = World.after(world, manifest);
            next.ask(request -> new Event.StartAsked(request, true, before));
            assertThat(next.launcher.calls).containsExactly("launch camera");
        }

        @Test
        void aServiceWithAManifestThatHasBecomeUnusableIsNotAnsweredAsAOneshot() {
            World kept = World.with(draft("camera").build());
            kept.running();
            kept.exits(3);
            World next = World.after(kept);
            World.Asking resumed = next.ask(request -> new Event.RestartAsked(request, true, Optional.empty()));
            assertThat(resumed.rejected().reason()).isEqualTo(ErrorCode.INVALID_MANIFEST);
        }

        private void complete() {
            world.ask(Event.StartAsked::new);
            world.launcher.launched();
            world.exits(0);
        }
    }

    @Nested
    class AtIntervals {
        private final Manifest manifest = draft("camera").every(MINUTE).build();
        private final World world = World.with(manifest);

        @Test
        void aStartPutsTheScheduleInForceAndRunsNothing() {
            World.Asking start = world.ask(Event.StartAsked::new);
            assertThat(start.done().state()).isEqualTo(SCHEDULED);
            assertThat(start.done().desired()).isEqualTo(Desired.RUNNING);
            assertThat(nextRun(world)).isEqualTo(FakeTimers.START.plus(MINUTE));
            assertThat(world.launcher.calls).isEmpty();
        }

        @Test
        void anotherStartIsRefusedAndSaysWhatRunsItNow() {
            world.ask(Event.StartAsked::new);
            World.Asking again = world.ask(Event.StartAsked::new);
            assertThat(again.rejected().reason()).isEqualTo(ErrorCode.ALREADY_RUNNING);
            assertThat(again.rejected().message()).contains("restart runs it now");
        }

        @Test
        void runsAtEachDueTime() {
            world.ask(Event.StartAsked::new);
            for (int run = 1; run <= 3; run++) {
                world.timers.advance(MINUTE);
                world.launcher.launched();
                world.exits(0);
                assertThat(world.status().state()).isEqualTo(SCHEDULED);
                assertThat(nextRun(world)).isEqualTo(FakeTimers.START.plus(MINUTE.multipliedBy(run + 1)));
            }
            assertThat(world.launcher.calls).hasSize(3);
            assertThat(world.status().schedule().orElseThrow().skipped()).isZero();
        }

        @Test
        void aRunSaysWhenItWasDue() {
            world.ask(Event.StartAsked::new);
            world.timers.advance(MINUTE);
            assertThat(world.status().cause().kind()).isEqualTo(Cause.Kind.SCHEDULE);
            assertThat(world.status().cause().message()).contains("was due at " + FakeTimers.START.plus(MINUTE));
        }

        @Test
        void aFailedRunWaitsForTheNextDueTime() {
            world.ask(Event.StartAsked::new);
            world.timers.advance(MINUTE);
            world.launcher.launched();
            world.exits(3);
            assertThat(world.status().state()).isEqualTo(SCHEDULED);
            assertThat(world.status().lastExit().orElseThrow().exit().code()).hasValue(3);
        }

        @Test
        void dueTimesThatPassWhileItStillRunsAreSkippedAndCounted() {
            world.ask(Event.StartAsked::new);
            world.timers.advance(MINUTE);
            world.settles();
            world.timers.advance(MINUTE.multipliedBy(3));
            world.exits(0);
            assertThat(world.launcher.calls).hasSize(1);
            assertThat(world.status().schedule().orElseThrow().skipped()).isEqualTo(3);
            assertThat(nextRun(world)).isEqualTo(FakeTimers.START.plus(MINUTE.multipliedBy(5)));
        }

        @Test
        void aStopEndsTheSchedule() {
            world.ask(Event.StartAsked::new);
            World.Asking stop = world.ask(Event.StopAsked::new);
            assertThat(stop.done().state()).isEqualTo(STOPPED);
            world.advance("1H");
            assertThat(world.launcher.calls).isEmpty();
        }

        @Test
        void whatPassedWhileItWasStoppedIsNotCounted() {
            world.ask(Event.StartAsked::new);
            world.ask(Event.StopAsked::new);
            world.advance("1H");
            world.ask(Event.StartAsked::new);
            assertThat(world.status().schedule().orElseThrow().missed()).isZero();
            assertThat(world.status().schedule().orElseThrow().skipped()).isZero();
            assertThat(nextRun(world)).isEqualTo(world.timers.now().plus(MINUTE));
        }

        @Test
        void aRestartRunsItNowAndIsAnsweredWhenThatHasCompleted() {
            world.ask(Event.StartAsked::new);
            World.Asking restart = world.ask(Event.RestartAsked::new);
            world.settles();
            assertThat(restart.isPending()).isTrue();
            world.exits(0);
            assertThat(restart.done().state()).isEqualTo(SCHEDULED);
        }

        @Test
        void theClockSetForwardDoesNotBringItForward() {
            world.ask(Event.StartAsked::new);
            world.timers.setClock(Duration.ofDays(365));
            world.advance("59S");
            assertThat(world.launcher.calls).isEmpty();
            world.advance("1S");
            world.launcher.launched();
            world.exits(0);
            assertThat(world.launcher.calls).hasSize(1);
            assertThat(world.status().schedule().orElseThrow().missed()).isZero();
            assertThat(nextRun(world)).isEqualTo(world.timers.now().plus(MINUTE));
        }

        @Test
        void theClockSetBackDoesNotHoldItUp() {
            world.ask(Event.StartAsked::new);
            world.timers.setClock(Duration.ofDays(-365));
            world.timers.advance(MINUTE);
            world.launcher.launched();
            world.exits(0);
            assertThat(world.launcher.calls).hasSize(1);
            assertThat(nextRun(world)).isEqualTo(world.timers.now().plus(MINUTE));
        }

        @Test
        void theNextAgentGoesOnWithItAndRunsNoDueTimeTwice() {
            world.ask(Event.StartAsked::new);
            world.timers.advance(MINUTE);
            World next = World.after(world, manifest);
            assertThat(next.launcher.calls).containsExactly("adopt camera");
            next.launcher.tell(new Event.AdoptionFailed(next.launcher.run(), "gone"));
            assertThat(next.status().state()).isEqualTo(SCHEDULED);
            assertThat(next.launcher.calls).containsExactly("adopt camera");
        }

        @Test
        void dueTimesWithoutAnAgentAreMissedAndCounted() {
            world.ask(Event.StartAsked::new);
            World next = later(manifest, MINUTE.multipliedBy(5).plusSeconds(30));
            assertThat(next.launcher.calls).isEmpty();
            assertThat(next.status().schedule().orElseThrow().missed()).isEqualTo(5);
            assertThat(nextRun(next)).isEqualTo(FakeTimers.START.plus(MINUTE.multipliedBy(6)));
        }

        @Test
        void missedDueTimesAreMadeUpForByOneRunIfItsRuleSaysSo() {
            Manifest catching =
                    draft("camera").scheduled(new Schedule.Every(MINUTE), true).build();
            world.ask(Event.StartAsked::new);
            World next = later(catching, MINUTE.multipliedBy(5).plusSeconds(30));
            assertThat(next.launcher.calls).containsExactly("launch camera");
            next.launcher.launched();
            next.exits(0);
            assertThat(next.status().schedule().orElseThrow().missed()).isEqualTo(4);
            assertThat(nextRun(next)).isEqualTo(FakeTimers.START.plus(MINUTE.multipliedBy(6)));
        }

        @Test
        void aClockThatWasWrongInThePastHoldsNothingUp() {
            world.timers.setClock(Duration.ofDays(20_000));
            world.ask(Event.StartAsked::new);
            World next = World.after(world, manifest);
            assertThat(nextRun(next)).isEqualTo(FakeTimers.START.plus(MINUTE));
        }

        @Test
        void aChangedScheduleCountsAtOnce() {
            world.ask(Event.StartAsked::new);
            world.tell(new Event.ManifestChanged(
                    draft("camera").every(Duration.ofSeconds(10)).build()));
            assertThat(nextRun(world)).isEqualTo(FakeTimers.START.plusSeconds(10));
            world.advance("10S");
            assertThat(world.launcher.calls).containsExactly("launch camera");
        }

        /** What the next agent finds if it starts that much later. */
        private World later(Manifest manifest, Duration pause) {
            var next = new World();
            next.timers.advance(pause);
            next.bootLike(world, manifest);
            return next;
        }
    }

    @Nested
    class ByTheClock {
        private static final ZoneId UTC = ZoneId.of("UTC");
        private final Manifest manifest = draft("camera")
                .scheduled(Schedule.Cron.parse("0 22 * * *", UTC).orElseThrow(), false)
                .build();
        private final World world = World.with(manifest);
        private final Instant due = Instant.parse("2026-11-22T22:00:00Z");

        @Test
        void runsAtItsTime() {
            world.ask(Event.StartAsked::new);
            assertThat(nextRun(world)).isEqualTo(due);
            world.timers.advance(Duration.between(world.timers.now(), due));
            assertThat(world.launcher.calls).containsExactly("launch camera");
        }

        @Test
        void looksAtTheClockWithoutSayingSo() {
            world.ask(Event.StartAsked::new);
            int said = world.announced.size();
            world.advance("1H");
            assertThat(world.announced).hasSize(said);
        }

        @Test
        void followsAClockThatIsSetForward() {
            world.ask(Event.StartAsked::new);
            world.timers.setClock(Duration.between(world.timers.now(), due.minusSeconds(30)));
            world.timers.advance(Oneshots.LOOK);
            assertThat(world.launcher.calls).containsExactly("launch camera");
        }

        @Test
        void followsAClockThatIsSetBack() {
            world.timers.setClock(Duration.ofDays(20_000));
            world.ask(Event.StartAsked::new);
            world.timers.setClock(Duration.ofDays(-20_000));
            world.timers.advance(Oneshots.LOOK);
            assertThat(nextRun(world)).isEqualTo(due);
        }

        @Test
        void aDueTimeThatAMachineSleptThroughIsMissed() {
            world.ask(Event.StartAsked::new);
            world.timers.suspend(Duration.ofHours(5));
            world.timers.advance(Oneshots.LOOK);
            assertThat(world.launcher.calls).isEmpty();
            assertThat(world.status().schedule().orElseThrow().missed()).isEqualTo(1);
            assertThat(nextRun(world)).isEqualTo(due.plus(Duration.ofDays(1)));
        }
    }

    private static Instant nextRun(World world) {
        return world.status().schedule().orElseThrow().nextRun().orElseThrow();
    }
}
