package io.efka.agent.search;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The limits of one search: time, checked before each line and within long lines, and bytes read. Another search can
 * continue. One thread.
 */
public final class SearchBudget {
    private static final long LONGEST = TimeUnit.MILLISECONDS.toNanos(700);
    /** Even for a search that has waited: it must make progress. */
    private static final long SHORTEST = TimeUnit.MILLISECONDS.toNanos(200);
    /** A few seconds of reading from slow flash memory. */
    private static final long BYTES = 64 << 20;

    private final LongSupplier clock;
    private final long until;
    private final boolean isWhole;
    private long bytes = BYTES;

    private SearchBudget(LongSupplier clock, long now, long granted) {
        this.clock = clock;
        this.until = now + granted;
        this.isWhole = granted > LONGEST / 2;
    }

    /** 0.7 s from {@code accepted} on, but at least 0.2 s from now on. */
    public static SearchBudget since(long accepted, LongSupplier clock) {
        long now = clock.getAsLong();
        return new SearchBudget(clock, now, Math.max(SHORTEST, LONGEST - (now - accepted)));
    }

    /** Whether most of the time was left when the search began. */
    boolean isWhole() {
        return isWhole;
    }

    /** So many bytes were read. */
    public void read(int count) {
        bytes -= count;
    }

    /** Whether the search is to end, with what it has found. */
    public boolean isSpent() {
        return bytes <= 0 || isTimeOver();
    }

    boolean isTimeOver() {
        return clock.getAsLong() - until >= 0;
    }
}
