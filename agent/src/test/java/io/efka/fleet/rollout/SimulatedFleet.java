package io.efka.fleet.rollout;

import com.google.gson.JsonObject;
import io.efka.fleet.rollout.DeviceFacts.Presence;
import io.efka.fleet.rollout.DeviceFacts.ReportFacts;
import io.efka.fleet.rollout.DeviceFacts.ServiceFacts;
import io.efka.protocol.CandidateShare;
import io.efka.protocol.DeviceId;
import io.efka.protocol.Topics.GroupId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** A broker with one retained document, and devices that follow it as agents do. Time passes in ticks of a second. */
final class SimulatedFleet {
    static final String OLD = "1.4.2";
    static final String NEW = "1.5.0";

    final List<Device> devices = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();
    private GroupDocument retained;
    private String controller = "";
    private long tick;
    private boolean isBrokerRestarted;

    SimulatedFleet() {
        retained = new GroupDocument(1, Samples.release(OLD), new JsonObject(), Optional.empty());
    }

    /** @param seconds that it takes to change a release */
    Device add(boolean isGood, int seconds) {
        var device = new Device(new DeviceId("d" + devices.size()), isGood, seconds);
        devices.add(device);
        return device;
    }

    final class Device {
        final DeviceId id;
        private final boolean isGood;
        private final int seconds;
        private final Set<String> bad = new HashSet<>();
        private boolean isOnline = true;
        private Presence away = Presence.OFFLINE;
        private GroupDocument accepted = GroupDocument.NONE;
        private String applied = OLD;
        private String wanted = OLD;
        private long readyAt;
        private long backAt = Long.MAX_VALUE;
        private Optional<ReportFacts> report = Optional.empty();

        private Device(DeviceId id, boolean isGood, int seconds) {
            this.id = id;
            this.isGood = isGood;
            this.seconds = seconds;
        }

        void goes(Presence presence) {
            isOnline = presence == Presence.ONLINE;
            away = presence;
        }

        String release() {
            return applied;
        }

        boolean isChanging() {
            return report.filter(one -> one.state().equals("applying")).isPresent();
        }

        private void live() {
            if (tick >= backAt) {
                backAt = Long.MAX_VALUE;
                goes(Presence.ONLINE);
            }
            if (isOnline && retained.revision() != accepted.revision()) take(retained);
            if (isChanging() && tick >= readyAt) finish();
        }

        private void take(GroupDocument document) {
            if (document.revision() < accepted.revision()) {
                report("stale", Optional.of("stale"));
            } else if (document.revision() > accepted.revision()) {
                accepted = document;
                wanted = wanted(
                        isCandidate() ? document.candidate().orElseThrow().services() : document.services());
                if (wanted.equals(applied)) report("done", Optional.empty());
                else if (bad.contains(wanted)) report("rolled_back", Optional.of("release_bad"));
                else {
                    readyAt = tick + seconds;
                    report("applying", Optional.empty());
                }
            }
        }

        private String wanted(JsonObject services) {
            return services.getAsJsonObject("camera").get("release").getAsString();
        }

        private boolean isCandidate() {
            return accepted.candidate()
                    .filter(some -> new CandidateShare(some.share(), some.salt()).holds(id))
                    .isPresent();
        }

        private void finish() {
            boolean works = isGood || !wanted.equals(NEW);
            if (works) applied = wanted;
            else bad.add(wanted);
            report(works ? "done" : "rolled_back", works ? Optional.empty() : Optional.of("unhealthy"));
        }

        private void report(String state, Optional<String> code) {
            report = Optional.of(new ReportFacts(accepted.revision(), isCandidate(), state, code));
        }

        DeviceFacts facts() {
            ServiceFacts camera = Samples.well();
            return new DeviceFacts(id, isOnline ? Presence.ONLINE : away, report, Map.of(Samples.CAMERA, camera));
        }
    }

    void second() {
        tick++;
        devices.forEach(Device::live);
    }

