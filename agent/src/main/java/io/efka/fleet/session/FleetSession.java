package io.efka.fleet.session;

import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.mqtt.VisitorLink;
import io.efka.threads.ExitCode;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The connection of one command to the broker. Used by one thread, that of the command, which handles all messages within
 * {@link #await}; only {@link #post} and {@link #interrupt} may be called from another. The broker sends at most
 * {@link MqttLink#VISITOR_MESSAGES} messages before one of them is handled.
 */
public final class FleetSession implements AutoCloseable {
    private final VisitorLink link;
    private final String prefix;
    private final String name;
    private final int brokers;
    private final LongSupplier clock;
    private final Marks marks;

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final Set<URI> failed = new HashSet<>();
    private Optional<FleetException> problem = Optional.empty();
    private boolean isConnected;
    private boolean isLasting;
    private int connections;
    private boolean isRecoveryDue;
    private boolean isRecovering;
    private final AtomicInteger interrupts = new AtomicInteger();

    /** Hears of what happens, on the command's thread. */
    public interface Listener {
        /** A message came; it is acknowledged afterwards. Most are for somebody else. */
        void received(Message message) throws FleetException;

        /**
         * The connection is up again after a loss, without any of its subscriptions. The first connection is not
         * reported. If it is lost meanwhile, what is asked of the broker fails, and this is called again at the next
         * one.
         */
        default void reconnected() throws FleetException, InterruptedException {}

        /** The connection is lost, and tried again: only in a session that {@linkplain #outlivesLosses outlives} it. */
        default void lost(String reason) {}
    }

    private interface Event {
        void handle() throws FleetException, InterruptedException;
    }

    /**
     * Not connected yet.
     *
     * @param name the client id, which no other client has; a legal topic level
     * @param brokers how many brokers the link tries in turn
     * @param clock monotonic nanoseconds
     */
    public FleetSession(VisitorLink link, String prefix, String name, int brokers, LongSupplier clock) {
        this.link = link;
        this.prefix = prefix;
        this.name = name;
        this.brokers = brokers;
        this.clock = clock;
        this.marks = new Marks(this);
        listen(marks); // the first: whoever reads again after a loss needs them
    }

    /** The first levels of all topics of the fleet. */
    public String prefix() {
        return prefix;
    }

    /** The client id. */
    public String name() {
        return name;
    }

    /** Monotonic nanoseconds. */
    public long now() {
        return clock.getAsLong();
    }

    /** Tell when what was asked for has come. */
    public Marks marks() {
        return marks;
    }

    /** From now on this listener hears of all that happens. */
    public void listen(Listener listener) {
        listeners.add(listener);
    }

    /** A lost connection no longer ends the command: it goes on when the broker is back. */
    public void outlivesLosses() {
        isLasting = true;
    }

    /** Whether the command goes on after a lost connection. */
    public boolean isLasting() {
        return isLasting;
    }

    /**
     * Connects.
     *
     * @throws FleetException when every broker has failed once, or none has answered within {@code patience}
     */
    public void connect(Duration patience) throws FleetException, InterruptedException {
        link.visit(List.of(), new LinkEvents());
        if (!await(() -> isConnected, patience)) {
            if (isInterrupted()) throw interrupted();
            throw new FleetException(
                    ExitCode.UNAVAILABLE, "no broker has answered within " + patience.toSeconds() + " s");
        }
    }

    /** Whether there is a connection now. */
    public boolean isConnected() {
        return isConnected;
    }

    /**
     * Handles what comes until {@code done}.
     *
     * @param done asked after each event
     * @return false: the limit is over, or the operator has interrupted the command
     * @throws FleetException when a listener cannot go on, or the connection is lost for good
     */
    public boolean await(BooleanSupplier done, Duration limit) throws FleetException, InterruptedException {
        long end = clock.getAsLong() + limit.toNanos();
        while (!done.getAsBoolean()) {
            long left = end - clock.getAsLong();
            if (left <= 0 || isInterrupted()) return false;
            Event event = events.poll(left, TimeUnit.NANOSECONDS);
            if (event == null) continue;
            event.handle();
            if (problem.isPresent()) throw problem.get();
            if (!isRecovering) recover();
        }
        return true;
    }

    /** Tells the listeners of a new connection, and again as long as it is lost while they set themselves up. */
    private void recover() throws FleetException, InterruptedException {
        isRecovering = true;
        try {
            while (isRecoveryDue && isConnected) {
                isRecoveryDue = false;
                tellOfConnection();
            }
        } finally {
            isRecovering = false;
        }
    }

    private void tellOfConnection() throws FleetException, InterruptedException {
        try {
            for (Listener listener : listeners) listener.reconnected();
        } catch (LostConnectionException e) {
            // They are told again at the next connection. Until its loss is reported, nothing else is tried.
            isRecoveryDue |= isConnected && !await(() -> !isConnected, RETRY);
        }
    }

    /** Runs a task within {@link #await}, after what has come before it. From any thread; does not wait. */
    public void post(Runnable task) {
        events.add(task::run);
    }

    /** Ends the present {@link #await} and all later ones. From any thread. */
    public void interrupt() {
        interrupts.incrementAndGet();
        events.add(() -> {});
    }

    /** Whether the operator has interrupted the command. */
    public boolean isInterrupted() {
        return interrupts.get() > 0;
    }

    /**
     * Subscribes, and handles what comes meanwhile.
     *
     * @param retained whether what is retained is sent as well
     * @throws FleetException when the broker refuses a filter, or does not answer
     */
    public void subscribe(List<String> filters, int qos, boolean retained) throws FleetException, InterruptedException {
        if (filters.isEmpty()) return;
        Map<String, String> refused = answer(() -> link.subscribe(filters, qos, retained), "a subscription");
        for (Map.Entry<String, String> one : refused.entrySet()) {
            throw new FleetException(
                    ExitCode.NOT_ALLOWED,
                    "the broker refuses the subscription to " + one.getKey() + ": " + one.getValue());
        }
    }

    /** Ends subscriptions, and handles what comes meanwhile. */
    public void unsubscribe(List<String> filters) throws FleetException, InterruptedException {
        if (!filters.isEmpty()) answer(() -> link.unsubscribe(filters), "the end of a subscription");
    }

    /**
     * Publishes, without waiting for the broker.
     *
     * @return completes when the broker has it; use it within {@link #await} only
     */
    public CompletableFuture<Void> publish(Message message) {
        CompletableFuture<Void> sent = link.publish(message, MqttLink.Lane.CONTROL);
        sent.whenComplete((done, refusal) -> events.add(() -> {}));
        return sent;
    }

    /**
     * Publishes, and handles what comes until the broker has the message.
     *
     * @throws FleetException when the broker refuses it
     */
    public void deliver(Message message) throws FleetException, InterruptedException {
        answer(() -> link.publish(message, MqttLink.Lane.CONTROL), "a message on " + message.topic());
    }

    /** The largest packet that is known to fit, in bytes. */
    public long maxPacket() {
        return link.maxPacket();
    }

    /** What the broker has granted; see {@link VisitorLink#granted}. */
    public Map<String, Long> granted() {
        return link.granted();
    }

    private static final Duration ANSWER = Duration.ofSeconds(30);

    /** What failed is tried again after this time, if no new connection is reported before. */
    private static final Duration RETRY = Duration.ofSeconds(1);

    private <T> T answer(Supplier<CompletableFuture<T>> request, String what)
            throws FleetException, InterruptedException {
        while (true) {
            int asked = connections;
            try {
                return answerOnce(request, what);
            } catch (LostConnectionException e) {
                if (isRecovering) throw e;
                if (!isLasting) await(() -> !isConnected, RETRY); // ends the command, with the reason
                if (!isLasting) throw e;
                await(() -> connections > asked && isConnected, RETRY);
            }
        }
    }

    private <T> T answerOnce(Supplier<CompletableFuture<T>> request, String what)
            throws FleetException, InterruptedException {
        if (isInterrupted()) throw interrupted();
        CompletableFuture<T> answer = request.get();
        answer.whenComplete((done, refusal) -> events.add(() -> {}));
        if (!await(answer::isDone, ANSWER)) {
            if (isInterrupted()) throw interrupted();
            throw new LostConnectionException(
                    "the broker has not answered " + what + " within " + ANSWER.toSeconds() + " s");
        }
        return SettledAnswer.of(answer, what);
    }

    private static FleetException interrupted() {
        return new FleetException(ExitCode.INTERRUPTED, "interrupted");
    }

    @Override
    public void close() {
        link.close();
    }

    /** What the link says, put into the queue. */
    private final class LinkEvents implements MqttLink.Listener {
        private boolean wasConnected;

        @Override
        public void connected(boolean sessionPresent) {
            events.add(() -> {
                isConnected = true;
                connections++;
                isRecoveryDue = wasConnected;
                wasConnected = true;
            });
        }

        @Override
        public void disconnected(MqttLink.Loss loss) {
            events.add(() -> {
                isConnected = false;
                if (loss.takenOver()) {
                    fail(ExitCode.BUSY, "another client with the id " + name + " has taken the connection");
                } else if (!isLasting) {
                    fail(ExitCode.UNAVAILABLE, "the connection to the broker was lost: " + loss.reason());
                } else {
                    for (Listener listener : listeners) listener.lost(loss.reason());
                }
            });
        }

        @Override
        public void attemptFailed(URI broker, String reason, boolean isRefused) {
            events.add(() -> {
                failed.add(broker);
                boolean isLast = failed.size() >= brokers;
                if (!wasConnected && isLast) {
                    fail(
                            isRefused ? ExitCode.NOT_ALLOWED : ExitCode.UNAVAILABLE,
                            "no connection to " + broker + ": " + reason);
                }
            });
        }

        private void fail(ExitCode code, String message) {
            if (problem.isEmpty()) problem = Optional.of(new FleetException(code, message));
        }

        @Override
        public void received(MqttLink.Inbound message) {
            events.add(() -> {
                try {
                    for (Listener listener : listeners) listener.received(message.message());
                } finally {
                    message.acknowledge();
                }
            });
        }
    }
}
