package io.efka.mqtt.paho;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink.Inbound;
import io.efka.mqtt.MqttLink.Listener;
import io.efka.threads.FatalErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what Paho reports of one connection: messages, and how the connection ended. Paho's threads only put tasks into
 * the connection's queue. The link's thread hands the messages to the listener.
 *
 * <p>The broker sends what it had queued before it answers the subscriptions. Such messages wait here until the
 * listener knows of the connection.
 */
final class Incoming implements MqttCallback {
    private static final Logger log = LoggerFactory.getLogger(PahoLink.class);
    // The receive maximum bounds QoS 1. Only this bounds QoS 0.
    private static final int MAX_QUEUED = 1_000;

    private final FreshClient client;
    private final Listener listener;
    private final Executor linkThread;
    private final Consumer<Reasons.Ended> ended;

    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicInteger dropped = new AtomicInteger();

    // Confined to the link's thread.
    private final List<Inbound> early = new ArrayList<>();
    private boolean open;

    @GuardedBy("this") private boolean closed;

    /**
     * @param client through which messages are acknowledged
     * @param linkThread the connection's queue: runs tasks in order on the link's thread
     * @param ended called on the link's thread when Paho reports the end of the connection
     */
    Incoming(FreshClient client, Listener listener, Executor linkThread, Consumer<Reasons.Ended> ended) {
        this.client = client;
        this.listener = listener;
        this.linkThread = linkThread;
        this.ended = ended;
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        if (!admits(message.getQos())) return;
        var delivered = new Delivered(decode(topic, message), message.getId());
        linkThread.execute(() -> deliver(delivered));
    }

    private static Message decode(String topic, MqttMessage message) {
        return new Message(
                topic, message.getPayload(), message.getQos(), message.isRetained(), decode(message.getProperties()));
    }

    private static Message.Properties decode(MqttProperties properties) {
        List<Message.UserProperty> user = properties.getUserProperties().stream()
                .map(p -> new Message.UserProperty(p.getKey(), p.getValue()))
                .toList();
        Long expiry = properties.getMessageExpiryInterval();
        return new Message.Properties(
                Optional.ofNullable(properties.getContentType()),
                Optional.ofNullable(properties.getResponseTopic()),
                Optional.ofNullable(properties.getCorrelationData()),
                expiry == null ? OptionalLong.empty() : OptionalLong.of(expiry),
                user);
    }

    private boolean admits(int qos) {
        if (queued.incrementAndGet() <= MAX_QUEUED || qos > 0) return true;
        queued.decrementAndGet();
        int lost = dropped.incrementAndGet();
        if (Integer.bitCount(lost) == 1) {
            log.warn(
                    "dropped messages={}: QoS 0 messages arrive faster than they are handled, or before the broker has"
                            + " accepted the subscriptions",
                    lost);
        }
        return false;
    }

    private void deliver(Inbound inbound) {
        if (open) {
            hand(inbound);
        } else {
            early.add(inbound); // still counted: the broker may refuse the subscriptions for hours
        }
    }

    /** Hands over what arrived early, and from now on everything at once: the listener knows of the connection. */
    void open() {
        open = true;
        early.forEach(this::hand);
        early.clear();
    }

    private void hand(Inbound inbound) {
        queued.decrementAndGet();
        tell(to -> to.received(inbound));
    }

    /** Calls the listener. An exception from it is a bug that must not end the link. On the link's thread. */
    void tell(Consumer<Listener> call) {
        try {
            call.accept(listener);
        } catch (RuntimeException e) {
            log.error("a listener of the link failed", e);
        }
    }

    /** Drops later acknowledgements: a packet id means nothing on another connection, where the message comes again. */
    synchronized void close() {
        closed = true;
    }

    private synchronized void acknowledge(int packetId) {
        if (closed) return;
        try {
            client.messageArrivedComplete(packetId, 1);
        } catch (MqttException e) {
            log.debug("acknowledgement {} was not sent: {}", packetId, e.getMessage());
        }
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {
        // Paho takes whatever a callback throws for the end of the connection.
        if (response.getException() != null) FatalErrors.haltOnError(response.getException());
        Reasons.Ended how = Reasons.of(response);
        linkThread.execute(() -> ended.accept(how));
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
        // The link does not ask for extended authentication.
    }

    /** A message and its acknowledgement, which is sent at most once, and never at QoS 0. */
    private final class Delivered implements Inbound {
        private final Message message;
        private final int packetId;
        private final AtomicBoolean acknowledged;

        Delivered(Message message, int packetId) {
            this.message = message;
            this.packetId = packetId;
            this.acknowledged = new AtomicBoolean(message.qos() == 0);
        }

        @Override
        public Message message() {
            return message;
        }

        @Override
        public void acknowledge() {
            if (acknowledged.compareAndSet(false, true)) Incoming.this.acknowledge(packetId);
        }
    }
}
