package io.efka.fleet.rollout;

import static io.efka.fleet.rollout.Samples.ANA;
import static io.efka.fleet.rollout.Samples.SETTLE;
import static io.efka.fleet.rollout.Samples.camera;
import static io.efka.fleet.rollout.Samples.device;
import static io.efka.fleet.rollout.Samples.deviceBetween;
import static io.efka.fleet.rollout.Samples.policy;
import static io.efka.fleet.rollout.Samples.report;
import static io.efka.fleet.rollout.Samples.rollout;
import static io.efka.fleet.rollout.Samples.running;
import static io.efka.fleet.rollout.Samples.well;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fleet.rollout.DeviceFacts.Presence;
import io.efka.fleet.rollout.DeviceFacts.ReportFacts;
import io.efka.fleet.rollout.DeviceFacts.ServiceFacts;
import io.efka.fleet.rollout.DeviceFacts.Uptime;
import io.efka.protocol.DeviceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a watch makes of devices; the share is a tenth of the fleet. */
final class RolloutWatchTest {
    private static final DeviceId INSIDE = deviceBetween("0", "10", 0);
    private static final DeviceId OUTSIDE = deviceBetween("10", "100", 0);

    private RolloutWatch watch = new RolloutWatch(false);
    private final Map<DeviceId, DeviceFacts> fleet = new LinkedHashMap<>();
    private Rollout rollout = running(1, "10");
    private long now;

    private void put(DeviceId id, Presence presence, Optional<ReportFacts> report, ServiceFacts camera) {
        fleet.put(id, device(id, presence, report, camera));
    }

    private void online(DeviceId id, String state) {
        put(id, Presence.ONLINE, report(12, true, state), well());
    }

    private Assessment look() {
        return watch.assess(rollout, fleet.values(), now);
    }

    private Assessment lookAfter(Duration time) {
        now += time.toNanos();
        return look();
    }

    @Test
    void aDeviceIsDoneAndSettlesWhenItWasWellForLongEnough() {
        online(INSIDE, "applying");
        put(OUTSIDE, Presence.ONLINE, Optional.empty(), well());
        assertThat(look().updating()).containsExactly(INSIDE.value());
        online(INSIDE, "done");
        Assessment done = look();
        assertThat(done.isWaveDone()).isTrue();
        assertThat(done.isSettled()).isFalse();
        assertThat(done.counts()).isEqualTo(new Counts(2, 1, 1, 0, 0, 0));
        assertThat(lookAfter(SETTLE.minusMillis(1)).isSettled()).isFalse();
        assertThat(lookAfter(Duration.ofMillis(1)).isSettled()).isTrue();
        assertThat(look().outsiders()).hasSize(1);
    }

    @Test
    void aRevisionOfAnEarlierStepIsTheSameCandidate() {
        put(INSIDE, Presence.ONLINE, report(10, true, "done"), well());
        assertThat(look().counts().done()).isEqualTo(1);
        put(INSIDE, Presence.ONLINE, report(9, true, "done"), well());
        assertThat(look().counts().done()).as("of the rollout before").isZero();
        put(INSIDE, Presence.ONLINE, report(12, false, "done"), well());
        assertThat(look().counts().done()).as("not the candidate").isZero();
    }

    @Nested
    class Failures {
        @Test
        void aDeviceThatWentBackHasFailedUntilItRunsTheCandidateAfterAll() {
            online(INSIDE, "rolled_back");
            assertThat(look().failed()).containsEntry(INSIDE.value(), "unhealthy");
            assertThat(look().isSettled()).isTrue();
            online(INSIDE, "applying");
            assertThat(look().counts().failed()).isEqualTo(1);
            online(INSIDE, "done");
            assertThat(look().counts().failed()).isZero();
        }

        @Test
        void aDeviceThatGoesOnAsBeforeCanBeUsed() {
            online(INSIDE, "rolled_back");
            assertThat(look().broken()).isZero();
            put(INSIDE, Presence.ONLINE, report(12, true, "failed"), camera("failed", 0, false));
            assertThat(look().broken()).isEqualTo(1);
        }

