package io.efka.mqtt.paho;

import io.efka.mqtt.MqttLink.Loss;
import java.time.Duration;
import java.util.Optional;

/**
 * How a connection, or an attempt to connect, ended.
 *
 * @param up how long it was up; empty if it never was
 * @param cause for the log
 */
record ConnectionEnd(Kind kind, Loss loss, Optional<Duration> up, Optional<Throwable> cause) {

    /** What ended it, as far as is known. */
    enum Kind {
        /** The broker ended a connection that it had accepted, perhaps because of a message in flight. */
        CUT,
        /** A cause that is no message of ours. */
        OUTSIDE,
        /** The broker sent something that Paho cannot read, and will send it again. */
        UNREADABLE,
        /** The broker refused this client's credentials. */
        CREDENTIALS,
        /** The link disconnected. */
        LEFT
    }

    /** Paho reports that the connection, or the attempt to connect, failed. */
    static ConnectionEnd lost(Throwable problem, boolean isConnected, PahoResponses responses, Optional<Duration> up) {
        Kind kind = isConnected ? Kind.CUT : Kind.OUTSIDE;
        if (Reasons.isUnreadable(problem)) kind = Kind.UNREADABLE;
        Optional<ReasonCode> refusal = responses.connack().flatMap(ReasonCode::of);
        if (refusal.filter(ReasonCode::isAboutCredentials).isPresent()) kind = Kind.CREDENTIALS;
        String reason = isConnected ? Reasons.ofLoss(problem) : reason(problem, responses);
        return new ConnectionEnd(kind, new Loss(reason, false), up, Optional.of(problem));
    }

    private static String reason(Throwable problem, PahoResponses responses) {
        Optional<String> refused = responses.connack().map(ConnectionEnd::refusal);
        return olderBroker(responses).or(() -> refused).orElseGet(() -> Reasons.ofFailure(problem));
    }

    /** Mosquitto and others answer a wrong password with "not authorised", too. */
    private static String refusal(int code) {
        return ReasonCode.NOT_AUTHORISED.is(code)
                ? "the broker refused: not authorised (0x87; correct username and password_file, or allow this client in"
                        + " the broker's access rules)"
                : "the broker refused: " + ReasonCode.words(code);
    }

    private static Optional<String> olderBroker(PahoResponses responses) {
        return responses
                .olderConnack()
                .map(code -> "the broker speaks only MQTT 3.1.1 (it answered with code " + code
                        + "); Efka needs a broker or listener that speaks MQTT 5");
    }

    /** One of Paho's threads ended with an exception. */
    static ConnectionEnd unreadable(Throwable death, Optional<Duration> up) {
        var loss = new Loss("the broker sent something that cannot be read: " + death, false);
        return new ConnectionEnd(Kind.UNREADABLE, loss, up, Optional.of(death));
    }

    /** There was no attempt, because the settings cannot be used. */
    static ConnectionEnd failed(String reason, Throwable cause) {
        return new ConnectionEnd(Kind.OUTSIDE, new Loss(reason, false), Optional.empty(), Optional.of(cause));
    }
}
