package io.efka.transfer;

import io.efka.protocol.artifact.Wish;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Decides whether this sender answers wishes, if there are several. One answers at once; the others stand by, and take
 * over when a wish has no answer after a few seconds. A device begins by standing by, a publisher by answering. Not
 * thread-safe. Times are monotonic nanoseconds.
 */
final class ServingTurn {
    static final Duration SHORTEST = Duration.ofSeconds(2);
    static final Duration LONGEST = Duration.ofSeconds(5);

    private static final int MAX_WAITING = 16;

    private final RandomGenerator chance;
    private final List<Wish> waiting = new ArrayList<>();
    private boolean isStandingBy;
    private long answeredAt;
    private long takeOverAt;

    ServingTurn(boolean isStandingBy, RandomGenerator chance, long now) {
        this.isStandingBy = isStandingBy;
        this.chance = chance;
        this.answeredAt = now - 2 * ServingPlan.RECENT.toNanos(); // nobody has answered yet
        this.takeOverAt = now;
    }

    /** A device asks for something. @return whether to answer it now */
    boolean answers(Wish wish, long now) {
        if (!isStandingBy) return true;
        // The wish and the answer to another one have crossed.
        boolean isAnswered = now - answeredAt < ServingPlan.RECENT.toNanos();
        if (isAnswered || waiting.size() == MAX_WAITING) return false;
        if (waiting.isEmpty()) {
            takeOverAt = now
                    + SHORTEST.toNanos()
                    + chance.nextLong(LONGEST.minus(SHORTEST).toNanos());
        }
        waiting.add(wish);
        return false;
    }

    /** Somebody who goes first answers. */
    void answered(long now) {
        isStandingBy = true;
        answeredAt = now;
        waiting.clear();
    }

    /** The wishes that nobody has answered: this sender does, from now on. Mostly none. */
    List<Wish> takeOver(long now) {
        if (waiting.isEmpty() || now - takeOverAt < 0) return List.of();
        List<Wish> unanswered = List.copyOf(waiting);
        waiting.clear();
        isStandingBy = false;
        return unanswered;
    }

    /** Nanoseconds until {@link #takeOver} has something, if nobody answers before. */
    long untilTakeOver(long now) {
        return waiting.isEmpty() ? Long.MAX_VALUE : Math.max(0, takeOverAt - now);
    }
}
