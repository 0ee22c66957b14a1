package io.efka.mqtt;

import java.nio.charset.StandardCharsets;

/**
 * One application message.
 *
 * @param payload treat the array as read-only
 * @param qos 0 or 1; Efka never uses 2
 */
public record Message(String topic, byte[] payload, int qos, boolean retain, MessageProperties properties) {
    // First byte, lengths of the packet (4) and the properties (4), packet id (2), length of the topic (2).
    private static final int PACKET_HEAD = 13;
    // Identifier and length of a property that is a string.
    private static final int STRING_HEAD = 3;
    private static final int EXPIRY = 5;

    public Message {
        if (qos != 0 && qos != 1) throw new IllegalArgumentException("qos must be 0 or 1, was " + qos);
    }

    /** Bytes of the packet that carries it; it may be up to 7 bytes smaller. */
    public int packetBytes() {
        int bytes = PACKET_HEAD + length(topic) + payload.length;
        bytes +=
                properties.contentType().map(type -> STRING_HEAD + length(type)).orElse(0);
        bytes += properties.responseTopic().map(to -> STRING_HEAD + length(to)).orElse(0);
        bytes += properties
                .correlationData()
                .map(data -> STRING_HEAD + data.length)
                .orElse(0);
        if (properties.expirySeconds().isPresent()) bytes += EXPIRY;
        for (MessageProperties.User user : properties.user()) {
            bytes += STRING_HEAD + length(user.name()) + 2 + length(user.value());
        }
        return bytes;
    }

    private static int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
