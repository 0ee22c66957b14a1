package io.efka.agent.telemetry;

import java.util.OptionalDouble;

/**
 * Percentages from a counter that only grows: what was used between two looks at it, of what there was to use. Looks
 * that come sooner than {@link #WINDOW} after the last one get that one's answer, so that somebody who asks between two
 * ticks neither divides by nothing nor shortens the ticks' windows. Not thread-safe.
 */
final class CpuShare {
    /** Clock ticks are 10 ms: over a second, one tick is 1 %. */
    static final long WINDOW = 1_000_000_000L;

    private boolean looked;
    private long lookedAt;
    private double usedBefore;
    private double availableBefore;
    private OptionalDouble percent = OptionalDouble.empty();

    /**
     * @param nanos monotonic time of the look
     * @param used counter in any unit
     * @param available counter in the same unit
     * @return 100 for all there was; empty before the second look
     */
    OptionalDouble look(long nanos, double used, double available) {
        if (looked && nanos - lookedAt < WINDOW) return percent;
        if (looked && available > availableBefore) {
            // Processes of a tree that ended take their time with them: less than before is no use at all.
            double share = Math.max(0, used - usedBefore) / (available - availableBefore);
            percent = OptionalDouble.of(Math.round(share * 1000) / 10.0);
        }
        looked = true;
        lookedAt = nanos;
        usedBefore = used;
        availableBefore = available;
        return percent;
    }
}
