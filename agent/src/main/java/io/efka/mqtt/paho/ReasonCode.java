package io.efka.mqtt.paho;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The error reason codes of MQTT 5 in words, each with a remedy. */
enum ReasonCode {
    UNSPECIFIED(0x80, "the broker gives no reason", "see the broker's log"),
    MALFORMED_PACKET(0x81, "the broker could not read a packet", "see the broker's log"),
    PROTOCOL_ERROR(0x82, "the broker found a protocol error", "see the broker's log"),
    IMPLEMENTATION_SPECIFIC(0x83, "the broker refuses it for a reason of its own", "see the broker's log"),
    UNSUPPORTED_VERSION(0x84, "the broker does not speak MQTT 5", "use a broker or listener that speaks MQTT 5"),
    BAD_CLIENT_ID(0x85, "the broker refuses the client id", "allow it there, or give the device another name"),
    BAD_CREDENTIALS(0x86, "user name or password is wrong", "correct username and password_file"),
    NOT_AUTHORISED(0x87, "not authorised", "allow it in the broker's access rules"),
    SERVER_UNAVAILABLE(0x88, "the broker is not available", "wait, or see the broker's log"),
    SERVER_BUSY(0x89, "the broker is busy", "wait, or see the broker's log"),
    BANNED(0x8A, "the broker has banned this client", "lift the ban there"),
    SHUTTING_DOWN(0x8B, "the broker is shutting down", "start it again"),
    BAD_AUTHENTICATION(
            0x8C, "the broker requires another authentication method", "allow user name and password, or certificates"),
    KEEP_ALIVE_TIMEOUT(0x8D, "the broker received nothing for too long", "check the network"),
    SESSION_TAKEN_OVER(
            0x8E,
            "session taken over by another client with the same client id",
            "give one of the two another --device"),
    BAD_FILTER(0x8F, "the broker refuses the topic filter", "see the broker's log"),
    BAD_TOPIC(0x90, "the broker refuses the topic name", "choose another topic, or prefix, or allow it there"),
    PACKET_ID_IN_USE(0x91, "the packet id is in use", "none needed: the message is sent again"),
    PACKET_ID_NOT_FOUND(0x92, "the packet id is not known", "see the broker's log"),
    RECEIVE_MAXIMUM(0x93, "more messages are in flight than the broker allows", "see the broker's log"),
    BAD_TOPIC_ALIAS(0x94, "the broker refuses the topic alias", "see the broker's log"),
    PACKET_TOO_LARGE(0x95, "the packet is too large for the broker", "raise the broker's limit of message sizes"),
    RATE_TOO_HIGH(0x96, "messages arrive too fast for the broker", "limit output.rate, or raise the broker's limit"),
    QUOTA_EXCEEDED(0x97, "a quota of the broker is used up", "raise the broker's quota"),
    ADMINISTRATIVE(0x98, "the broker's administrator ended the connection", "ask them"),
    BAD_PAYLOAD(0x99, "the broker refuses the format of the payload", "see the broker's log"),
    NO_RETAIN(0x9A, "the broker keeps no retained messages", "allow retained messages there"),
    NO_QOS(0x9B, "the broker does not support this quality of service", "allow QoS 1 there"),
    USE_ANOTHER_SERVER(0x9C, "the broker refers its clients to another server", "set broker to that one"),
    SERVER_MOVED(0x9D, "the broker has moved", "set broker to the new address"),
    NO_SHARED_SUBSCRIPTIONS(0x9E, "the broker has no shared subscriptions", "see the broker's log"),
    CONNECTION_RATE(0x9F, "connections arrive too fast for the broker", "wait, or raise the broker's limit"),
    MAXIMUM_CONNECT_TIME(0xA0, "the broker limits the duration of a connection", "none needed: the agent reconnects"),
    NO_SUBSCRIPTION_IDS(0xA1, "the broker has no subscription identifiers", "see the broker's log"),
    NO_WILDCARDS(0xA2, "the broker has no wildcard subscriptions", "allow them there");

    private static final int FIRST_ERROR = 0x80;

    private final int code;
    private final String words;
    private final String remedy;

    ReasonCode(int code, String words, String remedy) {
        this.code = code;
        this.words = words;
        this.remedy = remedy;
    }

    static boolean isError(int code) {
        return code >= FIRST_ERROR;
    }

    static Optional<ReasonCode> of(int code) {
        return Arrays.stream(values()).filter(known -> known.code == code).findFirst();
    }

    boolean is(int other) {
        return code == other;
    }

    /** Meaning, code and remedy in one line; the bare code if it is unknown. */
    static String words(int code) {
        return of(code).map(ReasonCode::words).orElseGet(() -> "reason code " + hex(code));
    }

    /** Meaning, code and remedy in one line. */
    String words() {
        return words + " (" + hex(code) + "; " + remedy + ")";
    }

    private static String hex(int code) {
        return String.format(Locale.ROOT, "0x%02X", code);
    }

    /** Whether the same may be accepted later without anyone changing anything. */
    boolean isPassing() {
        return switch (this) {
            case UNSPECIFIED,
                    IMPLEMENTATION_SPECIFIC,
                    SERVER_UNAVAILABLE,
                    SERVER_BUSY,
                    PACKET_ID_IN_USE,
                    RECEIVE_MAXIMUM,
                    RATE_TOO_HIGH,
                    QUOTA_EXCEEDED,
                    CONNECTION_RATE -> true;
            default -> false;
        };
    }

    /** Whether the broker refuses this client: trying again soon only fills the broker's log. */
    boolean isAboutCredentials() {
        return switch (this) {
            case BAD_CREDENTIALS, NOT_AUTHORISED, BAD_AUTHENTICATION, BANNED, BAD_CLIENT_ID -> true;
            default -> false;
        };
    }

    /** Whether a published message may be why a broker ended a connection with this code. */
    boolean mayBeAboutPublish() {
        return switch (this) {
            case SHUTTING_DOWN,
                    SESSION_TAKEN_OVER,
                    KEEP_ALIVE_TIMEOUT,
                    SERVER_UNAVAILABLE,
                    SERVER_BUSY,
                    ADMINISTRATIVE,
                    USE_ANOTHER_SERVER,
                    SERVER_MOVED,
                    CONNECTION_RATE,
                    MAXIMUM_CONNECT_TIME -> false;
            default -> true;
        };
    }
}
