package io.efka.mqtt;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The connection to the broker. While it is open, it connects and reconnects by itself. It stores nothing: after a
 * failed publish, the publisher sends again. Thread-safe.
 */
public interface MqttLink extends AutoCloseable {
    /** Of 128 KiB each, they fit into a small heap. */
    int VISITOR_MESSAGES = 16;

    /**
     * Starts to connect in the background, and does not give up before {@link #close()}. Called once.
     *
     * @param will what the broker publishes when it loses this client. Asked for at each connection, on the link's
     *     thread, since the broker is told only then; must not block
     * @param subscriptions topic filters, subscribed at QoS 1 (retain as published) on every connection
     */
    void open(Supplier<Message> will, List<Subscription> subscriptions, Listener listener);

    /**
     * As {@link #open}, for a client that is there only for a while: it leaves no will, and the broker keeps nothing for
     * it while it is away. At most {@link #VISITOR_MESSAGES} messages arrive before one of them is acknowledged.
     */
    void visit(List<Subscription> subscriptions, Listener listener);

    /**
     * Publishes a message. Never blocks: a message that does not fit into the broker's window waits in a bounded
     * queue, {@link Lane#CONTROL} ahead of {@link Lane#BULK}.
     *
     * @return completes when the broker has acknowledged the message (QoS 1) or it was handed to the socket (QoS 0).
     *     Fails with a {@link LinkException} when the link is down or goes down, when the queue is full, and when the
     *     broker is busy; with a {@linkplain LinkException#isRefused() refused} one when sending again cannot help. A
     *     publish that fails because the connection is lost fails before {@link Listener#disconnected} is called
     */
    CompletableFuture<Void> publish(Message message, Lane lane);

    /** Whether there is a connection now. */
    boolean isUp();

    /**
     * The largest packet that is known to fit, in bytes as {@link Message#packetBytes()} counts them: the limit that
     * the broker announced, or one learned from its refusals.
     */
    default long maxPacket() {
        return Long.MAX_VALUE;
    }

    /** What {@code info} shows of the link: limits, refusals, and features that the broker lacks. */
    default Map<String, ?> describe() {
        return Map.of();
    }

    /**
     * Disconnects cleanly (the broker publishes no will) and connects again after {@code pause}. This yields to another
     * client with the same id. Never blocks. Without a connection it postpones the next one.
     */
    void holdOff(Duration pause);

    /**
     * Reads the files with the credentials again. If one has changed, disconnects cleanly and connects with it at once.
     * Without a connection, tries to connect at once. Blocks while the files are read.
     *
     * @return in words, what became of each file, and what follows. Why a file cannot be used is in the log; what was
     *     read of it before stays in force
     */
    default List<String> reread() {
        return List.of();
    }

    /** Ends the connection cleanly (the broker publishes no will), within 2 seconds. Idempotent. */
    @Override
    void close();

    /** Which messages go first when there is a queue. */
    enum Lane {
        /** Replies, statuses, events: they never wait behind output. */
        CONTROL,
        /** Output and other large amounts of data. */
        BULK
    }

    /**
     * A topic filter.
     *
     * @param retained whether the broker sends what is retained when it accepts the subscription (retain handling 0,
     *     otherwise 2). False for commands: a retained command is refused
     * @param essential whether the link stays down without it
     * @param topics what to subscribe to instead at a broker without wildcards; empty: there is no replacement
     */
    record Subscription(String filter, boolean retained, boolean essential, List<String> topics) {
        public Subscription {
            topics = List.copyOf(topics);
        }

        /** A subscription that is not essential and has no replacement. */
        public Subscription(String filter, boolean retained) {
            this(filter, retained, false, List.of());
        }
    }

    /** Receives what happens on the link. Called on the link's own thread, one call at a time: must not block. */
    interface Listener {
        /**
         * A connection is up, and the broker has accepted all essential subscriptions.
         *
         * @param sessionPresent false: the broker has no earlier session of this client, and may have lost retained
         *     messages as well
         */
        void connected(boolean sessionPresent);

        /**
         * An attempt to connect has failed; the link goes on trying.
         *
         * @param isRefused whether the broker refused this client's credentials
         */
        default void attemptFailed(URI broker, String reason, boolean isRefused) {}

        /**
         * The set of refused subscriptions has changed. The link keeps asking for them.
         *
         * @param refused filters, each with the reason in words; empty: all are accepted
         */
        default void subscriptionsRefused(Map<String, String> refused) {}

        /** The connection is lost. The link tries to connect again. */
        void disconnected(Loss loss);

        /** A message arrived. The link acknowledges it only at {@link Inbound#acknowledge()}. */
        void received(Inbound message);
    }

    /**
     * How a connection was lost.
     *
     * @param takenOver whether the broker said that another client with our id took the session
     */
    record Loss(String reason, boolean takenOver) {}

    /** A received message. Thread-safe. */
    interface Inbound {
        Message message();

        /** Acknowledges the message. Does nothing a second time, and after the connection is lost. */
        void acknowledge();
    }
}
