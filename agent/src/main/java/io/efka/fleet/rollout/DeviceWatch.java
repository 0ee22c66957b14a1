package io.efka.fleet.rollout;

import io.efka.fleet.rollout.DeviceFacts.Presence;
import io.efka.fleet.rollout.DeviceFacts.ServiceFacts;
import io.efka.fleet.rollout.DeviceFacts.Uptime;
import io.efka.protocol.ServiceId;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What was seen of one device while its rollout is watched: what a single look at its documents does not show. All times are monotonic
 * nanoseconds. Confined to the thread of its command.
 */
final class DeviceWatch {
    /** A service that is away for more than a tenth of the time does not work. */
    private static final double LEAST_UPTIME = 0.9;

    /** Over less time, one missed measurement would decide. */
    private static final double MIN_SECONDS = 10;

    private final BigDecimal percent;
    private final Map<ServiceId, ServiceWatch> services = new HashMap<>();

    private OptionalLong watchedSince = OptionalLong.empty();
    private OptionalLong onlineSince = OptionalLong.empty();
    private OptionalLong wellSince = OptionalLong.empty();
    private OptionalLong restartedAt = OptionalLong.empty();
    private Optional<String> failure = Optional.empty();
    private boolean wasOnline;
    private boolean isThere;
    private boolean isAwaited;
    private boolean hasCandidate;
    private boolean isLost;

    /** @param percent the smallest share that holds the device */
    DeviceWatch(BigDecimal percent) {
        this.percent = percent;
    }

    private static final class ServiceWatch {
        private long restarts;
        private Optional<Uptime> latest = Optional.empty();
        private Optional<Uptime> base = Optional.empty();
        private boolean isLooping;

        /** An agent counts failures over a window of time, whatever release they were of. */
        private boolean wasLooping;

        ServiceWatch(ServiceFacts facts) {
            restarts = facts.restarts();
            latest = facts.uptime();
            wasLooping = facts.isCrashLoop();
        }

        /** @return whether it was restarted meanwhile */
        boolean see(ServiceFacts facts) {
            boolean isRestarted = facts.restarts() > restarts;
            restarts = facts.restarts();
            isLooping = facts.isCrashLoop() && facts.isDesired();
            wasLooping &= facts.isCrashLoop();
            if (!facts.uptime().equals(latest)) {
                // The measurement before began earlier, when the service may have been something else.
                boolean isOver = base.isPresent()
                        && facts.uptime().isPresent()
                        && facts.uptime().get().desired() < base.get().desired();
                if (base.isEmpty() || isOver) base = facts.uptime();
                latest = facts.uptime();
            }
            return isRestarted;
        }

        /** Whether it is in a crash loop that began while it was watched. */
        boolean isLooping() {
            return isLooping && !wasLooping;
        }

        boolean isAway() {
            if (base.isEmpty() || latest.isEmpty()) return false;
            Uptime since = latest.get().since(base.get());
            return since.desired() >= MIN_SECONDS && since.asDesired() < LEAST_UPTIME * since.desired();
        }
    }

    BigDecimal percent() {
        return percent;
    }

    /** The share was raised, or is watched from now on: those who are there are waited for. */
    void begin() {
        isAwaited = true;
        onlineSince = OptionalLong.empty();
    }

    /** Whether the step waits for it. */
    boolean isAwaited() {
        return isAwaited;
    }

    /** Whether it is online, or expected back. */
    boolean isThere() {
        return isThere;
    }

    /**
     * Takes a look at the device.
     *
     * @param patience for how long it is expected back if it was lost before it was watched
     */
    void see(DeviceFacts facts, Duration patience, long now) {
        if (watchedSince.isEmpty()) watchedSince = OptionalLong.of(now);
        boolean isExpected =
                facts.presence() == Presence.LOST && !wasOnline && now - watchedSince.getAsLong() < patience.toNanos();
        wasOnline |= facts.isOnline();
        isThere = facts.isOnline() || isExpected;
        isAwaited &= isThere;
        if (!facts.isOnline()) onlineSince = OptionalLong.empty();
        else if (onlineSince.isEmpty()) onlineSince = OptionalLong.of(now);
        if (facts.isOnline()) isLost = false;
        facts.services().forEach((service, seen) -> see(service, seen, now));
    }

    private void see(ServiceId service, ServiceFacts facts, long now) {
        ServiceWatch watch = services.get(service);
        if (watch == null) services.put(service, new ServiceWatch(facts));
        else if (watch.see(facts)) restartedAt = OptionalLong.of(now);
    }

    /** It has the candidate. What its services were before does not matter any more. */
    void runsCandidate(DeviceFacts facts) {
        failure = Optional.empty();
        if (hasCandidate) return;
        hasCandidate = true;
        restartedAt = OptionalLong.empty();
        services.clear();
        facts.services().forEach((service, seen) -> services.put(service, new ServiceWatch(seen)));
    }

    /** It does not run the candidate, or not yet. */
    void hasNoCandidate() {
        hasCandidate = false;
        wellSince = OptionalLong.empty();
    }

    /** It has given up; that stays so until it runs the candidate after all. */
    void failed(String problem) {
        failure = Optional.of(problem);
    }

    Optional<String> failure() {
        return failure;
    }

    /** What is wrong with its services, in one word; empty: nothing. Counts how long nothing has been. */
    Optional<String> problem(DeviceFacts facts, Duration settle, long now) {
        Optional<String> problem = facts.services().values().stream()
                .flatMap(service -> service.problem().stream())
                .findFirst()
                .or(this::crashLoop)
                .or(() -> restarts(settle, now))
                .or(this::absence);
        boolean isWell = problem.isEmpty() && facts.services().values().stream().allMatch(ServiceFacts::isWell);
        if (!isWell || !facts.isOnline()) {
            boolean wasSettled = isSettled(settle, now);
            isLost |= facts.presence() == Presence.LOST && wellSince.isPresent() && !wasSettled;
            if (!wasSettled || !isWell) wellSince = OptionalLong.empty();
        } else if (wellSince.isEmpty()) {
            wellSince = OptionalLong.of(now);
        }
        return problem;
    }

    private Optional<String> restarts(Duration settle, long now) {
        return restartedAt.isPresent() && now - restartedAt.getAsLong() < settle.toNanos()
                ? Optional.of("restarts")
                : Optional.empty();
    }

    private Optional<String> crashLoop() {
        return services.values().stream().anyMatch(ServiceWatch::isLooping)
                ? Optional.of("crash_loop")
                : Optional.empty();
    }

    private Optional<String> absence() {
        return services.values().stream().anyMatch(ServiceWatch::isAway) ? Optional.of("away") : Optional.empty();
    }

    /** Whether it has been well for long enough. */
    boolean isSettled(Duration settle, long now) {
        return wellSince.isPresent() && now - wellSince.getAsLong() >= settle.toNanos();
    }

    /** Whether it was lost before it had settled. */
    boolean isLost() {
        return isLost;
    }

    /** Whether it has been online for so long. */
    boolean isOnlineFor(Duration time, long now) {
        return onlineSince.isPresent() && now - onlineSince.getAsLong() >= time.toNanos();
    }
}
