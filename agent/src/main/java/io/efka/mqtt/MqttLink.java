package io.efka.mqtt;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The way to and from the broker. It connects and reconnects by itself for as long as it is open; it keeps nothing: a
 * publish that fails is the publisher's to repeat. Thread-safe.
 */
public interface MqttLink extends AutoCloseable {

    /**
     * Starts connecting, in the background, for ever, until {@link #close()}. Called once.
     *
     * @param will what the broker publishes when this agent is lost
     * @param subscriptions topic filters, subscribed at QoS 1 (retain as published) at every connection
     */
    void open(Message will, List<Subscription> subscriptions, Listener listener);

    /**
     * Publishes. Never blocks: what the broker's window has no room for waits in a bounded queue, {@link Lane#CONTROL}
     * ahead of {@link Lane#BULK}.
     *
     * @return completes when the broker has acknowledged it (QoS 1) or it was handed to the socket (QoS 0); fails with
     *     {@link LinkException} when the link is down, goes down before that, or the queue is full, when the broker is
     *     busy, and with a {@linkplain LinkException#isRefused() refused} one when repeating it cannot help. What fails
     *     because the connection is lost has failed before {@link Listener#disconnected} is called
     */
    CompletableFuture<Void> publish(Message message, Lane lane);

    /** Whether there is a connection at this moment. */
    boolean isUp();

    /**
     * The largest packet that is known to fit, in bytes as {@link Message#packetBytes()} counts them: what the broker
     * announced, or what it taught us by refusing larger ones.
     */
    default long maxPacket() {
        return Long.MAX_VALUE;
    }

    /** What an operator should know of the link, for {@code info}: limits, refusals, what the broker cannot do. */
    default Map<String, ?> describe() {
        return Map.of();
    }

    /**
     * Leaves the broker cleanly (it publishes no will) and connects again when {@code pause} has passed: the way to
     * yield to another client that uses our id. Never blocks; while there is no connection it puts off the next one.
     */
    void holdOff(Duration pause);

    /** Ends the connection cleanly (the broker publishes no will), within 2 seconds. Idempotent. */
    @Override
    void close();

    /** Who goes first when there is a queue. */
    enum Lane {
        /** Replies, status, events: never behind output. */
        CONTROL,
        /** Output and whatever else is big. */
        BULK
    }

    /**
     * A topic filter.
     *
     * @param retained whether retained messages are wanted: a command that was retained is refused when it is sent,
     *     and never asked for at reconnect (retain handling 2)
     * @param essential whether the link is not up without it
     * @param topics to subscribe to instead at a broker without wildcards; empty: there is no other way
     */
    record Subscription(String filter, boolean retained, boolean essential, List<String> topics) {
        public Subscription {
            topics = List.copyOf(topics);
        }

        public Subscription(String filter, boolean retained) {
            this(filter, retained, false, List.of());
        }
    }

    /** Hears what happens on the link. Called on the link's own thread, one call at a time: must not block. */
    interface Listener {
        /**
         * A connection is up, and all essential subscriptions stand.
         *
         * @param sessionPresent false: the broker knew nothing of an earlier session, and may have forgotten what was
         *     retained as well
         */
        void connected(boolean sessionPresent);

        /**
         * What the broker refuses of the subscriptions has changed; the link goes on asking for them.
         *
         * @param refused filters, each with the reason in words; empty: all stand
         */
        default void subscriptionsRefused(Map<String, String> refused) {}

        /** The connection is gone; the link goes on trying. */
        void disconnected(Loss loss);

        /** A message came. It is acknowledged to the broker by {@link Inbound#acknowledge()} only. */
        void received(Inbound message);
    }

    /**
     * How a connection was lost.
     *
     * @param takenOver the broker said that another client with our id took the session
     */
    record Loss(String reason, boolean takenOver) {}

    /** A message that came, and the means to acknowledge it; may be called from any thread, once, also too late. */
    interface Inbound {
        Message message();

        void acknowledge();
    }
}
