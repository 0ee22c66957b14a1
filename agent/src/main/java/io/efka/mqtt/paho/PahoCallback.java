package io.efka.mqtt.paho;

import io.efka.threads.FatalErrors;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** Of all that Paho tells, passes on what matters. On Paho's threads: its consumers only enqueue. */
record PahoCallback(BiConsumer<String, MqttMessage> arrived, Consumer<Reasons.Ended> lost) implements MqttCallback {

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        arrived.accept(topic, message);
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {
        // Paho takes whatever a callback throws for the end of the connection.
        if (response.getException() != null) FatalErrors.haltOnError(response.getException());
        lost.accept(Reasons.of(response));
    }

    @Override
    public void mqttErrorOccurred(MqttException problem) {
        // A disconnect follows.
    }

    @Override
    public void deliveryComplete(IMqttToken token) {
        // Every publish has a listener of its own.
    }

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {
        // The connect has a listener of its own.
    }

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {
        // No extended authentication is asked for.
    }
}
