package io.efka.fleet.rollout;

import io.efka.fleet.rollout.Assessment.Outsider;
import io.efka.fleet.rollout.DeviceFacts.Presence;
import io.efka.fleet.rollout.DeviceFacts.ReportFacts;
import io.efka.protocol.CandidateShare;
import io.efka.protocol.DeviceId;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Judges the devices of a group, and remembers what it has seen of them. Another watch that begins later comes to the same judgement, only
 * later. Confined to the thread of its command.
 */
final class RolloutWatch {
    private final boolean isAfterLoss;
    private final Map<DeviceId, DeviceWatch> devices = new HashMap<>();
    private long revision = -1;

    /**
     * @param isAfterLoss whether the connection to the broker was lost before: a broker that was restarted has published the wills of all
     *     devices, and they come back in their own time
     */
    RolloutWatch(boolean isAfterLoss) {
        this.isAfterLoss = isAfterLoss;
    }

    /**
     * Takes a look at the fleet.
     *
     * @param facts of all devices of the group
     * @param now monotonic nanoseconds
     */
    Assessment assess(Rollout rollout, Collection<DeviceFacts> facts, long now) {
        boolean isRaised = rollout.revision() != revision;
        revision = rollout.revision();
        var look = new Look(rollout, isAfterLoss, now);
        for (DeviceFacts device : facts) {
            DeviceWatch watch = devices.computeIfAbsent(
                    device.device(),
                    id -> new DeviceWatch(
                            CandidateShare.smallest(rollout.candidate().salt(), id)));
            if (isRaised) watch.begin();
            watch.see(device, look.patience(device, watch), now);
            look.at(device, watch);
        }
        return look.assessment();
    }

    /** One look at all devices. */
    private static final class Look {
        private final Rollout rollout;
        private final Policy policy;
        private final BigDecimal share;
        private final boolean isReturning;
        private final boolean isAfterLoss;
        private final long now;

        private final SortedMap<String, String> failed = new TreeMap<>();
        private final SortedMap<String, String> unwell = new TreeMap<>();
        private final SortedMap<String, String> stuck = new TreeMap<>();
        private final List<String> updating = new ArrayList<>();
        private final List<String> settling = new ArrayList<>();
        private final List<String> goingBack = new ArrayList<>();
        private final List<Outsider> outsiders = new ArrayList<>();
        private int all;
        private int online;
        private int members;
        private int running;
        private int runningOnline;
        private int underWay;
        private int offline;
        private int broken;
        private int others;
        private int unwellOthers;

        Look(Rollout rollout, boolean isAfterLoss, long now) {
            this.rollout = rollout;
            this.policy = rollout.plan().policy();
            this.isReturning = rollout.plan().state() instanceof Returning;
            this.share = isReturning ? rollout.plan().progress().reached() : rollout.share();
            this.isAfterLoss = isAfterLoss;
            this.now = now;
        }

        /** For how long a device that was lost before it was watched is expected back. */
        Duration patience(DeviceFacts device, DeviceWatch watch) {
            boolean isMember = !isReturning && watch.percent().compareTo(share) <= 0;
            boolean isUnderWay = isMember
                    && candidateReport(device).filter(one -> !one.isDone()).isPresent();
            return isAfterLoss || isUnderWay ? policy.reportTimeout() : Duration.ZERO;
        }

        void at(DeviceFacts device, DeviceWatch watch) {
            all++;
            if (watch.isThere()) online++;
            if (watch.percent().compareTo(share) > 0) outsider(device, watch);
            else if (isReturning) returning(device, watch);
            else member(device, watch);
        }

        private void outsider(DeviceFacts device, DeviceWatch watch) {
            watch.hasNoCandidate();
            outsiders.add(new Outsider(watch.percent(), watch.isThere()));
            if (!device.isOnline() || device.services().isEmpty()) return;
            others++;
            if (watch.problem(device, policy.settle(), now).isPresent()) unwellOthers++;
        }

