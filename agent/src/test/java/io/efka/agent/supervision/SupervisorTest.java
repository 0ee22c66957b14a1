package io.efka.agent.supervision;

import static io.efka.agent.supervision.World.CAMERA;
import static io.efka.fixtures.Manifests.draft;
import static io.efka.fixtures.Manifests.manifest;
import static io.efka.protocol.ServiceStatus.State.BACKOFF;
import static io.efka.protocol.ServiceStatus.State.FAILED;
import static io.efka.protocol.ServiceStatus.State.RUNNING;
import static io.efka.protocol.ServiceStatus.State.STARTING;
import static io.efka.protocol.ServiceStatus.State.STOPPED;
import static io.efka.protocol.ServiceStatus.State.STOPPING;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.supervision.Service.Waiters;
import io.efka.agent.supervision.ServiceRecord.History;
import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import io.efka.agent.supervision.ServiceRecord.RunRecord;
import io.efka.protocol.Cause;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Exit;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.Signal;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.Manifest.OnUnhealthy;
import io.efka.protocol.manifest.Manifest.Readiness;
import io.efka.protocol.manifest.Manifest.RestartRule.Policy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class SupervisorTest {

    @Nested
    class WhenStopped {
        final World world = World.with(manifest("camera"));

        @Test
        void aStartIsAnsweredWhenTheProcessWasSeenAlive() {
            World.Asking start = world.ask(Event.StartAsked::new);
            world.launcher.launched();
            assertThat(start.isPending()).isTrue();
            world.timers.advance(Transitions.ALIVE_THRESHOLD);
            assertThat(start.done().state()).isEqualTo(RUNNING);
            assertThat(start.done().pid()).hasValue(100);
        }

        @Test
        void theRunIsRecordedBeforeItIsLaunchedAndItsProcessAfter() {
            world.ask(Event.StartAsked::new);
            assertThat(world.store.record(CAMERA).run().orElseThrow().process()).isEmpty();
            ProcessIdentity process = world.launcher.launched();
            assertThat(world.store.record(CAMERA).run().orElseThrow().process()).contains(process);
        }

        @Test
        void aProgramThatExitsAtOnceIsNeverReportedRunning() {
            World.Asking start = world.ask(Event.StartAsked::new);
            world.launcher.launched();
            world.exits(3);
            assertThat(start.rejected().reason()).isEqualTo(ErrorCode.LAUNCH_FAILED);
            assertThat(start.rejected().message()).contains("exited with code 3");
            assertThat(world.announced).extracting(ServiceStatus::state).doesNotContain(RUNNING);
        }

        @Test
        void aFailedStartChangesNothingThatIsDesired() {
            world.ask(Event.StartAsked::new);
            world.launcher.tell(new Event.LaunchFailed(world.launcher.run(), "no such file: run.sh"));
            assertThat(world.status().state()).isEqualTo(STOPPED);
            assertThat(world.status().cause().kind()).isEqualTo(Cause.Kind.LAUNCH_FAILED);
            assertThat(world.store.record(CAMERA).desired()).isEqualTo(Desired.STOPPED);
            assertThat(world.store.record(CAMERA).run()).isEmpty();
        }

        @Test
        void aStopIsRefused() {
            World.Asking stop = world.ask(Event.StopAsked::new);
            assertThat(stop.rejected().reason()).isEqualTo(ErrorCode.NOT_RUNNING);
            assertThat(stop.rejected().message()).isEqualTo("service not running");
        }

        @Test
        void aSignalIsRefused() {
            assertThat(world.ask(r -> new Event.SignalAsked(r, Signal.HUP))
                            .rejected()
                            .reason())
                    .isEqualTo(ErrorCode.NOT_RUNNING);
        }

        @Test
        void aStartIsRefusedWhenItCannotBeRecorded() {
            world.store.full(true);
            World.Asking start = world.ask(Event.StartAsked::new);
            assertThat(start.rejected().reason()).isEqualTo(ErrorCode.DISK_FULL);
            assertThat(world.launcher.launches()).isZero();
            assertThat(world.status().state()).isEqualTo(STOPPED);
        }

        @Test
        void aStartThatDoesNotWaitIsAnsweredAtOnce() {
            var asking = new World.Asking();
            world.tell(new Event.StartAsked(new Request(Optional.empty(), false, asking.outcomes::add)));
            assertThat(asking.done().state()).isEqualTo(STARTING);
        }
    }

    @Nested
    class WhenStarting {
        final World world = World.with(manifest("camera"));
        final World.Asking start = world.ask(Event.StartAsked::new);

        @Test
        void aSecondStartJoinsTheFirst() {
            World.Asking second = world.ask(Event.StartAsked::new);
            world.settles();
            assertThat(start.done().state()).isEqualTo(RUNNING);
            assertThat(second.done().state()).isEqualTo(RUNNING);
            assertThat(world.launcher.launches()).isEqualTo(1);
        }

        @Test
        void aStopBeforeTheLaunchIsOverEndsTheProcessWhenItAppears() {
            World.Asking stop = world.ask(Event.StopAsked::new);
            assertThat(start.rejected().reason()).isEqualTo(ErrorCode.INTERRUPTED);
            world.launcher.launched();
            assertThat(world.launcher.calls).endsWith("signalTree TERM");
            world.exits(143);
            assertThat(stop.done().state()).isEqualTo(STOPPED);
        }

        @Test
        void oneThatIsWantedIsTriedAgainLaterWhenItsLaunchFails() {
            world.settles();
            world.advance("20S");
            world.exits(1);
            world.launcher.tell(new Event.LaunchFailed(world.launcher.run(), "no such file"));
            assertThat(world.status().state()).isEqualTo(BACKOFF);
            assertThat(world.status().desired()).isEqualTo(Desired.RUNNING);
        }

        @Test
        void noMoreThan64MayWait() {
            for (int i = 1; i < Waiters.MAX; i++) world.ask(Event.StartAsked::new);
            World.Asking oneTooMany = world.ask(Event.StartAsked::new);
            assertThat(oneTooMany.rejected().reason()).isEqualTo(ErrorCode.BUSY);
        }
    }

    @Nested
    class WhenRunning {
        final World world = World.with(manifest("camera"));
        final ProcessIdentity process = world.running();

        @Test
        void itIsDesiredFromNowOn() {
            assertThat(world.store.record(CAMERA).desired()).isEqualTo(Desired.RUNNING);
        }

        @Test
        void aStartIsRefused() {
            World.Asking start = world.ask(Event.StartAsked::new);
            assertThat(start.rejected().reason()).isEqualTo(ErrorCode.ALREADY_RUNNING);
            assertThat(start.rejected().message()).isEqualTo("service is running");
        }

        @Test
        void aStopIsAnsweredWhenTheWholeTreeIsGone() {
            World.Asking stop = world.ask(Event.StopAsked::new);
            assertThat(world.launcher.calls).endsWith("signalTree TERM");
            world.launcher.tell(new Event.Exited(world.launcher.run(), world.code(0), false));
            assertThat(stop.isPending()).isTrue();
            world.launcher.tell(new Event.TreeEmptied(world.launcher.run()));
            assertThat(stop.done().state()).isEqualTo(STOPPED);
            assertThat(world.store.record(CAMERA).desired()).isEqualTo(Desired.STOPPED);
            assertThat(world.store.record(CAMERA).run()).isEmpty();
        }

        @Test
        void aCrashAfterAStableRunIsFollowedByAStartAtOnce() {
            world.advance("10S");
            world.exits(1);
            assertThat(world.launcher.launches()).isEqualTo(2);
            assertThat(world.status().state()).isEqualTo(STARTING);
            assertThat(world.status().restarts()).isEqualTo(1);
            assertThat(world.status().cause().code()).hasValue(1);
        }

        @Test
        void aCrashAfterAShortRunIsFollowedByAWaitThatGrows() {
            var waits = new java.util.ArrayList<Long>();
            for (int i = 0; i < 9; i++) {
                world.exits(1);
                assertThat(world.status().state()).isEqualTo(BACKOFF);
                Duration wait = Duration.between(
                        world.timers.now(), world.status().nextAttempt().orElseThrow());
                waits.add(wait.toMillis());
                world.timers.advance(wait);
                world.settles();
            }
            assertThat(waits.get(0)).isBetween(800L, 1200L);
            assertThat(waits.get(1)).isBetween(1600L, 2400L);
            assertThat(waits.get(4)).isBetween(12_800L, 19_200L);
            assertThat(waits.get(8)).isBetween(48_000L, 60_000L);
            assertThat(world.status().crashLoop()).isTrue();
        }

        @Test
        void leftoversOfACrashAreEndedBeforeTheRestart() {
            world.advance("20S");
            world.launcher.tell(new Event.Exited(world.launcher.run(), world.code(1), false));
            assertThat(world.status().state()).isEqualTo(STOPPING);
            assertThat(world.launcher.calls).endsWith("signalTree TERM");
            assertThat(world.launcher.launches()).isEqualTo(1);
            world.launcher.tell(new Event.TreeEmptied(world.launcher.run()));
            assertThat(world.launcher.launches()).isEqualTo(2);
        }

        @Test
        void aProgramThatPutsItselfIntoTheBackgroundIsToldWhatIsWrong() {
            world.launcher.tell(new Event.Exited(world.launcher.run(), world.code(0), false));
            world.launcher.tell(new Event.TreeEmptied(world.launcher.run()));
            assertThat(world.status().cause().kind()).isEqualTo(Cause.Kind.EXIT);
            assertThat(world.status().cause().message().orElseThrow())
                    .contains("left background processes behind")
                    .contains("--foreground");
        }

        @Test
        void aRestartLaunchesANewRunWhenTheOldOneIsGone() {
            World.Asking restart = world.ask(Event.RestartAsked::new);
            world.exits(143);
            assertThat(world.launcher.launches()).isEqualTo(2);
            world.settles();
            assertThat(restart.done().pid()).hasValue(101);
            assertThat(restart.done().restarts()).isZero();
        }

        @Test
        void aSignalGoesToTheMainProcess() {
            world.ask(r -> new Event.SignalAsked(r, Signal.HUP)).done();
            assertThat(world.launcher.calls).endsWith("signal HUP");
        }

        @Test
        void inputThatIsNotTakenIsAnsweredSo() {
            world.launcher.inputFails("stdin is full");
            World.Asking input = world.ask(r -> new Event.InputAsked(r, new byte[] {'x'}));
            assertThat(input.rejected().message()).isEqualTo("stdin is full");
        }

        @Test
        void anExitOfAnEarlierRunIsIgnored() {
            RunId first = world.launcher.run();
            world.ask(Event.RestartAsked::new);
            world.exits(143);
            world.settles();
            world.launcher.tell(first, new Event.Exited(first, world.code(9), true));
            assertThat(world.status().state()).isEqualTo(RUNNING);
        }

        @Test
        void aLaunchIsPreparedBeforeItsRunIsRecordedAndBegunAfter() {
            world.advance("20S");
            world.store.onSave = () -> {
                assertThat(world.launcher.prepared).hasSize(2);
                assertThat(world.launcher.launches()).isEqualTo(1);
            };
            world.exits(1);
            assertThat(world.launcher.prepared).last().isEqualTo(world.launcher.run());
        }

        @Test
        void aCrashOnAFullDiskIsRecordedInItsReserve() {
            world.advance("20S");
            world.store.full(true);
            world.exits(1);
            assertThat(world.launcher.launches()).isEqualTo(2);
            assertThat(world.store.record(World.CAMERA).run().map(RunRecord::run))
                    .contains(world.launcher.run());
        }

        @Test
        void aCrashIsActedOnEvenWhenNothingCanBeSaved() {
            world.advance("20S");
            world.store.full(true);
            world.store.useUpReserve();
            world.exits(1);
            assertThat(world.launcher.launches()).isEqualTo(2);
        }
    }

    @Nested
    class WhenStopping {
        final World world = World.with(manifest("camera"));

        World.Asking stopping() {
            world.running();
            return world.ask(Event.StopAsked::new);
        }

        @Test
        void onAFullDiskAStopIsRefusedUnlessTheServiceIsRemovedNext() {
            world.running();
            world.store.full(true);
            assertThat(world.ask(Event.StopAsked::new).rejected().reason()).isEqualTo(ErrorCode.DISK_FULL);
            World.Asking stop = world.ask(Event.StopAsked::forRemoval);
            world.exits(143);
            assertThat(stop.done().desired()).isEqualTo(Desired.STOPPED);
            assertThat(world.store.record(World.CAMERA).desired()).isEqualTo(Desired.STOPPED);
        }

        @Test
        void itIsKilledAfterItsGrace() {
            World.Asking stop = stopping();
            world.advance("10S");
            assertThat(world.launcher.calls).endsWith("killTree");
            world.launcher.tell(new Event.Exited(world.launcher.run(), world.code(137), true));
            assertThat(stop.done().state()).isEqualTo(STOPPED);
        }

        @Test
        void whoWaitsIsToldWhenEvenKillingDoesNotHelp() {
            World.Asking stop = stopping();
            world.advance("15S");
            assertThat(stop.rejected().reason()).isEqualTo(ErrorCode.STOP_TIMEOUT);
            assertThat(world.status().state()).isEqualTo(STOPPING);
        }

        @Test
        void aStartIsRememberedAndFollows() {
            World.Asking stop = stopping();
            World.Asking start = world.ask(Event.StartAsked::new);
            world.exits(143);
            assertThat(stop.done().state()).isEqualTo(STARTING);
            world.settles();
            assertThat(start.done().state()).isEqualTo(RUNNING);
            assertThat(world.store.record(CAMERA).desired()).isEqualTo(Desired.RUNNING);
        }

        @Test
        void aSecondStopJoinsTheFirst() {
            stopping();
            World.Asking second = world.ask(Event.StopAsked::new);
            world.exits(0);
            assertThat(second.done().state()).isEqualTo(STOPPED);
        }
    }

    @Nested
    class WithAStopCommand {
        final World world = World.with(draft("camera")
                .stop(new Manifest.StopRule(Optional.of("bin/stop"), List.of("-f"), Signal.INT, Duration.ofSeconds(3)))
                .build());

        @Test
        void itIsPreferredToASignal() {
            world.running();
            world.ask(Event.StopAsked::new);
            assertThat(world.launcher.calls).endsWith("stopCommand bin/stop [-f]");
        }

        @Test
        void aSignalFollowsWhenItIsNoUse() {
            world.running();
            world.ask(Event.StopAsked::new);
            world.launcher.tell(new Event.StopCommandEnded(world.launcher.run(), Optional.of("exited with code 1")));
            assertThat(world.launcher.calls).endsWith("signalTree INT");
        }
    }

    @Nested
    class WhenInBackoff {
        final World world = World.with(manifest("camera"));

        @Test
        void aStartLaunchesAtOnce() {
            world.running();
            world.exits(1);
            World.Asking start = world.ask(Event.StartAsked::new);
            world.settles();
            assertThat(start.done().restarts()).isZero();
        }

        @Test
        void aStopEndsTheWaiting() {
            world.running();
            world.exits(1);
            assertThat(world.ask(Event.StopAsked::new).done().state()).isEqualTo(STOPPED);
            world.advance("5M");
            assertThat(world.launcher.launches()).isEqualTo(1);
        }

        @Test
        void aResetForgetsFailuresAndStartsAtOnce() {
            world.running();
            world.exits(1);
            world.ask(Event.ResetAsked::new);
            assertThat(world.status().state()).isEqualTo(STARTING);
            assertThat(world.store.record(CAMERA).history()).isEqualTo(History.CLEAN);
        }
    }

    @Nested
    class WithALimit {
        final World world = World.with(draft("camera").restartLimit(2).build());

        void failUntilGivenUp() {
            world.running();
            for (int i = 0; i < 3; i++) {
                world.exits(1);
                world.advance("10S");
                if (world.status().state() == STARTING) world.settles();
            }
        }

        @Test
        void itIsGivenUpWhenTheLimitIsReached() {
            failUntilGivenUp();
            assertThat(world.status().state()).isEqualTo(FAILED);
            assertThat(world.status().cause().kind()).isEqualTo(Cause.Kind.LIMIT);
            assertThat(world.status().desired()).isEqualTo(Desired.RUNNING);
        }

        @Test
        void aStartByCommandIsNeverRefused() {
            failUntilGivenUp();
            World.Asking start = world.ask(Event.StartAsked::new);
            world.settles();
            assertThat(start.done().state()).isEqualTo(RUNNING);
        }

        @Test
        void aResetStartsWhatIsDesired() {
            failUntilGivenUp();
            world.ask(Event.ResetAsked::new);
            assertThat(world.status().state()).isEqualTo(STARTING);
        }
    }

    @Nested
    class WithAPolicy {
        @Test
        void onFailureLeavesACleanExitAlone() {
            World world = World.with(draft("camera").restart(Policy.ON_FAILURE).build());
            world.running();
            world.exits(0);
            assertThat(world.status().state()).isEqualTo(STOPPED);
            assertThat(world.status().desired()).isEqualTo(Desired.RUNNING);
        }

        @Test
        void onFailureCountsAnUnknownExitCodeAsAFailure() {
            World world = World.with(draft("camera").restart(Policy.ON_FAILURE).build());
            world.running();
            var unknown = new Exit(OptionalInt.empty(), Optional.empty(), false, world.timers.now(), "");
            world.launcher.tell(new Event.Exited(world.launcher.run(), unknown, true));
            assertThat(world.status().state()).isEqualTo(BACKOFF);
        }

        @Test
        void neverLeavesACrashAlone() {
            World world = World.with(draft("camera").restart(Policy.NEVER).build());
            world.running();
            world.exits(1);
            assertThat(world.status().state()).isEqualTo(STOPPED);
        }
    }

    @Nested
    class WithAHealthCheck {
        @Test
        void threeFailuresInARowRestartIt() {
            World world =
                    World.with(draft("camera").checked(OnUnhealthy.RESTART).build());
            world.running();
            world.probeAnswers(true);
            for (int i = 0; i < 3; i++) {
                world.advance("10S");
                world.probeAnswers(false);
            }
            assertThat(world.status().state()).isEqualTo(STOPPING);
            assertThat(world.status().cause().kind()).isEqualTo(Cause.Kind.HEALTH);
            world.exits(0);
            assertThat(world.launcher.launches()).isEqualTo(2);
        }

        @Test
        void oneGoodAnswerForgivesTheFailuresBefore() {
            World world =
                    World.with(draft("camera").checked(OnUnhealthy.RESTART).build());
            world.running();
            for (boolean answer : new boolean[] {true, false, false, true, false, false}) {
                world.probeAnswers(answer);
                world.advance("10S");
            }
            assertThat(world.status().state()).isEqualTo(RUNNING);
            assertThat(world.status().health()).isEqualTo(ServiceStatus.HealthState.HEALTHY);
        }

        @Test
        void failuresWithinTheStartPeriodDoNotCount() {
            World world =
                    World.with(draft("camera").checked(OnUnhealthy.RESTART).build());
            world.running();
            for (int i = 0; i < 20; i++) {
                world.probeAnswers(false);
                world.advance("1S");
            }
            assertThat(world.status().state()).isEqualTo(RUNNING);
            assertThat(world.status().health()).isEqualTo(ServiceStatus.HealthState.UNKNOWN);
        }

        @Test
        void theStartPeriodIsAsLongAsItIsWhateverTheClockIsSetTo() {
            for (Duration jump : List.of(Duration.ofDays(20_000), Duration.ofDays(-20_000))) {
                World world =
                        World.with(draft("camera").checked(OnUnhealthy.RESTART).build());
                world.running();
                world.timers.setClock(jump);
                for (int i = 0; i < 30; i++) {
                    world.probeAnswers(false);
                    world.advance("1S");
                    assertThat(world.status().state()).isEqualTo(RUNNING);
                }
                for (int i = 0; i < 3; i++) {
                    world.probeAnswers(false);
                    world.advance("10S");
                }
                assertThat(world.status().state()).as("%s", jump).isEqualTo(STOPPING);
            }
        }

        @Test
        void reportOnlySaysSo() {
            World world = World.with(draft("camera").checked(OnUnhealthy.REPORT).build());
            world.running();
            world.probeAnswers(true);
            for (int i = 0; i < 5; i++) {
                world.advance("10S");
                world.probeAnswers(false);
            }
            assertThat(world.status().state()).isEqualTo(RUNNING);
            assertThat(world.status().health()).isEqualTo(ServiceStatus.HealthState.UNHEALTHY);
        }

        @Test
        void aStartWaitsForTheFirstGoodAnswerWhereReadinessIsHealth() {
            World world = World.with(draft("camera")
                    .checked(OnUnhealthy.RESTART)
                    .ready(Readiness.Kind.HEALTH)
                    .build());
            World.Asking start = world.ask(Event.StartAsked::new);
            world.settles();
            world.probeAnswers(false);
            assertThat(start.isPending()).isTrue();
            world.advance("1S");
            world.probeAnswers(true);
            assertThat(start.done().ready()).isTrue();
        }

        @Test
        void oneThatDoesNotBecomeReadyInTimeIsRestarted() {
            World world = World.with(draft("camera")
                    .checked(OnUnhealthy.RESTART)
                    .ready(Readiness.Kind.HEALTH)
                    .build());
            World.Asking start = world.ask(Event.StartAsked::new);
            world.settles();
            world.advance("30S");
            assertThat(start.rejected().reason()).isEqualTo(ErrorCode.NOT_READY);
            assertThat(world.status().state()).isEqualTo(STOPPING);
            world.exits(143);
            assertThat(world.status().state()).isEqualTo(BACKOFF);
        }
    }

    @Nested
    class WithDependencies {
        final ServiceId broker = new ServiceId("broker");
        final World world = new World();

        WithDependencies() {
            world.install(manifest("broker"));
            world.install(draft("camera").after("broker").build());
        }

        @Test
        void itIsLaunchedWhenTheyAreReady() {
            World.Asking start = world.ask(Event.StartAsked::new);
            assertThat(world.status().state()).isEqualTo(STARTING);
            assertThat(world.status().waitingFor()).containsExactly(broker);
            assertThat(world.status().cause().kind()).isEqualTo(Cause.Kind.DEPENDENCY);
            world.ask(broker, Event.StartAsked::new);
            world.settles();
            assertThat(world.launcher.calls).containsExactly("launch broker", "launch camera");
            world.settles();
            assertThat(start.done().state()).isEqualTo(RUNNING);
        }

        @Test
        void whoAskedIsToldWhenItTakesTooLongAndItGoesOnWaiting() {
            World.Asking start = world.ask(Event.StartAsked::new);
            world.advance("30S");
            assertThat(start.rejected().reason()).isEqualTo(ErrorCode.NOT_READY);
            assertThat(start.rejected().message()).contains("waits for broker");
            assertThat(world.status().state()).isEqualTo(STARTING);
        }

        @Test
        void theyAreEndedInReverseOrder() throws InterruptedException {
            world.ask(broker, Event.StartAsked::new);
            world.settles();
            RunId brokerRun = world.launcher.run();
            world.ask(Event.StartAsked::new);
            world.settles();
            RunId cameraRun = world.launcher.run();
            world.launcher.calls.clear();
            assertThat(world.services.stop(Duration.ZERO)).isFalse();
            assertThat(world.launcher.calls).containsExactly("signalTree TERM");
            world.launcher.tell(cameraRun, new Event.Exited(cameraRun, world.code(0), true));
            assertThat(world.launcher.calls).containsExactly("signalTree TERM", "signalTree TERM");
            world.launcher.tell(brokerRun, new Event.Exited(brokerRun, world.code(0), true));
        }
    }

    @Nested
    class AfterAnAgentRestart {
        final Manifest manifest = manifest("camera");

        World later() {
            World earlier = World.with(manifest);
            earlier.running();
            return World.after(earlier, manifest);
        }

        @Test
        void aLivingRunIsAdopted() {
            World world = later();
            var process = new ProcessIdentity(100, 1000, "boot-1");
            world.launcher.tell(new Event.Adopted(world.launcher.run(), process, List.of()));
            assertThat(world.launcher.calls).containsExactly("adopt camera");
            assertThat(world.status().state()).isEqualTo(RUNNING);
            assertThat(world.status().cause().kind()).isEqualTo(Cause.Kind.ADOPTED);
            assertThat(world.status().pid()).hasValue(100);
        }

        @Test
        void aRunThatIsGoneIsStartedAnew() {
            World world = later();
            world.launcher.tell(new Event.AdoptionFailed(world.launcher.run(), "no such process"));
            assertThat(world.launcher.calls).containsExactly("adopt camera", "launch camera");
            world.settles();
            assertThat(world.status().state()).isEqualTo(RUNNING);
        }

        @Test
        void aRunOfAServiceThatWasBeingRemovedIsEnded() throws Exception {
            World earlier = World.with(manifest);
            earlier.running();
            earlier.services.beginRemoval(World.CAMERA);
            World world = World.after(earlier, manifest);
            assertThat(world.status().desired()).isEqualTo(Desired.STOPPED);
            world.launcher.tell(
                    new Event.Adopted(world.launcher.run(), new ProcessIdentity(100, 1000, "boot-1"), List.of()));
            assertThat(world.launcher.calls).containsExactly("adopt camera", "signalTree TERM");
            world.exits(143);
            assertThat(world.services.unfinishedRemovals()).containsExactly(World.CAMERA);
            world.services.remove(World.CAMERA);
            assertThat(world.services.unfinishedRemovals()).isEmpty();
            assertThat(world.launcher.forgotten).containsExactly(World.CAMERA);
        }

        @Test
        void aRestartThatComesBeforeItIsFoundAliveRestartsIt() {
            World world = later();
            World.Asking restart = world.ask(Event.RestartAsked::new);
            var process = new ProcessIdentity(100, 1000, "boot-1");
            world.launcher.tell(new Event.Adopted(world.launcher.run(), process, List.of()));
            assertThat(restart.isPending()).isTrue();
            assertThat(world.launcher.calls).containsExactly("adopt camera", "signalTree TERM");
            world.exits(143);
            world.settles();
            assertThat(world.launcher.calls).containsExactly("adopt camera", "signalTree TERM", "launch camera");
            assertThat(restart.done().state()).isEqualTo(RUNNING);
        }

        @Test
        void aRestartThatTheEarlierAgentHadBegunIsDoneByTheRunThatFollows() {
            World world = later();
            Optional<RunId> before = Optional.of(world.launcher.run());
            world.launcher.tell(new Event.AdoptionFailed(world.launcher.run(), "no such process"));
            World.Asking restart = world.ask(request -> new Event.RestartAsked(request, true, before));
            assertThat(restart.isPending()).isTrue();
            world.settles();
            assertThat(restart.done().state()).isEqualTo(RUNNING);
            World.Asking again = world.ask(request -> new Event.RestartAsked(request, true, before));
            assertThat(again.rejected().reason()).isEqualTo(ErrorCode.ALREADY_RUNNING);
            assertThat(world.launcher.calls).containsExactly("adopt camera", "launch camera");
        }

        @Test
        void aRestartThatTheEarlierAgentHadNotBegunIsCarriedOut() {
            World world = later();
            Optional<RunId> before = Optional.of(world.launcher.run());
            var process = new ProcessIdentity(100, 1000, "boot-1");
            world.launcher.tell(new Event.Adopted(world.launcher.run(), process, List.of()));
            World.Asking restart = world.ask(request -> new Event.RestartAsked(request, true, before));
            world.exits(143);
            world.settles();
            assertThat(restart.done().state()).isEqualTo(RUNNING);
            assertThat(world.launcher.calls).containsExactly("adopt camera", "signalTree TERM", "launch camera");
        }

        @Test
        void aStopAfterSuchARestartStopsIt() {
            World world = later();
            World.Asking restart = world.ask(Event.RestartAsked::new);
            World.Asking stop = world.ask(Event.StopAsked::new);
            var process = new ProcessIdentity(100, 1000, "boot-1");
            world.launcher.tell(new Event.Adopted(world.launcher.run(), process, List.of()));
            world.exits(143);
            assertThat(restart.rejected().reason()).isEqualTo(ErrorCode.INTERRUPTED);
            assertThat(stop.done().state()).isEqualTo(STOPPED);
            assertThat(world.launcher.calls).doesNotContain("launch camera");
        }

        @Test
        void oneThatIsNotDesiredAnyMoreIsEnded() {
            World world = later();
            World.Asking stop = world.ask(Event.StopAsked::new);
            var process = new ProcessIdentity(100, 1000, "boot-1");
            world.launcher.tell(new Event.Adopted(world.launcher.run(), process, List.of()));
            assertThat(world.launcher.calls).containsExactly("adopt camera", "signalTree TERM");
            world.exits(143);
            assertThat(stop.done().state()).isEqualTo(STOPPED);
        }

        /** Between the launch and its success the service is not desired yet; ending it would do the start twice. */
        @Test
        void oneWhoseStartWasCutOffIsAdopted() {
            World earlier = World.with(manifest);
            earlier.ask(Event.StartAsked::new);
            World world = World.after(earlier, manifest);
            var process = new ProcessIdentity(100, 1000, "boot-1");
            world.launcher.tell(new Event.Adopted(world.launcher.run(), process, List.of()));
            assertThat(world.launcher.calls).containsExactly("adopt camera");
            assertThat(world.status().state()).isEqualTo(RUNNING);
            assertThat(world.store.record(CAMERA).desired()).isEqualTo(Desired.RUNNING);
            assertThat(world.ask(Event.StartAsked::new).rejected().reason()).isEqualTo(ErrorCode.ALREADY_RUNNING);
        }

        @Test
        void oneThatExecutesAlreadyWhenItsStartWasCutOffIsAdoptedAsWell() {
            World earlier = World.with(manifest);
            earlier.ask(Event.StartAsked::new);
            ProcessIdentity process = earlier.launcher.launched();
            World world = World.after(earlier, manifest);
            world.launcher.tell(new Event.Adopted(world.launcher.run(), process, List.of()));
            assertThat(world.launcher.calls).containsExactly("adopt camera");
            assertThat(world.status().state()).isEqualTo(RUNNING);
        }

        @Test
        void oneWhoseStopWasCutOffIsEnded() {
            World earlier = World.with(manifest);
            earlier.running();
            earlier.ask(Event.StopAsked::new);
            World world = World.after(earlier, manifest);
            var process = new ProcessIdentity(100, 1000, "boot-1");
            world.launcher.tell(new Event.Adopted(world.launcher.run(), process, List.of()));
            assertThat(world.launcher.calls).containsExactly("adopt camera", "signalTree TERM");
        }

        @Test
        void oneThatWasStoppedBeforeItWasSeenAliveIsEnded() {
            World earlier = World.with(manifest);
            earlier.ask(Event.StartAsked::new);
            earlier.launcher.launched();
            earlier.ask(Event.StopAsked::new);
            World world = World.after(earlier, manifest);
            var process = new ProcessIdentity(100, 1000, "boot-1");
            world.launcher.tell(new Event.Adopted(world.launcher.run(), process, List.of()));
            assertThat(world.launcher.calls).containsExactly("adopt camera", "signalTree TERM");
        }

        @Test
        void oneThatWasStoppedStaysStopped() {
            World earlier = World.with(manifest);
            earlier.running();
            earlier.ask(Event.StopAsked::new);
            earlier.exits(0);
            World world = World.after(earlier, manifest);
            assertThat(world.launcher.launches()).isZero();
            assertThat(world.status().state()).isEqualTo(STOPPED);
        }

        @Test
        void oneThatIsDisabledIsNotStarted() {
            World earlier = World.with(manifest);
            earlier.running();
            earlier.ask(r -> new Event.AutostartAsked(r, false)).done();
            earlier.exits(1);
            World world = World.after(earlier, manifest);
            assertThat(world.launcher.calls).doesNotContain("launch camera");
        }

        @Test
        void oneWhoseManifestWentBadIsListedAndTheOthersGoOn() {
            World earlier = World.with(manifest);
            World world = World.after(earlier);
            assertThat(world.status().state()).isEqualTo(FAILED);
            assertThat(world.status().cause().kind()).isEqualTo(Cause.Kind.INVALID_MANIFEST);
            assertThat(world.ask(Event.StartAsked::new).rejected().reason()).isEqualTo(ErrorCode.INVALID_MANIFEST);
            world.tell(new Event.ManifestChanged(manifest));
            world.ask(Event.StartAsked::new);
            world.settles();
            assertThat(world.status().state()).isEqualTo(RUNNING);
        }
    }

    @Nested
    class WhenTheAgentEnds {
        @Test
        void aServiceIsEndedAndStaysDesired() throws InterruptedException {
            World world = World.with(manifest("camera"));
            world.running();
            world.services.stop(Duration.ZERO);
            assertThat(world.launcher.calls).endsWith("signalTree TERM");
            world.exits(143);
            assertThat(world.status().state()).isEqualTo(STOPPED);
            assertThat(world.store.record(CAMERA).desired()).isEqualTo(Desired.RUNNING);
            assertThat(world.launcher.launches()).isEqualTo(1);
        }

        @Test
        void aServiceThatKeepsRunningIsLeftAloneWithItsRecord() throws InterruptedException {
            World world = World.with(
                    draft("camera").onAgentExit(Manifest.OnAgentExit.KEEP).build());
            world.running();
            assertThat(world.services.stop(Duration.ofSeconds(1))).isTrue();
            assertThat(world.launcher.calls).doesNotContain("signalTree TERM");
            assertThat(world.store.record(CAMERA).run()).isPresent();
        }
    }

    @Test
    void aClockThatIsSetBackDoesNotFreezeABackoff() {
        World world = World.with(manifest("camera"));
        world.running();
        world.timers.setClock(Duration.ofDays(-365));
        world.exits(1);
        world.advance("2S");
        assertThat(world.launcher.launches()).isEqualTo(2);
    }

    @Nested
    class WhenThereIsABug {
        final World world = World.with(manifest("camera"));

        @Test
        void aListenerThatThrowsDoesNoHarmToTheService() {
            world.listenerFails = true;

            world.running();
            assertThat(world.status().state()).isEqualTo(RUNNING);
            assertThat(world.launcher.calls).containsExactly("launch camera");

            world.exits(1);
            assertThat(world.status().state()).isEqualTo(BACKOFF);
        }

        @Test
        void anEffectThatThrowsEndsTheRunThatIsThere() {
            world.running();
            world.launcher.breaksAt("signalTree");

            World.Asking stop = world.ask(Event.StopAsked::new);

            assertThat(world.launcher.calls).endsWith("signalTree TERM", "killTree");
            assertThat(stop.rejected().reason()).isEqualTo(ErrorCode.INTERNAL);
            assertThat(world.status().state()).isEqualTo(STOPPING);
            world.exits(137);
            assertThat(world.status().state()).isEqualTo(FAILED);
            assertThat(world.status().cause().message().orElseThrow()).contains("a launcher with a bug");
        }

        @Test
        void thereIsNoSecondCopyWhileTheFirstIsBeingEnded() {
            world.running();
            world.launcher.breaksAt("signalTree");
            world.ask(Event.StopAsked::new);

            World.Asking start = world.ask(Event.StartAsked::new);
            assertThat(world.launcher.launches()).isEqualTo(1);
            world.exits(137);

            assertThat(world.launcher.launches()).isEqualTo(2);
            world.settles();
            assertThat(start.done().state()).isEqualTo(RUNNING);
        }

        @Test
        void aRunThatDoesNotGoIsKilledAgain() {
            world.running();
            world.launcher.breaksAt("signalTree");
            world.ask(Event.StopAsked::new);

            world.timers.advance(Transitions.KILL_AGAIN);

            assertThat(world.launcher.calls).endsWith("killTree", "killTree");
        }

        @Test
        void aLaunchThatBreaksDownIsAFailedStart() {
            world.launcher.breaksAt("launch");

            World.Asking start = world.ask(Event.StartAsked::new);

            assertThat(start.rejected().reason()).isEqualTo(ErrorCode.INTERNAL);
            assertThat(world.status().state()).isEqualTo(FAILED);
            assertThat(world.status().run()).isEmpty();
        }
    }
}
