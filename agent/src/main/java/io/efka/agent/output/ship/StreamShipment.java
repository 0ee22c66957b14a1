package io.efka.agent.output.ship;

import io.efka.agent.output.ship.OutputPublisher.Chunk;
import io.efka.agent.output.store.Segment.Extent;
import io.efka.agent.output.store.SegmentReader;
import io.efka.agent.output.store.ServiceStreams;
import io.efka.agent.output.store.StreamFiles;
import io.efka.agent.output.store.StreamId;
import io.efka.mqtt.RetryDelay;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest.OutputRule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Ships one stream from its files to the broker. Confined to the shipper's thread. */
final class StreamShipment {
    private static final long REFUSED_PAUSE = TimeUnit.MINUTES.toNanos(10);

    private final ServiceStreams streams;
    private final StreamFiles files;
    private final ShippingCursor cursor;
    private final SegmentReader reader = new SegmentReader();
    private final LineBatcher batcher = new LineBatcher();
    private final OutputEvents events;
    private long observedEnd = -1;
    private long examinedEnd = -1;
    private boolean examinedBusy;
    private final RetryDelay delay = RetryDelay.ofBusyBroker();
    private int largest = Integer.MAX_VALUE;
    private boolean isPaused;
    private long pausedUntil;

    StreamShipment(ServiceStreams streams, StreamFiles files, long acknowledged, OutputEvents events) {
        this.streams = streams;
        this.files = files;
        this.cursor = new ShippingCursor(acknowledged);
        this.events = events;
    }

    StreamId id() {
        return files.id();
    }

    ServiceId service() {
        return streams.id();
    }

    OutputRule rule() {
        return streams.rule();
    }

    ShippingCursor cursor() {
        return cursor;
    }

    boolean hasUnsent() {
        return cursor.next() < files.end();
    }

    /** Checks what the service wrote, and keeps its files within their limits. Returns false if nothing is new. */
    boolean observe() {
        StreamFiles.Look look = files.look();
        events.seen(id(), look, files.end());
        if (files.end() == observedEnd && look == StreamFiles.Look.SAME) return false;
        trim(rule().backlog());
        observedEnd = files.end();
        files.times().note(observedEnd, events.now());
        return true;
    }

    /** The broker has acknowledged more: keeps what was sent within its limit. */
    void acknowledged() {
        trim(rule().backlog());
    }

    /** How many bytes are kept that the broker has not acknowledged. */
    long unsent() {
        return files.end() - Math.max(cursor.acknowledged(), files.oldest());
    }

    /** How many unsent bytes are kept even if the disk is nearly full. */
    long unsentFloor() {
        return Math.min(rule().keep(), rule().backlog());
    }

    /** Frees the oldest unsent bytes until no more than {@code limit} are left. */
    void trim(long limit) {
        StreamFiles.Freed freed = files.trim(cursor.acknowledged(), rule().keep(), limit);
        if (freed == StreamFiles.Freed.TRUNCATED) events.emptied(id(), files.end());
    }

    /** Whether nothing has changed since the last check, which found too little for a message. */
    boolean isWaiting(long linger, long now) {
        return files.end() == examinedEnd
                && cursor.hasUnacknowledged() == examinedBusy
                && batcher.remaining(linger, now) > 0;
    }

    long remaining(long linger, long now) {
        return batcher.remaining(linger, now);
    }

    /**
     * The next message, if one is due.
     *
     * @param buffer has room for as many bytes as the message may have
     * @param isDraining whether to send everything without waiting for more
     */
    Optional<Chunk> next(ByteBuffer buffer, boolean isDraining, LongSupplier clock) throws IOException {
        examinedEnd = files.end();
        examinedBusy = cursor.hasUnacknowledged();
        int room = buffer.remaining();
        Optional<Extent> extent = locate();
        if (extent.isEmpty()) return Optional.empty();
        buffer.limit((int) Math.min(room, extent.get().end() - extent.get().from()));
        int asked = buffer.limit();
        reader.read(extent.get(), buffer);
        buffer.flip();
        if (buffer.limit() < asked) return shorter(extent.get(), buffer);
        boolean isFinal = isDraining || !extent.get().live();
        boolean due = batcher.remaining(rule().linger().toNanos(), clock.getAsLong()) == 0;
        int length = batcher.length(buffer, asked == room, isFinal, examinedBusy, due);
        return length == 0 ? Optional.empty() : Optional.of(cut(extent.get(), buffer, length));
    }

    /** The message is sent. */
    ShippingCursor.Flight sent(Chunk chunk) {
        examinedEnd = -1;
        batcher.published();
        return cursor.sent(chunk.payload().length);
    }

    /** A message was acknowledged. */
    void succeeded() {
        delay.reset();
        largest = Integer.MAX_VALUE;
    }

    /** The broker is busy: pauses, longer each time. */
    void pause(long now) {
        isPaused = true;
        pausedUntil = now + delay.next().toNanos();
    }

    /** The broker refuses this stream: pauses for ten minutes, or until the next connection. */
    void pauseLong(long now) {
        isPaused = true;
        pausedUntil = now + REFUSED_PAUSE;
    }

    /** There is a new connection: ends a pause. */
    void resume() {
        succeeded();
        isPaused = false;
    }

    /** Nanoseconds that are left of a pause; 0: none. */
    long pauseLeft(long now) {
        if (isPaused && pausedUntil - now <= 0) isPaused = false;
        return isPaused ? pausedUntil - now : 0;
    }

    /** A message of this many bytes was too large: the next ones have half of it. */
    void shrink(int bytes) {
        largest = Math.max(1, bytes / 2);
    }

    /** How many bytes a message may have, according to the last refusal. */
    int largest() {
        return largest;
    }

    /** Skips the next bytes: they are never published. */
    void giveUp(int bytes) {
        skipTo(cursor.next() + bytes);
    }

    void rewind() {
        examinedEnd = -1;
        batcher.published();
        cursor.rewind();
    }

    /** Closes the file that was read last; the next read opens it again. */
    void closeFile() throws IOException {
        reader.close();
    }

    /** Finds the next bytes to read. Reports and skips bytes that are no longer kept. */
    private Optional<Extent> locate() {
        Optional<Extent> extent = files.locate(cursor.next());
        skipTo(extent.map(Extent::from).orElseGet(files::end));
        return extent;
    }

    private Optional<Chunk> shorter(Extent extent, ByteBuffer buffer) throws IOException {
        if (extent.live()) {
            // Somebody may have truncated it at this moment.
            if (!observe()) throw new IOException(extent.segment().path() + " ends before its size");
        } else if (buffer.hasRemaining()) {
            return Optional.of(cut(extent, buffer, buffer.limit()));
        } else {
            skipTo(extent.end());
        }
        return Optional.empty();
    }

    private void skipTo(long offset) {
        if (offset <= cursor.next()) return;
        events.dropped(id(), cursor.next(), offset - cursor.next());
        cursor.skipTo(offset);
    }

    private Chunk cut(Extent extent, ByteBuffer buffer, int length) {
        byte[] payload = new byte[length];
        buffer.get(0, payload);
        return new Chunk(extent.from(), extent.segment().run(), payload);
    }
}
