package io.efka.agent.telemetry;

import io.efka.threads.Timers;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * When and where something is done again and again.
 *
 * @param executor runs a round: some milliseconds, most of them of reading below {@code /proc}
 * @param interval between two rounds; 0: none at all
 */
public record Rhythm(Timers timers, Executor executor, Duration interval) {
    public Rhythm {
        if (interval.isNegative()) throw new IllegalArgumentException("interval must be 0 or more, was " + interval);
    }
}