        private void member(DeviceFacts device, DeviceWatch watch) {
            members++;
            Optional<ReportFacts> report = candidateReport(device);
            if (report.filter(ReportFacts::isDone).isPresent()) {
                watch.runsCandidate(device);
                running(device, watch);
                return;
            }
            watch.hasNoCandidate();
            report.filter(ReportFacts::isFailed).ifPresent(one -> watch.failed(one.problem()));
            Optional<String> failure = watch.failure().or(() -> silence(device, watch));
            boolean isLost = device.presence() == Presence.LOST
                    && !watch.isThere()
                    && report.filter(one -> !one.isFailed()).isPresent();
            if (failure.isPresent()) failed(device, failure.get());
            else if (isLost) lost(device);
            else if (watch.isThere()) updating(device, watch);
            else offline++;
        }

        private Optional<ReportFacts> candidateReport(DeviceFacts device) {
            return device.report().filter(this::isOfCandidate);
        }

        /** Whether it is of this rollout, of whichever step: the candidate is the same in all. */
        private boolean isOfCandidate(ReportFacts report) {
            return report.isCandidate()
                    && report.revision() >= rollout.plan().origin().firstRevision()
                    && report.revision() <= rollout.revision();
        }

        private void running(DeviceFacts device, DeviceWatch watch) {
            Optional<String> problem = watch.problem(device, policy.settle(), now);
            if (watch.isLost()) {
                lost(device);
                return;
            }
            running++;
            if (device.isOnline()) runningOnline++;
            if (device.isOnline() && problem.isPresent()) unwell.put(id(device), problem.get());
            else if (watch.isAwaited() && !watch.isSettled(policy.settle(), now)) settling.add(id(device));
        }

        private void lost(DeviceFacts device) {
            failed.put(id(device), "lost");
            broken++;
        }

        private void failed(DeviceFacts device, String problem) {
            failed.put(id(device), problem);
            boolean isWell = device.services().values().stream().allMatch(DeviceFacts.ServiceFacts::isWell);
            if (device.isOnline() && !isWell) broken++;
        }

        private void updating(DeviceFacts device, DeviceWatch watch) {
            underWay++;
            if (!watch.isAwaited()) return;
            updating.add(id(device));
            settling.add(id(device));
        }

        /** An online device says at once that it has a document, whatever it is going to do. */
        private Optional<String> silence(DeviceFacts device, DeviceWatch watch) {
            Optional<ReportFacts> report = device.report();
            boolean hasTaken =
                    report.filter(one -> one.revision() >= rollout.revision()).isPresent();
            if (hasTaken || !watch.isOnlineFor(policy.reportTimeout(), now)) return Optional.empty();
            return Optional.of(report.filter(
                            one -> one.state().equals("refused") || one.state().equals("stale"))
                    .map(ReportFacts::problem)
                    .orElse("silent"));
        }

        private void returning(DeviceFacts device, DeviceWatch watch) {
            members++;
            if (!watch.isThere()) return;
            Optional<ReportFacts> report = device.report().filter(one -> one.revision() == rollout.revision());
            if (report.filter(ReportFacts::isDone).isPresent()) return;
            Optional<String> problem = report.filter(ReportFacts::isFailed)
                    .map(ReportFacts::problem)
                    .or(() -> silence(device, watch));
            if (problem.isPresent()) stuck.put(id(device), problem.get());
            else goingBack.add(id(device));
        }

        private static String id(DeviceFacts device) {
            return device.device().value();
        }

        Assessment assessment() {
            outsiders.sort(Comparator.comparing(Outsider::percent));
            int blamed = blamed();
            unwell.entrySet().stream().limit(blamed).forEach(one -> failed.put(one.getKey(), one.getValue()));
            var counts = new Counts(all, members, running - blamed, failed.size(), underWay, offline);
            return new Assessment(
                    counts,
                    failed,
                    online,
                    broken + blamed,
                    unwell.size() - blamed,
                    updating,
                    settling,
                    goingBack,
                    stuck,
                    outsiders);
        }

        /** How many of the unwell devices are more than there would be without the candidate, judged by those that have it not. */
        private int blamed() {
            if (others < policy.minSample()) return unwell.size();
            int expected = (int) ((long) runningOnline * unwellOthers / others);
            return Math.max(0, unwell.size() - expected);
        }
    }
}
