package io.efka.agent.wire;

/**
 * One application message.
 *
 * @param payload treat the array as read-only
 * @param qos 0 or 1; Efka never uses 2
 */
public record Message(String topic, byte[] payload, int qos, boolean retain, Properties properties) {
    public Message {
        if (qos != 0 && qos != 1) throw new IllegalArgumentException("qos must be 0 or 1, was " + qos);
    }
}
