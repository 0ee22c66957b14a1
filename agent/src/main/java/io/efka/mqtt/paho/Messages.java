package io.efka.mqtt.paho;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.mqtt.MessageProperties;
import io.efka.mqtt.MqttLink.Lane;
import java.io.DataOutputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttDataTypes;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.eclipse.paho.mqttv5.common.util.MqttTopicValidator;

/** Translates between our messages and Paho's. */
final class Messages {
    // A length on the wire has two bytes.
    private static final int MAX_STRING = 65_535;

    private Messages() {}

    /**
     * Prepares a publish, so that nothing about it can fail later: a packet that cannot be encoded ends Paho's
     * connection, and would again at every repetition.
     *
     * @throws LinkException a refusal, when MQTT has no way to carry the message
     */
    static PendingPublish toPaho(Message message, Lane lane) throws LinkException {
        checkTopic("topic", message.topic());
        checkString("topic", message.topic());
        MessageProperties properties = message.properties();
        if (properties.responseTopic().isPresent()) {
            checkTopic("response topic", properties.responseTopic().get());
            checkString("response topic", properties.responseTopic().get());
        }
        if (properties.contentType().isPresent()) {
            checkString("content type", properties.contentType().get());
        }
        for (MessageProperties.User user : properties.user()) {
            checkString("user property", user.name());
            checkString("user property", user.value());
        }
        var encoded = new MqttMessage(message.payload(), message.qos(), message.retain(), toPaho(properties));
        return new PendingPublish(message.topic(), encoded, lane, message.packetBytes());
    }

    static MqttProperties toPaho(MessageProperties properties) {
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

    static Message fromPaho(String topic, MqttMessage message) {
        return new Message(
                topic, message.getPayload(), message.getQos(), message.isRetained(), fromPaho(message.getProperties()));
    }

    private static MessageProperties fromPaho(MqttProperties properties) {
        List<MessageProperties.User> user = properties.getUserProperties().stream()
                .map(p -> new MessageProperties.User(p.getKey(), p.getValue()))
                .toList();
        Long expiry = properties.getMessageExpiryInterval();
        return new MessageProperties(
                Optional.ofNullable(properties.getContentType()),
                Optional.ofNullable(properties.getResponseTopic()),
                Optional.ofNullable(properties.getCorrelationData()),
                expiry == null ? OptionalLong.empty() : OptionalLong.of(expiry),
                user);
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
}
