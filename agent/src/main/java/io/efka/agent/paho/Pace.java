package io.efka.agent.paho;

import java.time.Duration;

/**
 * The link's times.
 *
 * @param connect a socket or a TLS handshake takes no longer; whole seconds, as Paho counts them
 * @param attempt from the first packet to the answer to the subscriptions: a broker that accepts and says nothing
 *     costs this much
 * @param firstWait limit of the first wait after a lost connection
 * @param maxWait limit of any wait
 * @param lasting a connection that lived this long starts the waits anew
 */
record Pace(Duration connect, Duration attempt, Duration firstWait, Duration maxWait, Duration lasting) {
    static final Pace DEFAULT = new Pace(
            Duration.ofSeconds(10),
            Duration.ofSeconds(15),
            Duration.ofSeconds(1),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5));
}
