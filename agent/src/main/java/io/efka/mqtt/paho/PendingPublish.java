package io.efka.mqtt.paho;

import io.efka.mqtt.MqttLink.Lane;
import java.util.concurrent.CompletableFuture;
import org.eclipse.paho.mqttv5.common.MqttMessage;

/** A publish that waits for its turn, or for its acknowledgement. Compared by identity. */
final class PendingPublish {
    final String topic;
    final MqttMessage message;
    final Lane lane;
    final int bytes;
    final CompletableFuture<Void> done = new CompletableFuture<>();

    /** Its place among all that was sent. Guarded by {@link Outgoing}. */
    long number;

    /** @param bytes of the packet, at most */
    PendingPublish(String topic, MqttMessage message, Lane lane, int bytes) {
        this.topic = topic;
        this.message = message;
        this.lane = lane;
        this.bytes = bytes;
    }
}
