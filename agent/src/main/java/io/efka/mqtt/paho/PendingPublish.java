package io.efka.mqtt.paho;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink.Lane;
import java.io.DataOutputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToIntFunction;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttDataTypes;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.eclipse.paho.mqttv5.common.util.MqttTopicValidator;

/** A publish, ready for Paho, that waits for its turn or for its acknowledgement. Compared by identity. */
final class PendingPublish {
    // A length on the wire has two bytes.
    private static final int MAX_STRING = 65_535;

    final String topic;
    final MqttMessage message;
    final Lane lane;
    final int bytes;
    final CompletableFuture<Void> done = new CompletableFuture<>();

    /** Its number in the order of sending. Guarded by {@link Outgoing}. */
    long number;

    /** @param bytes upper limit of the size of the packet */
    PendingPublish(String topic, MqttMessage message, Lane lane, int bytes) {
        this.topic = topic;
        this.message = message;
        this.lane = lane;
        this.bytes = bytes;
    }

    /**
     * Encodes a message so that nothing about it can fail later. Paho ends the connection at a packet that it cannot
     * encode, and would do so at every repetition.
     *
     * @throws LinkException a refusal, when MQTT has no way to carry the message
     */
    static PendingPublish of(Message message, Lane lane) throws LinkException {
        checkTopic("topic", message.topic());
        checkString("topic", message.topic());
        Message.Properties properties = message.properties();
        if (properties.responseTopic().isPresent()) {
            checkTopic("response topic", properties.responseTopic().get());
            checkString("response topic", properties.responseTopic().get());
        }
        if (properties.contentType().isPresent()) {
            checkString("content type", properties.contentType().get());
        }
        for (Message.UserProperty user : properties.user()) {
            checkString("user property", user.name());
            checkString("user property", user.value());
        }
        var encoded = new MqttMessage(message.payload(), message.qos(), message.retain(), encode(properties));
        return new PendingPublish(message.topic(), encoded, lane, message.packetBytes());
    }

    static MqttProperties encode(Message.Properties properties) {
        var encoded = new MqttProperties();
        properties.contentType().ifPresent(encoded::setContentType);
        properties.responseTopic().ifPresent(encoded::setResponseTopic);
        properties.correlationData().ifPresent(encoded::setCorrelationData);
        properties.expirySeconds().ifPresent(encoded::setMessageExpiryInterval);
        List<UserProperty> user = new ArrayList<>();
        properties.user().forEach(p -> user.add(new UserProperty(p.name(), p.value())));
        encoded.setUserProperties(user);
        return encoded;
    }

    private static void checkTopic(String what, String topic) throws LinkException {
        try {
            MqttTopicValidator.validate(topic, false, true);
        } catch (IllegalArgumentException e) {
            throw LinkException.refused("bad " + what + ": " + e.getMessage());
        }
    }

    private static void checkString(String what, String text) throws LinkException {
        int length = text.getBytes(UTF_8).length;
        if (length > MAX_STRING) {
            throw LinkException.refused(what + " has " + length + " bytes, MQTT allows " + MAX_STRING);
        }
        try {
            MqttDataTypes.encodeUTF8(new DataOutputStream(OutputStream.nullOutputStream()), text);
        } catch (IllegalArgumentException | MqttException e) {
            throw LinkException.refused(what + " has a character that MQTT does not allow: " + e.getMessage());
        }
    }

    /** First in, first out, bounded in messages and bytes. Guarded by {@link Outgoing}. */
    static final class Queue {
        private final Deque<PendingPublish> waiting = new ArrayDeque<>();
        private final int maxMessages;
        private final int maxBytes;
        private int bytes;

        Queue(int maxMessages, int maxBytes) {
            this.maxMessages = maxMessages;
            this.maxBytes = maxBytes;
        }

        boolean offer(PendingPublish pending) {
            // An empty queue accepts a message of any size.
            if (!waiting.isEmpty() && (waiting.size() >= maxMessages || bytes + pending.bytes > maxBytes)) return false;
            waiting.addLast(pending);
            bytes += pending.bytes;
            return true;
        }

        Optional<PendingPublish> poll() {
            Optional<PendingPublish> first = Optional.ofNullable(waiting.pollFirst());
            first.ifPresent(pending -> bytes -= pending.bytes);
            return first;
        }

        /** The first of those with the lowest weight. */
        Optional<PendingPublish> lightest(ToIntFunction<PendingPublish> weight) {
            return waiting.stream().min(Comparator.comparingInt(weight));
        }

        void remove(PendingPublish pending) {
            if (waiting.remove(pending)) bytes -= pending.bytes;
        }

        boolean isEmpty() {
            return waiting.isEmpty();
        }

        boolean hasTopic(String topic) {
            return !waiting.isEmpty() && waiting.stream().anyMatch(pending -> pending.topic.equals(topic));
        }

        int size() {
            return waiting.size();
        }

        void drainTo(List<PendingPublish> target) {
            target.addAll(waiting);
            waiting.clear();
            bytes = 0;
        }
    }
}
