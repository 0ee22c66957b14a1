package io.efka.agent.output.store;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What one query may use: time, checked before every line and within long ones, and bytes read. The rest can be asked for
 * with another query. One thread.
 */
final class SearchBudget {
    private static final long LONGEST = TimeUnit.MILLISECONDS.toNanos(700);
    /** Also for a query that waited for its turn: it must get on. */
    private static final long SHORTEST = TimeUnit.MILLISECONDS.toNanos(200);
    /** Some seconds of reading a slow flash. */
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

    /** 0.7 s from {@code accepted} on, 0.2 s from now on at the least. */
    static SearchBudget since(long accepted, LongSupplier clock) {
        long now = clock.getAsLong();
        return new SearchBudget(clock, now, Math.max(SHORTEST, LONGEST - (now - accepted)));
    }

    /** Whether most of the time was left when the query's turn came. */
    boolean isWhole() {
        return isWhole;
    }

    void read(int count) {
        bytes -= count;
    }

    boolean isSpent() {
        return bytes <= 0 || isTimeOver();
    }

    boolean isTimeOver() {
        return clock.getAsLong() - until >= 0;
    }
}
