package io.efka.agent.supervision;

import static io.efka.agent.supervision.World.CAMERA;
import static io.efka.fixtures.Manifests.draft;
import static io.efka.fixtures.Manifests.manifest;
import static io.efka.protocol.ServiceStatus.State.BACKOFF;
import static io.efka.protocol.ServiceStatus.State.FAILED;
import static io.efka.protocol.ServiceStatus.State.RUNNING;
import static io.efka.protocol.ServiceStatus.State.STARTING;
import static io.efka.protocol.ServiceStatus.State.STOPPED;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import io.efka.protocol.Cause;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Fault;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.Signal;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.ManifestReading;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Services whose manifests cannot be read when the agent starts. */
final class UnreadTest {
    private static final Fault AWAY =
            new Fault("manifest.json", "missing", "must be a file at /mnt/camera/manifest.json");
    private static final ManifestReading STILL_AWAY = new ManifestReading.Unusable(List.of(AWAY), true);

    private final Manifest manifest = manifest("camera");

    /** Wanted, without a process: it crashed while its folder went away. */
    private World away() {
        World earlier = World.with(manifest);
        earlier.running();
        earlier.advance("20S");
        earlier.exits(1);
        earlier.launcher.tell(new Event.LaunchFailed(earlier.launcher.run(), "no such file"));
        return World.afterUnread(earlier, AWAY);
    }

    /** Its process lived on when the agent was killed. */
    private World awayWithRun() {
        World earlier = World.with(manifest);
        earlier.running();
        return World.afterUnread(earlier, AWAY);
    }

    private static void adopted(World world) {
        var process = new ProcessIdentity(100, 1000, "boot-1");
        world.launcher.tell(new Event.Adopted(world.launcher.run(), process, List.of()));
    }

    @Test
    void itSaysThatItIsTriedAgainAndWhy() {
        World world = away();
        assertThat(world.status().state()).isEqualTo(BACKOFF);
        assertThat(world.status().desired()).isEqualTo(Desired.RUNNING);
        assertThat(world.status().nextAttempt().orElseThrow()).isAfter(world.timers.now());
        assertThat(world.status().faults()).containsExactly(AWAY);
        assertThat(world.status().cause().kind()).isEqualTo(Cause.Kind.INVALID_MANIFEST);
        assertThat(world.status().cause().message())
                .contains("the manifest cannot be read: "
                        + "manifest.json must be a file at /mnt/camera/manifest.json, was missing");
    }

    @Test
    void itIsStartedWhenItsManifestCanBeRead() {
        World world = away();
        world.advance("2S");
        world.manifestIs(new ManifestReading.Usable(manifest, List.of()));
        world.settles();
        assertThat(world.status().state()).isEqualTo(RUNNING);
        assertThat(world.status().faults()).isEmpty();
        assertThat(world.launcher.calls).containsExactly("launch camera");
    }

