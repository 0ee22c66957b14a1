package io.efka.agent.supervision;

import static io.efka.fixtures.Manifests.draft;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import io.efka.protocol.Cause;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.manifest.Manifest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a service may say of itself, and what follows: readiness, more time, being alive, and hearing that it ends. */
final class ChannelReadinessTest {
    private static final Manifest BY_CHANNEL =
            draft("camera").ready(Manifest.Readiness.Kind.CHANNEL).build();
    private static final Manifest WATCHED = draft("camera")
            .ready(Manifest.Readiness.Kind.CHANNEL)
            .watchdog(Duration.ofSeconds(5))
            .build();

    private static Event.ReadyReported saysReady(World world) {
        return new Event.ReadyReported(world.launcher.run());
    }

    private static Event.AliveReported saysAlive(World world) {
        return new Event.AliveReported(world.launcher.run(), Optional.empty());
    }

    private static Event.AliveReported asksFor(World world, String time) {
        return new Event.AliveReported(world.launcher.run(), Optional.of(Duration.parse("PT" + time)));
    }

    private static World attached(Manifest manifest) {
        World world = World.with(manifest);
        world.ask(Event.StartAsked::new);
        world.settles();
        world.tell(saysReady(world));
        return world;
    }

    @Nested
    class BecomingReady {
        @Test
        void theStartIsAnsweredWhenTheServiceSaysSo() {
            World world = World.with(BY_CHANNEL);
            World.Asking start = world.ask(Event.StartAsked::new);
            world.settles();
            assertThat(start.isPending()).isTrue();

            world.tell(saysReady(world));

            assertThat(start.done().ready()).isTrue();
        }

        @Test
        void aWordBeforeTheLaunchIsReportedIsNotLost() {
            World world = World.with(BY_CHANNEL);
            World.Asking start = world.ask(Event.StartAsked::new);

            world.tell(saysReady(world));
            world.launcher.launched();

            assertThat(start.done().ready()).isTrue();
        }

        @Test
        void moreTimeThatIsAskedForBeforeTheLaunchIsReportedIsGranted() {
            World world = World.with(BY_CHANNEL);
            World.Asking start = world.ask(Event.StartAsked::new);

            world.tell(asksFor(world, "50S"));
            world.launcher.launched();
            world.advance("49S");
            assertThat(start.isPending()).isTrue();

            world.advance("1S");
            assertThat(start.rejected().reason()).isEqualTo(ErrorCode.NOT_READY);
        }

        @Test
        void bothSaidBeforeTheLaunchIsReportedCount() {
            World world = World.with(WATCHED);
            World.Asking start = world.ask(Event.StartAsked::new);

            world.tell(asksFor(world, "60S"));
            world.tell(saysReady(world));
            world.launcher.launched();
            assertThat(start.done().ready()).isTrue();

            world.advance("59S");
            assertThat(world.status().state()).isEqualTo(ServiceStatus.State.RUNNING);
        }

        @Test
        void silenceUntilTheTimeoutEndsTheRun() {
            World world = World.with(BY_CHANNEL);
            World.Asking start = world.ask(Event.StartAsked::new);
            world.settles();

            world.advance("30S");

            assertThat(start.rejected().reason()).isEqualTo(ErrorCode.NOT_READY);
            assertThat(world.status().cause().kind()).isEqualTo(Cause.Kind.NOT_READY);
        }

        @Test
        void aSlowStarterGetsTheTimeItAsksFor() {
            World world = World.with(BY_CHANNEL);
            World.Asking start = world.ask(Event.StartAsked::new);
            world.settles();
            world.advance("29S");
            world.tell(asksFor(world, "20S"));
            world.advance("19S");
            assertThat(start.isPending()).isTrue();

            world.advance("1S");

            assertThat(start.rejected().reason()).isEqualTo(ErrorCode.NOT_READY);
        }

        @Test
        void anAgentThatStoodStillGivesTheLostTimeBack() {
            World world = World.with(BY_CHANNEL);
            World.Asking start = world.ask(Event.StartAsked::new);
            world.settles();
            world.advance("28S");
            world.timers.suspend(Duration.ofSeconds(8));

            world.advance("5S");
            assertThat(start.isPending()).isTrue();
            world.advance("2S");
            assertThat(start.rejected().reason()).isEqualTo(ErrorCode.NOT_READY);
        }

        @Test
        void askingForLessThanIsLeftTakesNothingAway() {
            World world = World.with(BY_CHANNEL);
            World.Asking start = world.ask(Event.StartAsked::new);
            world.settles();
            world.tell(asksFor(world, "1S"));

            world.advance("20S");

            assertThat(start.isPending()).isTrue();
        }
    }

