package io.efka.agent.output.ship;

import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.RunId;
import io.efka.protocol.Topics;
import io.efka.protocol.json.JsonWriter;
import io.efka.threads.FatalErrors;
import io.efka.threads.Timers;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Publishes chunks, as many at a time as the window allows, and handles their outcome. If the broker refuses a stream,
 * only that stream pauses. Confined to the shipper's thread.
 */
final class OutputPublisher {
    private static final RunId LONGEST_RUN = new RunId("00000000000000000000000000");
    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(10);

    private final MqttLink link;
    private final Topics topics;
    private final Timers timers;
    private final Consumer<Settled> settled;
    private final InFlightWindow window = new InFlightWindow();
    private long connection;
    private boolean up;
    private long pause = FIRST_PAUSE;
    private long pausedUntil;

    /** @param settled called on any thread with the outcome of a chunk; passes it to {@link #settle} */
    OutputPublisher(MqttLink link, Topics topics, Timers timers, Consumer<Settled> settled) {
        this.link = link;
        this.topics = topics;
        this.timers = timers;
        this.settled = settled;
        this.pausedUntil = System.nanoTime();
    }

    /** The connection was opened or lost. What was sent over the last one will not be acknowledged any more. */
    void connection(boolean isUp) {
        up = isUp;
        connection++;
        window.reset();
        pause = FIRST_PAUSE;
        pausedUntil = System.nanoTime();
    }

    boolean isUp() {
        return up;
    }

    /** How many bytes of output one message of the stream can have; at least 1. */
    int room(StreamShipment shipment) {
        long largest = link.maxPacket();
        if (largest == Long.MAX_VALUE) return Integer.MAX_VALUE;
        int head = message(shipment, new Chunk(Long.MAX_VALUE, LONGEST_RUN, new byte[0]))
                .packetBytes();
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, largest - head));
    }

    boolean hasRoom() {
        return up && !window.isFull();
    }

    boolean isQuiet() {
        return window.isEmpty();
    }

    /** Nanoseconds to wait after a failure; 0: none. */
    long pause(long now) {
        return Math.max(0, pausedUntil - now);
    }

    void publish(StreamShipment shipment, Chunk chunk) {
        ShippingCursor.Flight flight = shipment.sent(chunk);
        int length = chunk.payload().length;
        window.take(length);
        CompletableFuture<Void> answer = link.publish(message(shipment, chunk), MqttLink.Lane.BULK);
        long sentOver = connection;
        if (answer.isCompletedExceptionally()) {
            // Refused at once: the next chunk must not overtake it.
            settle(new Settled(
                    shipment,
                    flight,
                    length,
                    sentOver,
                    Optional.of(answer.handle((v, e) -> e).join())));
            return;
        }
        answer.whenComplete(FatalErrors.top((done, failure) ->
                settled.accept(new Settled(shipment, flight, length, sentOver, Optional.ofNullable(failure)))));
    }

    /** Returns whether more of the stream is acknowledged than before. */
    boolean settle(Settled answer) {
        if (answer.connection() != connection) return false;
        window.give(answer.length());
        if (answer.failure().isPresent()) {
            if (answer.shipment().cursor().isInFlight(answer.flight()))
                fail(answer, answer.failure().get());
            return false;
        }
        pause = FIRST_PAUSE;
        answer.shipment().succeeded();
        long before = answer.shipment().cursor().acknowledged();
        answer.shipment().cursor().markAcknowledged(answer.flight());
        return answer.shipment().cursor().acknowledged() > before;
    }

    private void fail(Settled answer, Throwable failure) {
        StreamShipment shipment = answer.shipment();
        long now = System.nanoTime();
        boolean isFirst = shipment.cursor().isFirst(answer.flight());
        shipment.rewind();
        switch (LinkException.kindOf(failure)) {
            case LOST -> {
                pausedUntil = now + pause;
                pause = Math.min(2 * pause, LONGEST_PAUSE);
            }
            case BUSY -> shipment.pause(now);
            case TOO_LARGE -> {
                // Tries smaller ones at once; if one byte is too large, only another broker can help.
                if (answer.length() == 1) shipment.pauseLong(now);
                else shipment.shrink(answer.length());
            }
            case REFUSED -> shipment.pauseLong(now);
            case POISON -> {
                if (isFirst) shipment.giveUp(answer.length());
            }
        }
    }

    private Message message(StreamShipment shipment, Chunk chunk) {
        Instant read = timers.now();
        var user = List.of(
                new Message.UserProperty("offset", Long.toString(chunk.offset())),
                new Message.UserProperty("run", chunk.run().value()),
                new Message.UserProperty("at", JsonWriter.timestamp(read)));
        var properties = new Message.Properties(
                Optional.empty(), Optional.empty(), Optional.empty(), OptionalLong.empty(), user);
        String topic = topics.service(shipment.service(), shipment.id().leaf());
        return new Message(topic, chunk.payload(), 1, false, properties);
    }

    /** The outcome of a chunk; {@code connection} is the one it was sent over. */
    record Settled(
            StreamShipment shipment,
            ShippingCursor.Flight flight,
            int length,
            long connection,
            Optional<Throwable> failure) {}

    /** The bytes of one message, all of one run; {@code offset} is that of the first. */
    record Chunk(long offset, RunId run, byte[] payload) {}

    /**
     * Limits the output that is published and not acknowledged, over all streams: there is no other output on the heap.
     * 2 MiB are 32 full messages, enough for 400 MB/s if an acknowledgement takes 5 ms. Confined to the shipper's
     * thread.
     */
    static final class InFlightWindow {
        private static final int MESSAGES = 64;
        private static final long BYTES = 2 << 20;

        private int messages;
        private long bytes;

        boolean isFull() {
            return messages >= MESSAGES || bytes >= BYTES;
        }

        boolean isEmpty() {
            return messages == 0;
        }

        void take(int length) {
            messages++;
            bytes += length;
        }

        void give(int length) {
            messages--;
            bytes -= length;
        }

        /** The connection was lost, and with it everything in the window. */
        void reset() {
            messages = 0;
            bytes = 0;
        }
    }
}
