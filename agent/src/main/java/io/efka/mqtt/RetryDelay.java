package io.efka.mqtt;

import java.time.Duration;

/** Waits between attempts, each twice as long as the one before, up to a limit. Not thread-safe. */
public final class RetryDelay {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final Duration first;
    private final Duration longest;
    private Duration next;

    /**
     * @param first the first wait, and the first after a success
     * @param longest limit of the waits
     */
    public RetryDelay(Duration first, Duration longest) {
        this.first = first;
        this.longest = longest;
        this.next = first;
    }

    /** For a broker that cannot accept a message now: from one second to one minute. */
    public static RetryDelay ofBusyBroker() {
        return new RetryDelay(FIRST, LONGEST);
    }

    /** The wait before the next attempt. */
    public Duration next() {
        Duration wait = next;
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(longest) < 0 ? doubled : longest;
        return wait;
    }

    /** An attempt succeeded. */
    public void reset() {
        next = first;
    }
}