    @Nested
    class AfterTheAgentWasKilled {
        @Test
        void aServiceThatWasReadyIsReadyWithoutSayingSoAgain() {
            World before = attached(BY_CHANNEL);
            ProcessIdentity process =
                    before.store.load().get(0).run().orElseThrow().process().orElseThrow();

            World world = World.after(before, BY_CHANNEL);
            world.tell(new Event.Adopted(before.launcher.run(), process, List.of()));
            world.advance("1H");

            assertThat(world.status().state()).isEqualTo(ServiceStatus.State.RUNNING);
            assertThat(world.status().ready()).isTrue();
        }

        @Test
        void aServiceThatWasReadyByItsHealthIsNotEndedBeforeItIsAsked() {
            Manifest manifest = draft("camera")
                    .ready(Manifest.Readiness.Kind.HEALTH)
                    .checked(Manifest.OnUnhealthy.RESTART)
                    .build();
            World before = World.with(manifest);
            before.ask(Event.StartAsked::new);
            before.settles();
            before.probeAnswers(true);
            ProcessIdentity process =
                    before.store.load().get(0).run().orElseThrow().process().orElseThrow();

            World world = World.after(before, manifest);
            world.timers.setClock(
                    Duration.between(world.timers.now(), before.timers.now().plus(Duration.ofHours(1))));
            world.tell(new Event.Adopted(before.launcher.run(), process, List.of()));
            world.advance("1S");

            assertThat(world.status().state()).isEqualTo(ServiceStatus.State.RUNNING);
        }

        @Test
        void aWordBeforeItIsAdoptedIsNotLost() {
            World before = World.with(BY_CHANNEL);
            before.ask(Event.StartAsked::new);
            ProcessIdentity process = before.settles();

            World world = World.after(before, BY_CHANNEL);
            world.tell(saysReady(before));
            world.tell(new Event.Adopted(before.launcher.run(), process, List.of()));

            assertThat(world.status().ready()).isTrue();
        }
    }

    @Nested
    class NotReadyWhenTheAgentWasKilled {
        private final World before = World.with(BY_CHANNEL);
        private World world = before;
        private ProcessIdentity process = new ProcessIdentity(1, 1, "boot");

        private void anHourOfItsOwnLater() {
            before.ask(Event.StartAsked::new);
            process = before.settles();
            before.tell(asksFor(before, "3600S"));
            world = World.after(before, BY_CHANNEL);
            world.timers.setClock(
                    Duration.between(world.timers.now(), before.timers.now().plus(Duration.ofMinutes(50))));
        }

        @Test
        void aServiceHasItsReadyTimeoutOnceMore() {
            anHourOfItsOwnLater();
            world.tell(new Event.Adopted(before.launcher.run(), process, List.of()));

            world.advance("29S");
            assertThat(world.status().state()).isEqualTo(ServiceStatus.State.RUNNING);
            world.advance("1S");
            assertThat(world.status().cause().kind()).isEqualTo(Cause.Kind.NOT_READY);
        }

        @Test
        void moreTimeThatItAskedForBeforeItWasFoundIsGranted() {
            anHourOfItsOwnLater();
            world.tell(asksFor(before, "100S"));
            world.tell(new Event.Adopted(before.launcher.run(), process, List.of()));

            world.advance("99S");
            assertThat(world.status().state()).isEqualTo(ServiceStatus.State.RUNNING);
            world.advance("1S");
            assertThat(world.status().cause().kind()).isEqualTo(Cause.Kind.NOT_READY);
        }
    }

    @Nested
    class Watched {
        @Test
        void whoSpeaksInTimeIsLeftAlone() {
            World world = attached(WATCHED);
            for (int i = 0; i < 20; i++) {
                world.advance("4S");
                world.tell(saysAlive(world));
            }
            assertThat(world.status().state()).isEqualTo(ServiceStatus.State.RUNNING);
        }

        @Test
        void silenceEndsTheRunAndTheRestartPolicyDecides() {
            World world = attached(WATCHED);

            world.advance("5S");
            assertThat(world.status().state()).isEqualTo(ServiceStatus.State.STOPPING);
            assertThat(world.status().cause().kind()).isEqualTo(Cause.Kind.WATCHDOG);
            world.exits(0);

            assertThat(world.status().state()).isEqualTo(ServiceStatus.State.BACKOFF);
            assertThat(world.status().cause().kind()).isEqualTo(Cause.Kind.WATCHDOG);
        }

        @Test
        void itMayAskForMoreTime() {
            World world = attached(WATCHED);
            world.tell(asksFor(world, "60S"));

            world.advance("59S");
            assertThat(world.status().state()).isEqualTo(ServiceStatus.State.RUNNING);
            world.advance("1S");
            assertThat(world.status().state()).isEqualTo(ServiceStatus.State.STOPPING);
        }

        @Test
        void whoIsReadyAtSpawnHasTheReadyTimeoutToSpeakFirst() {
            World world =
                    World.with(draft("camera").watchdog(Duration.ofSeconds(5)).build());
            world.running();

            world.advance("29S");
            assertThat(world.status().state()).isEqualTo(ServiceStatus.State.RUNNING);
            world.advance("1S");
            assertThat(world.status().cause().kind()).isEqualTo(Cause.Kind.WATCHDOG);
        }
    }

