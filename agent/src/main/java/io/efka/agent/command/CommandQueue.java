package io.efka.agent.command;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.mqtt.MqttLink;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands messages from the link's thread to the pool, one at a time and in order. Messages at QoS 1 are as many as the
 * link's receive maximum allows, for they are not acknowledged yet: none is ever dropped. At QoS 0, which promises
 * nothing, those beyond the bound are dropped and counted. Thread-safe; never blocks.
 */
final class CommandQueue {
    private static final Logger LOG = LoggerFactory.getLogger(CommandQueue.class);
    private static final int MAX_WAITING = 1024;
    private static final long MAX_BYTES = 4 * 1024 * 1024;

    private final Executor pool;
    private final BiConsumer<MqttLink.Inbound, Instant> taker;

    @GuardedBy("this") private final ArrayDeque<Waiting> queue = new ArrayDeque<>();

    @GuardedBy("this") private long bytes;

    @GuardedBy("this") private long dropped;

    @GuardedBy("this") private boolean isDraining;

    CommandQueue(Executor pool, BiConsumer<MqttLink.Inbound, Instant> taker) {
        this.pool = pool;
        this.taker = taker;
    }

    private record Waiting(MqttLink.Inbound inbound, Instant arrived) {
        int size() {
            return inbound.message().payload().length;
        }
    }

    void offer(MqttLink.Inbound inbound, Instant arrived) {
        var waiting = new Waiting(inbound, arrived);
        synchronized (this) {
            if (inbound.message().qos() == 0 && isFull()) {
                if (dropped++ == 0) LOG.warn("commands at QoS 0 come faster than they can be taken: some are dropped");
                return;
            }
            queue.add(waiting);
            bytes += waiting.size();
            if (isDraining) return;
            isDraining = true;
        }
        pool.execute(this::drain);
    }

    synchronized long dropped() {
        return dropped;
    }

    @GuardedBy("this") private boolean isFull() {
        return queue.size() >= MAX_WAITING || bytes >= MAX_BYTES;
    }

    private void drain() {
        for (Optional<Waiting> next = next(); next.isPresent(); next = next()) {
            Waiting waiting = next.get();
            try {
                taker.accept(waiting.inbound(), waiting.arrived());
            } catch (RuntimeException bug) { // the top of the queue's task: one message must not stop those behind it
                LOG.error(
                        "a message on {} could not be taken",
                        waiting.inbound().message().topic(),
                        bug);
            }
        }
    }

    private synchronized Optional<Waiting> next() {
        Optional<Waiting> next = Optional.ofNullable(queue.poll());
        next.ifPresentOrElse(waiting -> bytes -= waiting.size(), () -> isDraining = false);
        return next;
    }
}