        @Test
        void anOnlineDeviceThatSaysNothingHasFailed() {
            put(INSIDE, Presence.ONLINE, report(7, false, "done"), well());
            assertThat(look().updating()).hasSize(1);
            assertThat(lookAfter(Duration.ofSeconds(59)).failed()).isEmpty();
            assertThat(lookAfter(Duration.ofSeconds(1)).failed()).containsEntry(INSIDE.value(), "silent");
            put(INSIDE, Presence.ONLINE, Optional.of(new ReportFacts(7, false, "stale", Optional.of("stale"))), well());
            assertThat(look().failed()).containsEntry(INSIDE.value(), "stale");
            online(INSIDE, "waiting");
            assertThat(look().failed()).isEmpty();
        }

        @Test
        void aDeviceThatIsLostWhileItGetsTheCandidateHasFailed() {
            online(INSIDE, "applying");
            look();
            put(INSIDE, Presence.LOST, report(12, true, "applying"), well());
            Assessment lost = look();
            assertThat(lost.failed()).containsEntry(INSIDE.value(), "lost");
            assertThat(lost.broken()).isEqualTo(1);
        }

        @Test
        void aDeviceThatIsLostBeforeItHasSettledHasFailed() {
            online(INSIDE, "done");
            look();
            put(INSIDE, Presence.LOST, report(12, true, "done"), well());
            assertThat(look().failed()).containsEntry(INSIDE.value(), "lost");
            online(INSIDE, "done");
            assertThat(look().failed()).isEmpty();
            assertThat(look().isSettled())
                    .as("nobody waits for it, since it was away")
                    .isTrue();
        }

        @Test
        void aDeviceThatIsLostLaterIsOnlyOffline() {
            online(INSIDE, "done");
            look();
            lookAfter(SETTLE);
            put(INSIDE, Presence.LOST, report(12, true, "done"), well());
            assertThat(look().failed()).isEmpty();
            assertThat(look().counts().done()).isEqualTo(1);
        }
    }

    @Nested
    class Offline {
        @Test
        void nobodyWaitsForADeviceThatIsAway() {
            put(INSIDE, Presence.OFFLINE, report(12, true, "applying"), well());
            Assessment seen = look();
            assertThat(seen.isSettled()).isTrue();
            assertThat(seen.counts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 1));
        }