    @Test
    void itIsReadForEverAfterWaitsThatGrowToAMinute() {
        World world = away();
        Duration longest = Duration.ZERO;
        Instant end = world.timers.now().plus(Duration.ofHours(5));
        int attempts = 0;
        while (world.timers.now().isBefore(end)) {
            Duration wait = Duration.between(
                    world.timers.now(), world.status().nextAttempt().orElseThrow());
            if (wait.compareTo(longest) > 0) longest = wait;
            world.timers.advance(wait);
            world.manifestIs(STILL_AWAY);
            attempts++;
        }
        assertThat(longest).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(60));
        assertThat(attempts).isGreaterThan(5 * 60);
        assertThat(world.timers.pending()).isEqualTo(1);
        world.advance("60S");
        world.manifestIs(new ManifestReading.Usable(manifest, List.of()));
        world.settles();
        assertThat(world.status().state()).isEqualTo(RUNNING);
    }

    @Test
    void nothingThatIsRecordedChangesUntilItWasRead() {
        World world = awayWithRun();
        ServiceRecord before = world.store.record(CAMERA);
        int saves = world.store.saves();
        for (int i = 0; i < 5; i++) {
            world.advance("60S");
            world.manifestIs(STILL_AWAY);
        }
        world.ask(Event.StartAsked::new);
        world.ask(request -> new Event.SignalAsked(request, Signal.HUP));
        world.ask(Event.ResetAsked::new);
        assertThat(world.store.record(CAMERA)).isEqualTo(before);
        assertThat(world.store.saves()).isEqualTo(saves);
        assertThat(world.launcher.calls).isEmpty();
    }

    @Test
    void oneReadingIsUnderWayAtATime() {
        World world = away();
        world.advance("3600S");
        world.ask(Event.ResetAsked::new);
        world.advance("3600S");
        assertThat(world.reads).hasSize(1);
    }

    @Test
    void whatWasReadAndIsWrongHasFailed() {
        World world = away();
        world.advance("2S");
        var fault = new Fault("args", "7", "must be a list");
        world.manifestIs(new ManifestReading.Unusable(List.of(fault)));
        assertThat(world.status().state()).isEqualTo(FAILED);
        assertThat(world.status().faults()).containsExactly(fault);
        assertThat(world.timers.pending()).isZero();
    }

    @Nested
    class WithARunOfTheEarlierAgent {
        final World world = awayWithRun();

        @Test
        void itIsNeitherEndedNorStartedTwiceButAdopted() {
            Optional<RunId> run = world.status().run();
            world.advance("2S");
            assertThat(world.launcher.calls).isEmpty();
            world.manifestIs(new ManifestReading.Usable(manifest, List.of()));
            assertThat(world.status().state()).isEqualTo(STARTING);
            adopted(world);
            assertThat(world.launcher.calls).containsExactly("adopt camera");
            assertThat(world.status().state()).isEqualTo(RUNNING);
            assertThat(world.status().run()).isEqualTo(run);
        }

        @Test
        void itIsStartedAnewIfItEndedMeanwhile() {
            world.advance("2S");
            world.manifestIs(new ManifestReading.Usable(manifest, List.of()));
            world.launcher.tell(new Event.AdoptionFailed(world.launcher.run(), "no such process"));
            assertThat(world.launcher.calls).containsExactly("adopt camera", "launch camera");
        }

        @Test
        void aStopEndsIt() {
            World.Asking stop = world.ask(Event.StopAsked::new);
            assertThat(world.store.record(CAMERA).desired()).isEqualTo(Desired.STOPPED);
            adopted(world);
            assertThat(world.launcher.calls).containsExactly("adopt camera", "signalTree TERM");
            world.exits(143);
            assertThat(stop.done().state()).isEqualTo(STOPPED);
            assertThat(world.timers.pending()).isZero();
        }

        @Test
        void aStopIsDoneAlsoIfItEndedMeanwhile() {
            World.Asking stop = world.ask(Event.StopAsked::new);
            world.launcher.tell(new Event.AdoptionFailed(world.launcher.run(), "no such process"));
            assertThat(stop.done().state()).isEqualTo(STOPPED);
        }

        @Test
        void aStopCutOffByAKillIsGoneOnWith() {
            world.ask(Event.StopAsked::new);
            World next = World.afterUnread(world, AWAY);
            adopted(next);
            assertThat(next.launcher.calls).containsExactly("adopt camera", "signalTree TERM");
            next.exits(143);
            assertThat(next.status().state()).isEqualTo(STOPPED);
        }

        @Test
        void aKillOfTheAgentLosesNothing() {
            world.advance("2S");
            World next = World.afterUnread(world, AWAY);
            next.advance("2S");
            next.manifestIs(new ManifestReading.Usable(manifest, List.of()));
            World last = World.after(next, manifest);
            adopted(last);
            assertThat(last.launcher.calls).containsExactly("adopt camera");
            assertThat(last.status().state()).isEqualTo(RUNNING);
        }

        @Test
        void aGracefulEndOfTheAgentLeavesItToTheNext() throws InterruptedException {
            ServiceRecord before = world.store.record(CAMERA);
            assertThat(world.services.stop(Duration.ofSeconds(1))).isTrue();
            assertThat(world.launcher.calls).isEmpty();
            assertThat(world.store.record(CAMERA)).isEqualTo(before);
        }

        /** The command has read the manifest. */
        @Test
        void aStartAdoptsIt() {
            world.tell(new Event.ManifestChanged(manifest));
            World.Asking start = world.ask(Event.StartAsked::new);
            adopted(world);
            assertThat(start.done().state()).isEqualTo(RUNNING);
            assertThat(world.launcher.calls).containsExactly("adopt camera");
        }

        @Test
        void aRestartEndsItAndStartsAnother() {
            world.tell(new Event.ManifestChanged(manifest));
            World.Asking restart = world.ask(Event.RestartAsked::new);
            adopted(world);
            world.exits(143);
            world.settles();
            assertThat(restart.done().state()).isEqualTo(RUNNING);
            assertThat(world.launcher.calls).containsExactly("adopt camera", "signalTree TERM", "launch camera");
        }

        @Test
        void aRestartThatTheEarlierAgentHadDoneIsDone() {
            var another = Optional.of(new RunId("0000000000000000000000000Z"));
            world.tell(new Event.ManifestChanged(manifest));
            World.Asking restart = world.ask(request -> new Event.RestartAsked(request, true, another));
            adopted(world);
            assertThat(restart.done().state()).isEqualTo(RUNNING);
            assertThat(world.launcher.calls).containsExactly("adopt camera");
        }

        @Test
        void itCannotBeKeptIfItsManifestIsWrong() {
            world.advance("2S");
            world.manifestIs(new ManifestReading.Unusable(List.of(new Fault("args", "7", "must be a list"))));
            adopted(world);
            assertThat(world.launcher.calls).containsExactly("adopt camera", "signalTree TERM");
        }

        @Test
        void itIsEndedIfItWasBeingRemoved() throws StoreException {
            World earlier = World.with(manifest);
            earlier.running();
            earlier.services.beginRemoval(CAMERA);
            World next = World.afterUnread(earlier, AWAY);
            adopted(next);
            assertThat(next.launcher.calls).containsExactly("adopt camera", "signalTree TERM");
            next.exits(143);
            next.services.remove(CAMERA);
            assertThat(next.services.find(CAMERA)).isEmpty();
        }

        @Test
        void aSignalIsRefusedWithTheReason() {
            World.Asking signal = world.ask(request -> new Event.SignalAsked(request, Signal.HUP));
            assertThat(signal.rejected().reason()).isEqualTo(ErrorCode.NOT_RUNNING);
            assertThat(signal.rejected().message()).contains("/mnt/camera/manifest.json");
        }

        @Test
        void aStartThatWasCutOffIsAdopted() {
            World earlier = World.with(manifest);
            earlier.ask(Event.StartAsked::new);
            World next = World.afterUnread(earlier, AWAY);
            assertThat(next.launcher.calls).isEmpty();
            next.advance("2S");
            next.manifestIs(new ManifestReading.Usable(manifest, List.of()));
            adopted(next);
            assertThat(next.status().state()).isEqualTo(RUNNING);
            assertThat(next.store.record(CAMERA).desired()).isEqualTo(Desired.RUNNING);
        }
    }

    @Nested
    class WithoutARun {
        final World world = away();

        @Test
        void aStartLaunchesItOnceItsManifestIsRead() {
            assertThat(world.ask(Event.StartAsked::new).rejected().reason()).isEqualTo(ErrorCode.INVALID_MANIFEST);
            world.tell(new Event.ManifestChanged(manifest));
            World.Asking start = world.ask(Event.StartAsked::new);
            world.settles();
            assertThat(start.done().state()).isEqualTo(RUNNING);
            world.advance("60S");
            assertThat(world.reads).isEmpty();
            assertThat(world.launcher.calls).containsExactly("launch camera");
        }

        @Test
        void aStopLetsItRest() {
            assertThat(world.ask(Event.StopAsked::new).done().state()).isEqualTo(STOPPED);
            assertThat(world.store.record(CAMERA).desired()).isEqualTo(Desired.STOPPED);
            assertThat(world.timers.pending()).isZero();
        }

        @Test
        void aReadingThatEndsAfterAStopStartsNothing() {
            world.advance("2S");
            world.ask(Event.StopAsked::new);
            world.manifestIs(new ManifestReading.Usable(manifest, List.of()));
            assertThat(world.status().state()).isEqualTo(STOPPED);
            assertThat(world.launcher.calls).isEmpty();
        }

        @Test
        void aReadingThatEndsAfterTheRemovalIsOfNoConsequence() throws StoreException {
            world.advance("2S");
            world.ask(Event.StopAsked::forRemoval);
            world.services.remove(CAMERA);
            world.manifestIs(new ManifestReading.Usable(manifest, List.of()));
            assertThat(world.services.find(CAMERA)).isEmpty();
            assertThat(world.launcher.calls).isEmpty();
            assertThat(world.timers.pending()).isZero();
        }

        @Test
        void aResetReadsAtOnceAndSaysWhatCameOfIt() {
            World.Asking reset = world.ask(Event.ResetAsked::new);
            world.manifestIs(STILL_AWAY);
            assertThat(reset.rejected().reason()).isEqualTo(ErrorCode.INVALID_MANIFEST);
            assertThat(reset.rejected().message()).contains("/mnt/camera/manifest.json");
            World.Asking again = world.ask(Event.ResetAsked::new);
            world.manifestIs(new ManifestReading.Usable(manifest, List.of()));
            world.settles();
            assertThat(again.done().state()).isEqualTo(RUNNING);
            assertThat(world.launcher.calls).containsExactly("launch camera");
        }

        @Test
        void oneThatIsDisabledMeanwhileIsNotStarted() {
            world.ask(request -> new Event.AutostartAsked(request, false)).done();
            world.advance("2S");
            world.manifestIs(new ManifestReading.Usable(manifest, List.of()));
            assertThat(world.status().state()).isEqualTo(STOPPED);
            assertThat(world.launcher.calls).isEmpty();
        }
    }

    @Test
    void oneThatNobodyWantsRestsAndIsReadByAStart() {
        World world = World.afterUnread(World.with(manifest), AWAY);
        assertThat(world.status().state()).isEqualTo(STOPPED);
        assertThat(world.status().faults()).containsExactly(AWAY);
        assertThat(world.timers.pending()).isZero();
        world.tell(new Event.ManifestChanged(manifest));
        world.ask(Event.StartAsked::new);
        world.settles();
        assertThat(world.status().state()).isEqualTo(RUNNING);
        assertThat(world.status().faults()).isEmpty();
    }

    @Test
    void itWaitsForTheServicesThatItsManifestNames() {
        Manifest broker = manifest("broker");
        Manifest camera = draft("camera").after("broker").build();
        World earlier = World.with(camera);
        earlier.install(broker);
        earlier.ask(broker.id(), Event.StartAsked::new);
        earlier.settles();
        earlier.ask(Event.StartAsked::new);
        earlier.settles();
        earlier.exits(1);
        World world = World.afterUnread(earlier, AWAY, broker);
        RunId brokerRun = world.launcher.run();
        world.advance("2S");
        world.manifestIs(new ManifestReading.Usable(camera, List.of()));
        assertThat(world.status().waitingFor()).containsExactly(broker.id());
        var process = new ProcessIdentity(100, 1000, "boot-1");
        world.launcher.tell(brokerRun, new Event.Adopted(brokerRun, process, List.of()));
        assertThat(world.launcher.calls).containsExactly("adopt broker", "launch camera");
    }

    @Test
    void twoThatWaitForEachOtherAreSaidToBeWrong() {
        Manifest camera = draft("camera").after("broker").build();
        Manifest broker = draft("broker").after("camera").build();
        World earlier = World.with(manifest);
        earlier.install(manifest("broker"));
        earlier.ask(broker.id(), Event.StartAsked::new);
        earlier.settles();
        earlier.exits(1);
        earlier.ask(Event.StartAsked::new);
        earlier.settles();
        earlier.exits(1);
        World world = World.afterUnread(earlier, AWAY, broker);
        world.advance("2S");
        world.manifestIs(new ManifestReading.Usable(camera, List.of()));
        assertThat(world.status().state()).isEqualTo(FAILED);
        assertThat(world.status().faults()).extracting(Fault::key).containsExactly("after");
    }
}
