package io.efka.mqtt.paho;

import io.efka.mqtt.MqttLink.Loss;
import java.time.Duration;
import java.util.Optional;

/**
 * How a connection, or the attempt at one, came to its end.
 *
 * @param up how long it was up; empty if it never was
 * @param cause for the log
 */
record ConnectionEnd(Kind kind, Loss loss, Optional<Duration> up, Optional<Throwable> cause) {

    /** Whose doing it was, as far as it can be told. */
    enum Kind {
        /** The broker had accepted the connection, and ended it: perhaps because of a message that was in flight. */
        CUT,
        /** Something that no message of ours can have brought about. */
        OUTSIDE,
        /** The broker sent what Paho cannot read, and will send it again. */
        UNREADABLE,
        /** The broker does not take this client's credentials. */
        CREDENTIALS,
        /** We left. */
        LEFT
    }

    static ConnectionEnd failed(String reason, Throwable cause) {
        return new ConnectionEnd(Kind.OUTSIDE, new Loss(reason, false), Optional.empty(), Optional.of(cause));
    }
}