        @Test
        void norForOneThatComesWhileTheStepIsUnderWay() {
            put(INSIDE, Presence.OFFLINE, Optional.empty(), well());
            look();
            online(INSIDE, "applying");
            assertThat(look().isSettled()).isTrue();
            assertThat(look().counts().updating()).isEqualTo(1);
            rollout = rollout.raise(2, rollout.plan().policy().steps().get(2), Samples.NOW);
            assertThat(look().isSettled()).as("the next step waits for it").isFalse();
        }
    }

    /** A broker that is shut down publishes all wills, and the devices come back in their own time. */
    @Nested
    class LostBeforeItWasWatched {
        private static final Duration LIMIT = Duration.ofSeconds(60);

        private void lost(DeviceId id, Optional<ReportFacts> report) {
            put(id, Presence.LOST, report, well());
        }

        @Test
        void aDeviceThatGetsTheCandidateIsWaitedForAndGoesOn() {
            lost(INSIDE, report(12, true, "applying"));
            assertThat(look().failed()).isEmpty();
            assertThat(look().counts().updating()).isEqualTo(1);
            assertThat(lookAfter(LIMIT.minusMillis(1)).isWaveDone()).isFalse();
            online(INSIDE, "applying");
            assertThat(look().updating()).as("as before").containsExactly(INSIDE.value());
            lost(INSIDE, report(12, true, "applying"));
            assertThat(look().failed()).as("again").containsEntry(INSIDE.value(), "lost");
        }

        @Test
        void oneThatStaysAwayHasFailed() {
            lost(INSIDE, report(12, true, "applying"));
            look();
            assertThat(lookAfter(LIMIT).failed()).containsEntry(INSIDE.value(), "lost");
        }

        @Test
        void oneWithoutTheCandidateIsOffline() {
            lost(INSIDE, Optional.empty());
            assertThat(look().isSettled()).isTrue();
            assertThat(look().counts().offline()).isEqualTo(1);
        }

        @Test
        void afterALostConnectionAllAreWaitedFor() {
            watch = new RolloutWatch(true);
            lost(INSIDE, Optional.empty());
            lost(OUTSIDE, Optional.empty());
            assertThat(look().isWaveDone()).isFalse();
            assertThat(look().outsiders())
                    .extracting(Assessment.Outsider::isOnline)
                    .containsExactly(true);
            assertThat(look().online()).isEqualTo(2);
            assertThat(lookAfter(LIMIT).isSettled()).isTrue();
            assertThat(look().online()).isZero();
        }

        @Test
        void afterALostConnectionADeviceHasToSettleAgain() {
            watch = new RolloutWatch(true);
            lost(INSIDE, report(12, true, "done"));
            assertThat(look().isSettled()).isFalse();
            online(INSIDE, "done");
            assertThat(look().isSettled()).isFalse();
            assertThat(lookAfter(SETTLE).isSettled()).isTrue();
        }

        @Test
        void afterALostConnectionNobodyIsBackBeforeItWasSeen() {
            watch = new RolloutWatch(true);
            rollout = rollout(Returning.aborting(ANA), 1, "10", policy());
            lost(INSIDE, report(11, true, "done"));
            assertThat(look().goingBack()).containsExactly(INSIDE.value());
            assertThat(lookAfter(LIMIT).isBack()).isTrue();
        }
    }

    @Nested
    class Evidence {
        private final List<DeviceId> members = new ArrayList<>();
        private final List<DeviceId> others = new ArrayList<>();

        private void fleet(int inside, int outside) {
            for (int i = 0; i < inside; i++) members.add(deviceBetween("0", "10", i));
            for (int i = 0; i < outside; i++) others.add(deviceBetween("10", "100", i));
            members.forEach(id -> online(id, "done"));
            others.forEach(id -> put(id, Presence.ONLINE, Optional.empty(), well()));
            look();
        }

        private void crash(DeviceId id) {
            put(id, Presence.ONLINE, report(12, members.contains(id), "done"), camera("running", 0, true));
        }

        @Test
        void aCrashLoopAfterItWasDoneIsAFailure() {
            fleet(4, 4);
            crash(members.get(1));
            Assessment seen = look();
            assertThat(seen.failed()).hasSize(1).containsEntry(members.get(1).value(), "crash_loop");
            assertThat(seen.counts().done()).isEqualTo(3);
            assertThat(seen.broken()).isEqualTo(1);
        }

        @Test
        void aTroubleOfTheWholeFleetIsNotBlamedOnTheReleaseButHoldsItUp() {
            fleet(4, 4);
            members.subList(0, 2).forEach(this::crash);
            others.subList(0, 2).forEach(this::crash);
            Assessment seen = look();
            assertThat(seen.failed()).isEmpty();
            assertThat(seen.unwell()).isEqualTo(2);
            assertThat(seen.isSettled()).isFalse();
            crash(members.get(2));
            assertThat(look().failed()).as("more than half").hasSize(1);
        }

        @Test
        void tooFewOthersShowNothing() {
            fleet(4, 2);
            others.forEach(this::crash);
            crash(members.get(0));
            assertThat(look().failed()).hasSize(1);
        }

        @Test
        void aRestartCountsUntilTheDeviceHasSettledAgain() {
            fleet(1, 3);
            lookAfter(Duration.ofSeconds(50));
            put(members.get(0), Presence.ONLINE, report(12, true, "done"), camera("running", 1, false));
            assertThat(look().failed()).containsEntry(members.get(0).value(), "restarts");
            assertThat(lookAfter(SETTLE).failed()).isEmpty();
            assertThat(look().isSettled()).isFalse();
            assertThat(lookAfter(SETTLE).isSettled()).isTrue();
        }

        @Test
        void aCrashLoopOfTheReleaseBeforeIsNotTheCandidates() {
            DeviceId member = deviceBetween("0", "10", 0);
            put(member, Presence.ONLINE, report(12, true, "applying"), camera("running", 0, true));
            look();
            put(member, Presence.ONLINE, report(12, true, "done"), camera("running", 0, true));
            assertThat(look().failed()).isEmpty();
            put(member, Presence.ONLINE, report(12, true, "done"), camera("running", 0, false));
            assertThat(look().failed()).isEmpty();
            put(member, Presence.ONLINE, report(12, true, "done"), camera("running", 0, true));
            assertThat(look().failed()).as("a new one").containsEntry(member.value(), "crash_loop");
        }

        @Test
        void restartsBeforeTheCandidateDoNotCount() {
            DeviceId member = deviceBetween("0", "10", 0);
            put(member, Presence.ONLINE, report(12, true, "applying"), camera("running", 4, false));
            look();
            put(member, Presence.ONLINE, report(12, true, "applying"), camera("running", 5, false));
            look();
            put(member, Presence.ONLINE, report(12, true, "done"), camera("running", 5, false));
            assertThat(look().failed()).isEmpty();
        }

        @Test
        void aServiceThatIsOftenAwayDoesNotWork() {
            fleet(1, 3);
            measured(100, 100);
            measured(130, 129);
            assertThat(look().failed())
                    .as("the first measurement began before the release")
                    .isEmpty();
            measured(160, 158);
            assertThat(look().failed()).isEmpty();
            measured(190, 170);
            assertThat(look().failed()).containsEntry(members.get(0).value(), "away");
            measured(5, 5);
            assertThat(look().failed()).as("another agent counts anew").isEmpty();
        }

        private void measured(double desired, double asDesired) {
            var camera = new ServiceFacts(
                    true, "running", true, false, false, 0, Optional.of(new Uptime(desired, asDesired)));
            put(members.get(0), Presence.ONLINE, report(12, true, "done"), camera);
            look();
        }

        @Test
        void whatAnOperatorStoppedByHandIsNoFailure() {
            fleet(1, 3);
            var stopped = new ServiceFacts(false, "stopped", false, false, false, 0, Optional.empty());
            put(members.get(0), Presence.ONLINE, report(12, true, "done"), stopped);
            assertThat(look().failed()).isEmpty();
        }

        @Test
        void aServiceThatIsNotReadyYetIsNoFailureAndHasNotSettled() {
            fleet(1, 3);
            put(members.get(0), Presence.ONLINE, report(12, true, "done"), camera("starting", 0, false));
            assertThat(lookAfter(SETTLE).failed()).isEmpty();
            assertThat(look().isSettled()).isFalse();
        }
    }

    @Nested
    class OnTheWayBack {
        @Test
        void devicesThatHadItAreBackWhenTheyReportTheNewRevision() {
            rollout = rollout(Returning.aborting(ANA), 1, "10", policy());
            put(INSIDE, Presence.ONLINE, report(11, true, "done"), well());
            put(OUTSIDE, Presence.ONLINE, Optional.empty(), well());
            assertThat(look().goingBack()).containsExactly(INSIDE.value());
            put(INSIDE, Presence.ONLINE, report(12, false, "applying"), well());
            assertThat(look().isBack()).isFalse();
            put(INSIDE, Presence.ONLINE, report(12, false, "done"), well());
            assertThat(look().isBack()).isTrue();
            assertThat(look().stuck()).isEmpty();
        }

        @Test
        void nobodyWaitsForThoseThatAreAwayOrCannotGoBack() {
            rollout = rollout(Returning.aborting(ANA), 1, "10", policy());
            put(INSIDE, Presence.LOST, report(11, true, "done"), well());
            assertThat(look().isBack()).isTrue();
            put(INSIDE, Presence.ONLINE, report(12, false, "rolled_back"), well());
            assertThat(look().isBack()).isTrue();
            assertThat(look().stuck()).containsEntry(INSIDE.value(), "unhealthy");
            put(INSIDE, Presence.ONLINE, report(11, true, "done"), well());
            assertThat(look().isBack()).isFalse();
            assertThat(lookAfter(Duration.ofSeconds(60)).stuck()).containsEntry(INSIDE.value(), "silent");
        }
    }
}
