package io.efka.agent.state;

import java.time.Duration;

/**
 * Limits of size and of delay.
 *
 * @param journal bytes of a journal after which a checkpoint is begun
 * @param soon how long a change may wait that is to be durable soon
 * @param damagedFiles how many damaged files are kept for inspection
 * @param reserve bytes of a journal that are kept free for changes that have already taken effect
 */
record StoreLimits(long journal, Duration soon, int damagedFiles, int reserve) {
    /**
     * Outcomes of the commands that are under way when a disk fills up, after which no new ones are taken, and some
     * hundred restarts of services.
     */
    static final int RESERVE = 128 << 10;

    /**
     * 4 MiB is replayed in some dozens of milliseconds at start. Half a second, and the time of a sync, make the second
     * that the ports promise.
     */
    static final StoreLimits DEFAULT = new StoreLimits(4 << 20, Duration.ofMillis(500), 5, RESERVE);

    /** A single commit above this is refused: it would not fit a small device's heap several times over. */
    static final int MAX_COMMIT = 8 << 20;

    /** While a checkpoint is being written, commits wait once the journal has this many bytes. */
    long fullJournal() {
        return 2 * journal;
    }
}
