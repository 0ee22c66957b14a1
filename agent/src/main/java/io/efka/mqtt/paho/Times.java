package io.efka.mqtt.paho;

import java.time.Duration;

/**
 * Time limits and waits.
 *
 * @param connect limit of connecting a socket, and of a TLS handshake
 * @param attempt limit from the first packet to the answer to the subscriptions
 * @param progress limit for the acknowledgement of the oldest message in flight
 * @param firstWait limit of the first wait after a lost connection
 * @param maxWait limit of any such wait
 * @param firstRefusedWait limit of the first wait after refused credentials; the wait is at least half of it
 * @param maxRefusedWait limit of any such wait
 * @param lasting after a connection of this length the waits start again from the first
 */
record Times(
        Duration connect,
        Duration attempt,
        Duration progress,
        Duration firstWait,
        Duration maxWait,
        Duration firstRefusedWait,
        Duration maxRefusedWait,
        Duration lasting) {
    static final Times DEFAULT = new Times(
            Duration.ofSeconds(10),
            Duration.ofSeconds(15),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            Duration.ofSeconds(60),
            Duration.ofMinutes(2),
            Duration.ofMinutes(10),
            Duration.ofSeconds(5));
}
