package io.efka.agent.output.ship;

import io.efka.agent.output.ship.WatchedServices.Source;
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
 * Round robin over the streams that have something to publish: one message each, and when the window is full the turn
 * is kept. Confined to the shipper's thread.
 */
final class RoundRobin {
    private static final Logger LOG = LoggerFactory.getLogger(RoundRobin.class);
    static final long NEVER = Long.MAX_VALUE;
    private static final long UNREADABLE = TimeUnit.SECONDS.toNanos(1);
    /** The largest {@code batch}. */
    private static final int LARGEST_MESSAGE = 64 << 10;

    private final OutputPublisher publisher;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(LARGEST_MESSAGE);
    private final Map<StreamShipment, Source> ring = new LinkedHashMap<>();
    private boolean hurry;

    RoundRobin(OutputPublisher publisher) {
        this.publisher = publisher;
    }

    /** The feed takes part while it has something to publish. */
    void join(StreamShipment feed, Source source) {
        if (feed.hasUnsent()) ring.putIfAbsent(feed, source);
    }

    void leave(StreamShipment feed) {
        ring.remove(feed);
    }

    boolean isEmpty() {
        return ring.isEmpty();
    }

    /** From now on no line's end is waited for. */
    void hurry() {
        hurry = true;
    }

    /** One turn for everyone; returns the nanoseconds until the next round would do something by itself. */
    long play() {
        long wait = NEVER;
        for (int turns = ring.size(); turns > 0; turns--) {
            long pause = publisher.pause(System.nanoTime());
            if (pause > 0 && publisher.isUp()) return pause;
            if (!publisher.hasRoom()) return NEVER;
            Iterator<Map.Entry<StreamShipment, Source>> first = ring.entrySet().iterator();
            Map.Entry<StreamShipment, Source> turn = first.next();
            StreamShipment feed = turn.getKey();
            Source source = turn.getValue();
            first.remove();
            wait = Math.min(wait, take(feed, source));
            join(feed, source);
        }
        return wait;
    }

    private int room(StreamShipment feed) {
        return Math.min(feed.largest(), publisher.room(feed));
    }

    private long take(StreamShipment feed, Source source) {
        long now = System.nanoTime();
        long rest = feed.resting(now);
        if (rest > 0) return rest;
        long linger = hurry ? 0 : feed.rule().linger().toNanos();
        if (!hurry && feed.isWaiting(linger, now)) return feed.remaining(linger, now);
        TokenBucket bucket = source.bucket(now);
        long delay = bucket.delay(now);
        if (delay > 0) return delay;
        try {
            buffer.clear().limit(Math.min(bucket.part(Math.min(feed.rule().batch(), LARGEST_MESSAGE)), room(feed)));
            Optional<Chunk> chunk = feed.next(buffer, hurry, System::nanoTime);
            if (chunk.isEmpty()) return feed.isWaiting(linger, now) ? feed.remaining(linger, now) : 0;
            bucket.take(chunk.get().payload().length);
            publisher.publish(feed, chunk.get());
            return 0;
        } catch (IOException e) {
            LOG.warn(
                    "stream={} cannot be read at offset {}: {}",
                    feed.id(),
                    feed.cursor().next(),
                    e.toString());
            return UNREADABLE;
        }
    }
}