    @Nested
    class WatchedByAnAgentThatStandsStill {
        private final World world = attached(WATCHED);

        @Test
        void whoHasSpokenMeanwhileIsLeftAlone() {
            for (int i = 0; i < 10; i++) {
                world.timers.suspend(Duration.ofSeconds(8));
                world.unread.add(saysAlive(world));
                world.advance("1S");
            }
            assertThat(world.status().state()).isEqualTo(ServiceStatus.State.RUNNING);
        }

        @Test
        void whoHasSpokenIsHeardEvenIfTheTimerIsHardlyLate() {
            world.timers.suspend(Duration.ofMillis(5_001));
            world.unread.add(saysAlive(world));
            world.advance("4S");
            assertThat(world.status().state()).isEqualTo(ServiceStatus.State.RUNNING);
        }

        @Test
        void whoStoodStillWithItHasTheLostTimeToSpeak() {
            world.timers.suspend(Duration.ofSeconds(8));
            world.advance("2S");
            assertThat(world.status().state()).isEqualTo(ServiceStatus.State.RUNNING);
            world.advance("1S");
            assertThat(world.status().cause().kind()).isEqualTo(Cause.Kind.WATCHDOG);
        }

        @Test
        void whoHangsIsEndedAtLastHoweverLateTheAgentIs() {
            for (int i = 0; i < ServiceTimers.MAX_GRANTS; i++) {
                world.timers.suspend(Duration.ofSeconds(60));
                world.advance("0S");
                assertThat(world.status().state()).isEqualTo(ServiceStatus.State.RUNNING);
            }
            world.timers.suspend(Duration.ofSeconds(60));
            world.advance("0S");
            assertThat(world.status().cause().kind()).isEqualTo(Cause.Kind.WATCHDOG);
        }
    }

    @Nested
    class UnderAClockThatIsSet {
        @Test
        void askingForMoreTimeTakesNothingAway() {
            World world = World.with(BY_CHANNEL);
            World.Asking start = world.ask(Event.StartAsked::new);
            world.settles();
            world.timers.setClock(Duration.ofDays(20_000));
            world.tell(asksFor(world, "1S"));
            world.advance("29S");
            assertThat(start.isPending()).isTrue();
            world.advance("1S");
            assertThat(start.rejected().reason()).isEqualTo(ErrorCode.NOT_READY);
        }

        @Test
        void anAdoptedServiceIsAsOldAsTheKernelSays() {
            Manifest manifest =
                    draft("camera").checked(Manifest.OnUnhealthy.RESTART).build();
            World before = World.with(manifest);
            ProcessIdentity process = before.running();
            World world = World.after(before, manifest);
            world.timers.setClock(Duration.ofDays(20_000));
            world.tell(new Event.Adopted(
                    before.launcher.run(), process, Optional.empty(), List.of(), Optional.of(Duration.ofSeconds(1))));
            for (int i = 0; i < 5; i++) {
                world.probeAnswers(false);
                world.advance("0.25S");
            }
            assertThat(world.status().health()).isEqualTo(ServiceStatus.HealthState.UNKNOWN);
            assertThat(world.status().state()).isEqualTo(ServiceStatus.State.RUNNING);
        }
    }

    @Nested
    class AskedByAnAgentThatStandsStill {
        @Test
        void anAnswerThatCameTooLateIsAskedForOnceMore() {
            World world = World.with(
                    draft("camera").checked(Manifest.OnUnhealthy.RESTART).build());
            world.running();
            world.probeAnswers(true);
            for (int failure = 1; failure <= 3; failure++) {
                world.advance("10S");
                world.timers.suspend(Duration.ofSeconds(8));
                world.probeAnswers(false);
                world.probeAnswers(true);
                assertThat(world.status().health()).isEqualTo(ServiceStatus.HealthState.HEALTHY);
            }
            assertThat(world.status().state()).isEqualTo(ServiceStatus.State.RUNNING);
            assertThat(world.probes).isEmpty();
        }

        @Test
        void aSecondLateFailureCounts() {
            World world = World.with(
                    draft("camera").checked(Manifest.OnUnhealthy.RESTART).build());
            world.running();
            world.probeAnswers(true);
            world.advance("10S");
            world.timers.suspend(Duration.ofSeconds(8));
            world.probeAnswers(false);
            world.timers.suspend(Duration.ofSeconds(8));
            world.probeAnswers(false);
            assertThat(world.probes).isEmpty();
        }
    }

    @Nested
    class AskedToEnd {
        @Test
        void itIsToldWithItsGrace() {
            World world = attached(BY_CHANNEL);
            world.ask(Event.StopAsked::new);
            assertThat(world.stopNotifier).containsExactly(Duration.ofSeconds(10));
        }
    }
}
