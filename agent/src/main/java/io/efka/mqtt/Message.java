package io.efka.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One application message.
 *
 * @param payload treat the array as read-only
 * @param qos 0 or 1; Efka never uses 2
 */
public record Message(String topic, byte[] payload, int qos, boolean retain, Properties properties) {
    // First byte, lengths of the packet (4) and the properties (4), packet id (2), length of the topic (2).
    private static final int PACKET_HEAD = 13;
    // Identifier and length of a property that is a string.
    private static final int STRING_HEAD = 3;
    private static final int EXPIRY = 5;

    public Message {
        if (qos != 0 && qos != 1) throw new IllegalArgumentException("qos must be 0 or 1, was " + qos);
    }

    /** Size of the PUBLISH packet in bytes, at most; the real packet may be up to 7 bytes smaller. */
    public int packetBytes() {
        return PACKET_HEAD + length(topic) + payload.length + properties.bytes();
    }

    private static int length(String text) {
        return text.getBytes(UTF_8).length;
    }

    /**
     * The MQTT 5 properties that Efka uses.
     *
     * @param correlationData as sent; treat the array as read-only
     * @param expirySeconds message expiry interval; on arrival, the time that remains of it
     */
    public record Properties(
            Optional<String> contentType,
            Optional<String> responseTopic,
            Optional<byte[]> correlationData,
            OptionalLong expirySeconds,
            List<UserProperty> user) {

        /** No property. */
        public static final Properties NONE =
                new Properties(Optional.empty(), Optional.empty(), Optional.empty(), OptionalLong.empty(), List.of());

        /** {@code content-type: application/json} and nothing else. */
        public static final Properties JSON = new Properties(
                Optional.of("application/json"), Optional.empty(), Optional.empty(), OptionalLong.empty(), List.of());

        public Properties {
            user = List.copyOf(user);
        }

        /** A copy with one more user property. */
        public Properties with(String name, String value) {
            var more = new ArrayList<UserProperty>(user);
            more.add(new UserProperty(name, value));
            return new Properties(contentType, responseTopic, correlationData, expirySeconds, more);
        }

        private int bytes() {
            int bytes = contentType.map(type -> STRING_HEAD + length(type)).orElse(0);
            bytes += responseTopic.map(to -> STRING_HEAD + length(to)).orElse(0);
            bytes += correlationData.map(data -> STRING_HEAD + data.length).orElse(0);
            if (expirySeconds.isPresent()) bytes += EXPIRY;
            for (UserProperty property : user) {
                bytes += STRING_HEAD + length(property.name()) + 2 + length(property.value());
            }
            return bytes;
        }
    }

    /** A user property; names may repeat. */
    public record UserProperty(String name, String value) {}
}