    long nanos() {
        return tick * 1_000_000_000L;
    }

    List<DeviceFacts> facts() {
        return devices.stream().map(Device::facts).toList();
    }

    /** Whether the devices' statuses may be what a broker made of them. */
    boolean isBrokerRestarted() {
        return isBrokerRestarted;
    }

    /** Throws out whoever was the controller. */
    Optional<Rollout> connect(String id) {
        controller = id;
        return rollout();
    }

    Optional<Rollout> rollout() {
        return Rollout.of(GroupId.ALL, retained);
    }

    GroupDocument document() {
        return retained;
    }

    /** @return false: the broker has thrown this client out */
    boolean publish(String by, Rollout next) {
        if (!by.equals(controller)) return false;
        check(next);
        retained = GroupDocument.parse(next.encode());
        return true;
    }

    private void check(Rollout next) {
        GroupDocument before = document();
        long revision = before.revision();
        if (!sameForDevices(next.document(), before) && next.revision() <= revision) {
            broken.add("another content at revision " + next.revision() + ", and the present one is " + revision);
        }
        Optional<Rollout> running = rollout()
                .filter(one -> one.plan().state() instanceof Running
                        && next.plan().state() instanceof Running
                        && one.plan().origin().equals(next.plan().origin()));
        if (running.isEmpty()) return;
        int order = next.share().compareTo(running.get().share());
        if (order < 0) broken.add("the share shrinks from " + running.get().share() + " to " + next.share());
        if (order > 0) checkFailures(running.get());
    }

    /** Counted here from what devices are, not from what a watch makes of it. */
    private void checkFailures(Rollout rollout) {
        long failed = devices.stream()
                .filter(device -> device.bad.contains(NEW) && isMember(device, rollout))
                .count();
        long members = devices.stream()
                .filter(device -> isMember(device, rollout) && (device.isOnline || device.report.isPresent()))
                .count();
        Policy policy = rollout.plan().policy();
        long more = failed - rollout.plan().progress().excused();
        if (members >= policy.minSample() && policy.maxFailures().isExceededBy((int) more, (int) members)) {
            broken.add("beyond " + rollout.share() + " % although " + failed + " of " + members + " failed");
        }
    }

    private static boolean isMember(Device device, Rollout rollout) {
        return new CandidateShare(rollout.share(), rollout.candidate().salt()).holds(device.id);
    }

    private static boolean sameForDevices(GroupDocument one, GroupDocument other) {
        return bare(one).equals(bare(other));
    }

    private static GroupDocument bare(GroupDocument document) {
        return new GroupDocument(
                0,
                document.services(),
                document.others(),
                document.candidate()
                        .map(some -> new GroupDocument.Candidate(
                                some.share().stripTrailingZeros(), some.salt(), some.services(), Optional.empty())));
    }

    List<String> broken() {
        return broken;
    }

    SortedMap<String, String> releases() {
        var releases = new TreeMap<String, String>();
        devices.forEach(device -> releases.put(device.id.value(), device.release()));
        return releases;
    }

    /** Everybody comes back, and ends what it is doing. */
    void settle() {
        devices.forEach(device -> device.goes(Presence.ONLINE));
        for (int i = 0; i < 100; i++) second();
    }

    /** The broker lost all devices, and throws the controller out. Each device is back within eight seconds. */
    void restartBroker(RandomGenerator chance) {
        isBrokerRestarted = true;
        for (Device device : devices) {
            device.goes(Presence.LOST);
            device.backAt = tick + chance.nextInt(9);
        }
    }

    /** Devices come and go; few at a time. */
    void churn(RandomGenerator chance) {
        for (Device device : devices) {
            if (chance.nextInt(200) > 0) continue;
            Presence gone = chance.nextBoolean() ? Presence.OFFLINE : Presence.LOST;
            // One that is lost while it changes is a failure; that is tested elsewhere.
            device.goes(device.isOnline ? (device.isChanging() ? Presence.ONLINE : gone) : Presence.ONLINE);
        }
    }
}
