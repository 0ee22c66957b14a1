package io.efka.agent.output.ship;

import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.mqtt.MessageProperties;
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
 * Hands chunks to the link, at most a window of them at a time, and takes in what became of them. A stream that the
 * broker does not take rests by itself, and holds up no other. Confined to the shipper's thread.
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

    /** @param settled told from any thread what became of a chunk; hands it to {@link #settle} */
    OutputPublisher(MqttLink link, Topics topics, Timers timers, Consumer<Settled> settled) {
        this.link = link;
        this.topics = topics;
        this.timers = timers;
        this.settled = settled;
        this.pausedUntil = System.nanoTime();
    }

    /** There is another connection, or none; what the last one owed an answer for will not get one. */
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

    /** Bytes of output that one message of the stream may have, at least 1. */
    int room(StreamShipment feed) {
        long largest = link.maxPacket();
        if (largest == Long.MAX_VALUE) return Integer.MAX_VALUE;
        int head = message(feed, new Chunk(Long.MAX_VALUE, LONGEST_RUN, new byte[0]))
                .packetBytes();
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, largest - head));
    }

    boolean hasRoom() {
        return up && !window.isFull();
    }

    boolean isQuiet() {
        return window.isEmpty();
    }

    /** Nanoseconds to hold back for after a failure; 0: none. */
    long pause(long now) {
        return Math.max(0, pausedUntil - now);
    }

    void publish(StreamShipment feed, Chunk chunk) {
        ShippingCursor.Flight flight = feed.depart(chunk);
        int length = chunk.payload().length;
        window.take(length);
        CompletableFuture<Void> answer = link.publish(message(feed, chunk), MqttLink.Lane.BULK);
        long sentOver = connection;
        if (answer.isCompletedExceptionally()) {
            // Refused at once: it must not be overtaken by the chunk behind it.
            settle(new Settled(
                    feed,
                    flight,
                    length,
                    sentOver,
                    Optional.of(answer.handle((v, e) -> e).join())));
            return;
        }
        answer.whenComplete(FatalErrors.top((done, failure) ->
                settled.accept(new Settled(feed, flight, length, sentOver, Optional.ofNullable(failure)))));
    }

    /** Whether the feed has more acknowledged than before. */
    boolean settle(Settled answer) {
        if (answer.connection() != connection) return false;
        window.give(answer.length());
        if (answer.failure().isPresent()) {
            if (answer.feed().cursor().isOnItsWay(answer.flight()))
                fail(answer, answer.failure().get());
            return false;
        }
        pause = FIRST_PAUSE;
        answer.feed().succeeded();
        long before = answer.feed().cursor().acknowledged();
        answer.feed().cursor().land(answer.flight());
        return answer.feed().cursor().acknowledged() > before;
    }

    private void fail(Settled answer, Throwable failure) {
        StreamShipment feed = answer.feed();
        long now = System.nanoTime();
        boolean isFirst = feed.cursor().isFirst(answer.flight());
        feed.rewind();
        switch (LinkException.kindOf(failure)) {
            case LOST -> {
                pausedUntil = now + pause;
                pause = Math.min(2 * pause, LONGEST_PAUSE);
            }
            case BUSY -> feed.rest(now);
            case TOO_LARGE -> {
                // Smaller ones follow at once; one byte that is too large needs another broker.
                if (answer.length() == 1) feed.restLong(now);
                else feed.shrink(answer.length());
            }
            case REFUSED -> feed.restLong(now);
            case POISON -> {
                if (isFirst) feed.giveUp(answer.length());
            }
        }
    }

    private Message message(StreamShipment feed, Chunk chunk) {
        Instant read = timers.now();
        var user = List.of(
                new MessageProperties.User("offset", Long.toString(chunk.offset())),
                new MessageProperties.User("run", chunk.run().value()),
                new MessageProperties.User("at", JsonWriter.timestamp(read)));
        var properties =
                new MessageProperties(Optional.empty(), Optional.empty(), Optional.empty(), OptionalLong.empty(), user);
        String topic = topics.service(feed.service(), feed.id().leaf());
        return new Message(topic, chunk.payload(), 1, false, properties);
    }

    /** What became of a chunk; {@code connection} is the one it went over. */
    record Settled(
            StreamShipment feed,
            ShippingCursor.Flight flight,
            int length,
            long connection,
            Optional<Throwable> failure) {}
}
