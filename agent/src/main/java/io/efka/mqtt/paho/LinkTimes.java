package io.efka.mqtt.paho;

import java.time.Duration;

/**
 * The link's times.
 *
 * @param connect a socket or a TLS handshake takes no longer
 * @param attempt from the first packet to the answer to the subscriptions: a broker that accepts and says nothing
 *     costs this much
 * @param progress the oldest message in flight waits no longer for its acknowledgement
 * @param firstWait limit of the first wait after a lost connection
 * @param maxWait limit of any wait
 * @param firstRefusedWait limit of the first wait after refused credentials; it is at least half of it
 * @param maxRefusedWait limit of any of these
 * @param lasting a connection that lived this long starts the waits anew
 */
record LinkTimes(
        Duration connect,
        Duration attempt,
        Duration progress,
        Duration firstWait,
        Duration maxWait,
        Duration firstRefusedWait,
        Duration maxRefusedWait,
        Duration lasting) {
    static final LinkTimes DEFAULT = new LinkTimes(
            Duration.ofSeconds(10),
            Duration.ofSeconds(15),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            Duration.ofSeconds(60),
            Duration.ofMinutes(2),
            Duration.ofMinutes(10),
            Duration.ofSeconds(5));
}
