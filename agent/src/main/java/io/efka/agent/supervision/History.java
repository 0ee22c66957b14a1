package io.efka.agent.supervision;

import io.efka.protocol.manifest.Manifest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is remembered of a service's failures, to decide when it is started again.
 *
 * @param failures when it failed, oldest first; at most {@link Manifest#MAX_RESTART_LIMIT} and one
 * @param consecutive short runs and failed launches in a row
 * @param restarts automatic restarts since the last start by command or reset
 */
public record History(List<Instant> failures, int consecutive, int restarts) {
    /** A failure noted so much later than now was noted before the clock was set back: it would never age. */
    private static final Duration CLOCK_SLACK = Duration.ofMinutes(1);

    /** Nothing has failed yet. */
    public static final History CLEAN = new History(List.of(), 0, 0);

    public History {
        failures = List.copyOf(failures);
    }

    /** With one more end that nobody asked for; those older than the window are forgotten. */
    History failed(Instant now, Manifest.RestartRule rule, boolean stable) {
        var recent = new ArrayList<Instant>(within(now, rule.window()));
        recent.add(now);
        List<Instant> kept = recent.subList(Math.max(0, recent.size() - bound(rule)), recent.size());
        return new History(kept, stable ? 0 : consecutive + 1, restarts);
    }

    History restarted() {
        return new History(failures, consecutive, restarts + 1);
    }

    /** A start by command: counting begins anew, what failed lately is still known. */
    History startedByCommand() {
        return new History(failures, 0, 0);
    }

    /** Those that are not older than {@code window}. */
    List<Instant> within(Instant now, Duration window) {
        Instant from = now.minus(window);
        Instant to = now.plus(CLOCK_SLACK);
        return failures.stream().filter(f -> f.isAfter(from) && f.isBefore(to)).toList();
    }

    boolean isCrashLoop(Instant now, Duration window) {
        return within(now, window).size() > RestartPolicy.CRASH_LOOP;
    }

    /** How long until so many failures have aged that it is no crash loop any more; empty if it is none now. */
    Optional<Duration> crashLoopEnd(Instant now, Duration window) {
        if (!isCrashLoop(now, window)) return Optional.empty();
        List<Instant> recent = within(now, window);
        Instant deciding = recent.get(recent.size() - RestartPolicy.CRASH_LOOP - 1);
        return Optional.of(Duration.between(now, deciding.plus(window)).plusMillis(1));
    }

    /** As many as a decision needs: a service that fails for years must not make its record grow. */
    private static int bound(Manifest.RestartRule rule) {
        return Math.max(rule.limit(), RestartPolicy.CRASH_LOOP) + 1;
    }
}
