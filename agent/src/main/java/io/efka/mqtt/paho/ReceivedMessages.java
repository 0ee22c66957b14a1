package io.efka.mqtt.paho;

import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink.Inbound;
import io.efka.mqtt.MqttLink.Listener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages between Paho's callback and the listener. The broker sends what it had queued ahead of its answer to the
 * subscriptions: such messages wait here until the listener knows of the connection.
 */
final class ReceivedMessages {
    private static final Logger log = LoggerFactory.getLogger(PahoLink.class);
    // QoS 1 is bounded by the receive maximum; nothing but this bounds QoS 0.
    private static final int MAX_UNACKNOWLEDGED = 1_000;

    private final Listener listener;
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicInteger dropped = new AtomicInteger();
    private final List<Inbound> early = new ArrayList<>();
    private boolean open;

    ReceivedMessages(Listener listener) {
        this.listener = listener;
    }

    /** Whether a message may be queued for {@link #deliver}; counts it. Called by Paho's callback. */
    boolean admit(int qos) {
        if (queued.incrementAndGet() <= MAX_UNACKNOWLEDGED || qos > 0) return true;
        queued.decrementAndGet();
        int lost = dropped.incrementAndGet();
        if (Integer.bitCount(lost) == 1) {
            log.warn("dropped messages={}: QoS 0 messages come faster than they are handled", lost);
        }
        return false;
    }

    /** Hands an admitted message to the listener, or keeps it until {@link #open}. On the link's thread. */
    void deliver(Inbound inbound) {
        queued.decrementAndGet();
        if (open) {
            hand(inbound);
        } else {
            early.add(inbound);
        }
    }

    /** The listener knows of the connection now. On the link's thread. */
    void open() {
        open = true;
        early.forEach(this::hand);
        early.clear();
    }

    /** Runs a listener's call; what it throws is a bug that must not end the link. */
    static void guarded(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            log.error("a listener of the link failed", e);
        }
    }

    private void hand(Inbound inbound) {
        guarded(() -> listener.received(inbound));
    }

    /** What is needed to acknowledge a message. */
    record Delivered(Message message, Runnable acknowledgement) implements Inbound {
        @Override
        public void acknowledge() {
            acknowledgement.run();
        }
    }
}
