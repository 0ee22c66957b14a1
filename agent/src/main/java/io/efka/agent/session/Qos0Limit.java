package io.efka.agent.session;

import io.efka.mqtt.Message;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bounds the messages at QoS 0 that wait, since the broker's window does not. Thread-safe. */
final class Qos0Limit {
    static final int MAX_MESSAGES = 1_000;
    static final long MAX_BYTES = 4L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(Qos0Limit.class);

    private final AtomicInteger messages = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();

    /** Whether there is room for the message, which is counted until {@link #release}; always, if its QoS is not 0. */
    boolean admits(Message message) {
        if (message.qos() > 0) return true;
        if (messages.get() >= MAX_MESSAGES || bytes.get() >= MAX_BYTES) {
            if (dropped.getAndIncrement() == 0) {
                LOG.warn("messages at QoS 0 arrive faster than they are handled: some are dropped");
            }
            return false;
        }
        messages.incrementAndGet();
        bytes.addAndGet(message.payload().length);
        return true;
    }

    /** The message waits no more. */
    void release(Message message) {
        if (message.qos() > 0) return;
        messages.decrementAndGet();
        bytes.addAndGet(-message.payload().length);
    }

    /** How many messages had no room. */
    long dropped() {
        return dropped.get();
    }
}
