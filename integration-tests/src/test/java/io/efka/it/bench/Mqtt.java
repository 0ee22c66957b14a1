package io.efka.it.bench;

import io.efka.it.Arrivals;
import io.efka.it.NoDelaySockets;
import io.efka.it.TestBroker;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** A bare Paho client with prompt sockets: the operator's side of every benchmark, and what the agent is compared with. */
final class Mqtt implements AutoCloseable {
    private static final long LIMIT_MS = 20_000;
    /** Large enough that it never limits a subscriber. */
    private static final int RECEIVE_MAXIMUM = 1000;

    private static final int MOST_PENDING = 4;

    // Paho logs sockets that are closed under it; kept here, or the setting would be forgotten.
    private static final Logger PAHO = Logger.getLogger("org.eclipse.paho.mqttv5.client");

    private final MqttAsyncClient client;

    /** @param arrived called on the client's thread; must not wait */
    Mqtt(String uri, BiConsumer<String, MqttMessage> arrived) {
        PAHO.setLevel(Level.OFF);
        try {
            client = new MqttAsyncClient(uri, "bench-" + UUID.randomUUID(), new MemoryPersistence());
            var options = new MqttConnectionOptions();
            options.setCleanStart(true);
            options.setReceiveMaximum(RECEIVE_MAXIMUM);
            options.setSocketFactory(new NoDelaySockets());
            client.setCallback(new Arrivals(arrived));
            client.connect(options).waitForCompletion(LIMIT_MS);
        } catch (MqttException e) {
            throw new IllegalStateException(e);
        }
    }

    Mqtt(TestBroker broker, BiConsumer<String, MqttMessage> arrived) {
        this(broker.uri(), arrived);
    }

    void subscribe(String filter) {
        try {
            client.subscribe(new MqttSubscription(filter, 1)).waitForCompletion(LIMIT_MS);
        } catch (MqttException e) {
            throw new IllegalStateException(e);
        }
    }

    /** At QoS 1, for whoever comes later. */
    void retain(String topic, byte[] payload) {
        try {
            // Paho tells of the acknowledgement before it forgets the message.
            while (client.getPendingTokens().length >= MOST_PENDING) LockSupport.parkNanos(100_000);
            client.publish(topic, new MqttMessage(payload, 1, true, new MqttProperties()))
                    .waitForCompletion(LIMIT_MS);
        } catch (MqttException e) {
            throw new IllegalStateException(e);
        }
    }

    /** At QoS 1; does not wait. */
    IMqttToken publish(String topic, byte[] payload, MqttProperties properties) {
        try {
            return client.publish(topic, new MqttMessage(payload, 1, false, properties));
        } catch (MqttException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same, telling the listener on the client's thread when it is acknowledged. */
    void publish(String topic, byte[] payload, MqttProperties properties, MqttActionListener then) {
        try {
            client.publish(topic, new MqttMessage(payload, 1, false, properties), null, then);
        } catch (MqttException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            client.disconnectForcibly(0, 1000, false);
            client.close(true);
        } catch (MqttException e) {
            // it was on its way out
        }
    }
}
