package io.efka.it.chaos;

import io.efka.it.NoDelaySockets;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/**
 * The observer's line to the broker: one persistent session, a fresh client for every connection, subscriptions made again
 * at every one of them. What the broker accepts for us while we are away comes when we are back.
 */
final class ObserverLink implements AutoCloseable {
    private static final int NO_SUBSCRIBER = 0x10;
    private static final long PAUSE = 200_000_000L;
    private static final long SESSION_SECONDS = 24 * 3600L;
    private static final long LIMIT_MILLIS = 5_000;

    private final String uri;
    private final String clientId;
    private final List<String> filters;
    private final Conditions conditions;
    private final BiConsumer<String, MqttMessage> heard;
    private final AtomicReference<MqttAsyncClient> client = new AtomicReference<>();
    private final Thread keeper = new Thread(this::keep, "observer-link");
    private volatile boolean closed;

    /** @param heard called for every message, on one thread; what it has returned from is acknowledged */
    ObserverLink(
            String uri,
            String clientId,
            List<String> filters,
            Conditions conditions,
            BiConsumer<String, MqttMessage> heard) {
        this.uri = uri;
        this.clientId = clientId;
        this.filters = filters;
        this.conditions = conditions;
        this.heard = heard;
        keeper.setDaemon(true);
        keeper.start();
    }

    /**
     * Publishes at QoS 1 until a broker has accepted it for a subscriber; whatever happens to the connection meanwhile.
     * The broker may so get it more than once.
     */
    void publish(String topic, byte[] payload, MqttProperties properties) {
        while (!closed && !tryPublish(topic, payload, properties)) LockSupport.parkNanos(PAUSE);
    }

    /** The same, once; false: it was not accepted, or nobody knows. */
    boolean tryPublish(String topic, byte[] payload, MqttProperties properties) {
        OptionalInt reason = reason(topic, new MqttMessage(payload, 1, false, properties));
        return reason.isPresent() && reason.getAsInt() != NO_SUBSCRIBER;
    }

    /** Publishes what waits at the broker for whoever comes, until a broker has accepted it. */
    void publishRetained(String topic, byte[] payload) {
        while (!closed
                && reason(topic, new MqttMessage(payload, 1, true, new MqttProperties()))
                        .isEmpty()) LockSupport.parkNanos(PAUSE);
    }

    /** With what the broker acknowledged it; empty: it did not, or nobody knows. */
    private OptionalInt reason(String topic, MqttMessage message) {
        MqttAsyncClient current = client.get();
        if (current == null) return OptionalInt.empty();
        try {
            IMqttToken token = current.publish(topic, message);
            token.waitForCompletion(LIMIT_MILLIS);
            int[] reasons = token.getReasonCodes();
            return OptionalInt.of(reasons == null || reasons.length == 0 ? 0 : reasons[0]);
        } catch (MqttException e) {
            return OptionalInt.empty();
        }
    }

    /** Asks the broker for what it retains there; without a connection the next one brings that as well. */
    void askForRetained(String filter) {
        MqttAsyncClient current = client.get();
        if (current == null) return;
        try {
            current.subscribe(new MqttSubscription(filter, 1)).waitForCompletion(LIMIT_MILLIS);
        } catch (MqttException e) {
            // The connection is lost: the next one subscribes to everything.
        }
    }

    private void keep() {
        while (!closed) {
            MqttAsyncClient current = client.get();
            if (current == null || !current.isConnected()) {
                drop();
                connect();
            }
            LockSupport.parkNanos(PAUSE);
        }
    }

    private void connect() {
        try {
            var fresh = new MqttAsyncClient(uri, clientId, new MemoryPersistence());
            var options = new MqttConnectionOptions();
            options.setCleanStart(false);
            options.setSessionExpiryInterval(SESSION_SECONDS);
            options.setSocketFactory(new NoDelaySockets());
            options.setReceiveMaximum(1000);
            options.setConnectionTimeout(3);
            fresh.setCallback(new Callback());
            try {
                fresh.connect(options).waitForCompletion(LIMIT_MILLIS);
                for (String filter : filters) {
                    fresh.subscribe(new MqttSubscription(filter, 1)).waitForCompletion(LIMIT_MILLIS);
                }
                client.set(fresh);
                conditions.connected(true);
            } catch (MqttException e) {
                discard(fresh);
            }
        } catch (MqttException e) {
            throw new IllegalStateException(e);
        }
    }

    private void drop() {
        MqttAsyncClient old = client.getAndSet(null);
        conditions.connected(false);
        if (old != null) discard(old);
    }

    private static void discard(MqttAsyncClient old) {
        try {
            old.disconnectForcibly(0, 100, false);
        } catch (MqttException e) {
            // It has no connection: that is why it goes.
        }
        try {
            old.close(true);
        } catch (MqttException e) {
            // The same.
        }
    }

    @Override
    public void close() {
        closed = true;
        drop();
    }

    private final class Callback implements MqttCallback {
        @Override
        public void messageArrived(String topic, MqttMessage message) {
            heard.accept(topic, message);
        }

        @Override
        public void disconnected(MqttDisconnectResponse response) {
            conditions.connected(false);
        }

        @Override
        public void mqttErrorOccurred(MqttException exception) {}

        @Override
        public void deliveryComplete(IMqttToken token) {}

        @Override
        public void connectComplete(boolean reconnect, String uri) {}

        @Override
        public void authPacketArrived(int reason, MqttProperties properties) {}
    }
}
