package io.efka.agent.output.ship;

import io.efka.agent.output.ship.OutputPublisher.Chunk;
import io.efka.agent.output.ship.WatchedServices.WatchedService;
import io.efka.agent.runtime.TokenBucket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes one message of each stream that has something to publish, in turn. If the window is full, the next stream
 * keeps its turn. Confined to the shipper's thread.
 */
final class RoundRobin {
    private static final Logger LOG = LoggerFactory.getLogger(RoundRobin.class);
    static final long NEVER = Long.MAX_VALUE;
    private static final long READ_FAILURE_PAUSE = TimeUnit.SECONDS.toNanos(1);
    /** The largest {@code batch}. */
    private static final int LARGEST_MESSAGE = 64 << 10;

    private static final int SMALLEST_MESSAGE = 1024;

    private final OutputPublisher publisher;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(LARGEST_MESSAGE);
    private final Map<StreamShipment, WatchedService> waiting = new LinkedHashMap<>();
    private boolean isDraining;

    RoundRobin(OutputPublisher publisher) {
        this.publisher = publisher;
    }

    /** Adds a stream if it has something to publish. */
    void join(StreamShipment shipment, WatchedService service) {
        if (shipment.hasUnsent()) waiting.putIfAbsent(shipment, service);
    }

    void leave(StreamShipment shipment) {
        waiting.remove(shipment);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** From now on no line waits for its end. */
    void drain() {
        isDraining = true;
    }

    /** Gives each stream one turn; returns the nanoseconds until another round is due without an outside event. */
    long round() {
        long wait = NEVER;
        for (int turns = waiting.size(); turns > 0; turns--) {
            long pause = publisher.pause(System.nanoTime());
            if (pause > 0 && publisher.isUp()) return pause;
            if (!publisher.hasRoom()) return NEVER;
            Iterator<Map.Entry<StreamShipment, WatchedService>> first =
                    waiting.entrySet().iterator();
            Map.Entry<StreamShipment, WatchedService> turn = first.next();
            StreamShipment shipment = turn.getKey();
            WatchedService service = turn.getValue();
            first.remove();
            wait = Math.min(wait, take(shipment, service));
            join(shipment, service);
        }
        return wait;
    }

    private int room(StreamShipment shipment) {
        return Math.min(shipment.largest(), publisher.room(shipment));
    }

    private long take(StreamShipment shipment, WatchedService service) {
        long now = System.nanoTime();
        long pause = shipment.pauseLeft(now);
        if (pause > 0) return pause;
        long linger = isDraining ? 0 : shipment.rule().linger().toNanos();
        if (!isDraining && shipment.isWaiting(linger, now)) return shipment.remaining(linger, now);
        TokenBucket bucket = service.bucket(now);
        long delay = bucket.delay(now);
        if (delay > 0) return delay;
        try {
            int largest =
                    bucket.piece(SMALLEST_MESSAGE, Math.min(shipment.rule().batch(), LARGEST_MESSAGE));
            buffer.clear().limit(Math.min(largest, room(shipment)));
            Optional<Chunk> chunk = shipment.next(buffer, isDraining, System::nanoTime);
            if (chunk.isEmpty()) return shipment.isWaiting(linger, now) ? shipment.remaining(linger, now) : 0;
            bucket.take(chunk.get().payload().length);
            publisher.publish(shipment, chunk.get());
            return 0;
        } catch (IOException e) {
            LOG.warn(
                    "stream={} cannot be read at offset {}: {}",
                    shipment.id(),
                    shipment.cursor().next(),
                    e.toString());
            return READ_FAILURE_PAUSE;
        }
    }
}
