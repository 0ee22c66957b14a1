package io.efka.agent.supervision;

import io.efka.agent.supervision.ServiceRecord.History;
import io.efka.agent.supervision.Step.DecisionContext;
import io.efka.protocol.Cause;
import io.efka.protocol.manifest.Manifest;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** Decides whether and when a service that ended without being asked to is started again. Pure. */
final class RestartPolicy {
    /** More failures than this within the window are called a crash loop. */
    static final int CRASH_LOOP = 5;

    private RestartPolicy() {}

    /** What to do about an end. */
    sealed interface Verdict {
        /** What follows for a service whose run is over. */
        Step applyTo(Service service, Cause cause, DecisionContext context);

        record RestartAfter(Duration delay) implements Verdict {
            @Override
            public Step applyTo(Service service, Cause cause, DecisionContext context) {
                if (delay.isZero()) return Transitions.relaunch(service, cause, context);
                return Transitions.backOff(service, delay, cause, context);
            }
        }

        /** It ended as it should: leave it. */
        record Done() implements Verdict {
            @Override
            public Step applyTo(Service service, Cause cause, DecisionContext context) {
                return Transitions.rest(service, cause, context);
            }
        }

        record GiveUp(String reason) implements Verdict {
            @Override
            public Step applyTo(Service service, Cause cause, DecisionContext context) {
                return service.move(new Failed(), Cause.of(Cause.Kind.LIMIT, reason), context)
                        .stopsDone();
            }
        }
    }

    /**
     * Decides.
     *
     * @param history with the end in question already in it
     * @param clean whether the exit code was 0
     */
    static Verdict decide(
            Manifest.RestartRule rule, History history, boolean clean, Instant now, RandomGenerator random) {
        boolean wanted = switch (rule.policy()) {
            case ALWAYS -> true;
            case ON_FAILURE -> !clean;
            case NEVER -> false;
        };
        if (!wanted) return new Verdict.Done();
        int recent = history.within(now, rule.window()).size();
        if (rule.limit() > 0 && recent > rule.limit()) {
            return new Verdict.GiveUp("more than " + rule.limit() + " failures within "
                    + rule.window().toSeconds() + " s (restart.limit)");
        }
        return new Verdict.RestartAfter(delay(rule, history.consecutive(), random));
    }

    /** Nothing after a stable run; then {@code delay}, doubled each time, with jitter of a fifth, never over the cap. */
    static Duration delay(Manifest.RestartRule rule, int consecutive, RandomGenerator random) {
        if (consecutive == 0) return Duration.ZERO;
        double doubled = rule.delay().toMillis() * Math.pow(2, Math.min(consecutive - 1, 30));
        double capped = Math.min(doubled, rule.maxDelay().toMillis());
        // A fleet that fails together must not come back in step.
        double jittered = capped * (0.8 + 0.4 * random.nextDouble());
        return Duration.ofMillis(Math.min(Math.round(jittered), rule.maxDelay().toMillis()));
    }
}
