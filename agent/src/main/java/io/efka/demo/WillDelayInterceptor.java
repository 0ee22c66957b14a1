package io.efka.demo;

import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty;
import io.netty.handler.codec.mqtt.MqttProperties.MqttProperty;
import io.netty.handler.codec.mqtt.MqttProperties.MqttPropertyType;
import io.netty.handler.codec.mqtt.MqttVersion;
import org.apache.activemq.artemis.core.protocol.mqtt.MQTTInterceptor;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;

/**
 * Makes the broker publish the will of a client whose session outlives its connection. Artemis 2.55 forgets such a will
 * until the session expires, unless the client asked for a delay; so a client that asked for none gets one of a second.
 */
final class WillDelayInterceptor implements MQTTInterceptor {
    private static final int SESSION_EXPIRY = MqttPropertyType.SESSION_EXPIRY_INTERVAL.value();
    private static final int WILL_DELAY = MqttPropertyType.WILL_DELAY_INTERVAL.value();

    @Override
    public boolean intercept(MqttMessage packet, RemotingConnection connection) {
        if (packet instanceof MqttConnectMessage connect && needsDelay(connect)) {
            connect.payload().willProperties().add(new IntegerProperty(WILL_DELAY, 1));
        }
        return true;
    }

    private static boolean needsDelay(MqttConnectMessage connect) {
        return connect.variableHeader().version() == MqttVersion.MQTT_5.protocolLevel()
                && connect.variableHeader().isWillFlag()
                && number(connect.variableHeader().properties(), SESSION_EXPIRY) != 0
                && number(connect.payload().willProperties(), WILL_DELAY) == 0;
    }

    /** A property's value; 0 if it is not there, which both properties mean by it. */
    private static int number(MqttProperties properties, int id) {
        MqttProperty<?> property = properties.getProperty(id);
        return property == null ? 0 : ((IntegerProperty) property).value();
    }
}
