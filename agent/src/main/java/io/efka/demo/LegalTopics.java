package io.efka.demo;

import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import org.apache.activemq.artemis.core.protocol.mqtt.MQTTInterceptor;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;

/**
 * Ends the connection of who publishes on a topic with a NUL, as MQTT demands. Artemis 2.55 passes it on, and the Paho
 * client of whoever receives it goes deaf.
 */
final class LegalTopics implements MQTTInterceptor {
    @Override
    public boolean intercept(MqttMessage packet, RemotingConnection connection) {
        return !(packet instanceof MqttPublishMessage publish)
                || publish.variableHeader().topicName().indexOf('\0') < 0;
    }
}
