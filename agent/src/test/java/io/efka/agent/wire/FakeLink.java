package io.efka.agent.wire;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A link that goes where the test sends it: {@link #goUp}, {@link #goDown}, {@link #acknowledgeNext}, {@link #deliver}.
 * It acknowledges nothing by itself unless {@link #acknowledgeAtOnce} says so. Thread-safe; listener calls come on the
 * test's thread.
 */
public final class FakeLink implements MqttLink {
    private final List<Sent> published = new ArrayList<>();
    private final Map<Sent, CompletableFuture<Void>> unacknowledged = new LinkedHashMap<>();
    private Optional<Message> will = Optional.empty();
    private Optional<Listener> listener = Optional.empty();
    private List<Subscription> subscriptions = List.of();
    private Optional<Duration> heldOff = Optional.empty();
    private Optional<LinkException> nextFailure = Optional.empty();
    private boolean up;
    private boolean closed;
    private boolean prompt;

    @Override
    public synchronized void open(Message will, List<Subscription> subscriptions, Listener listener) {
        this.will = Optional.of(will);
        this.subscriptions = List.copyOf(subscriptions);
        this.listener = Optional.of(listener);
    }

    @Override
    public synchronized CompletableFuture<Void> publish(Message message, Lane lane) {
        if (!up) return CompletableFuture.failedFuture(new LinkException("link is down"));
        if (nextFailure.isPresent()) {
            var failed = CompletableFuture.<Void>failedFuture(nextFailure.get());
            nextFailure = Optional.empty();
            return failed;
        }
        var sent = new Sent(message, lane, published.size());
        published.add(sent);
        if (prompt) return CompletableFuture.completedFuture(null);
        var done = new CompletableFuture<Void>();
        unacknowledged.put(sent, done);
        return done;
    }

    @Override
    public synchronized boolean isUp() {
        return up;
    }

    @Override
    public synchronized void holdOff(Duration pause) {
        heldOff = Optional.of(pause);
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            up = false;
        }
        failUnacknowledged();
    }

    /** Connects; tells the listener, if {@link #open} was called. */
    public void goUp(boolean sessionPresent) {
        synchronized (this) {
            up = true;
        }
        listener.ifPresent(l -> l.connected(sessionPresent));
    }

    /** Loses the connection: what was not acknowledged fails, then the listener hears of it. */
    public void goDown(Loss loss) {
        synchronized (this) {
            up = false;
        }
        failUnacknowledged();
        listener.ifPresent(l -> l.disconnected(loss));
    }

    /** As {@link #goDown(Loss)}, for a plain reason. */
    public void goDown() {
        goDown(new Loss("connection reset", false));
    }

    /** From now on everything published is acknowledged at once. */
    public synchronized void acknowledgeAtOnce() {
        prompt = true;
    }

    /** Acknowledges the oldest publish that is not; fails the test if there is none. */
    public void acknowledgeNext() {
        CompletableFuture<Void> done;
        synchronized (this) {
            var oldest = unacknowledged.entrySet().iterator();
            if (!oldest.hasNext()) throw new AssertionError("nothing waits for an acknowledgement");
            done = oldest.next().getValue();
            oldest.remove();
        }
        done.complete(null);
    }

    /** Acknowledges all that was published until now, and what is published because of it. */
    public void acknowledgeAll() {
        while (unacknowledgedCount() > 0) acknowledgeNext();
    }

    /** The next publish fails at once, with the link still up. */
    public synchronized void failNext(LinkException failure) {
        nextFailure = Optional.of(failure);
    }

    /** Delivers a message as the broker would; the result knows whether it was acknowledged. */
    public Delivery deliver(Message message) {
        var delivery = new Delivery(message);
        listener.orElseThrow(() -> new AssertionError("the link was not opened"))
                .received(delivery);
        return delivery;
    }

    /** All that was published, in order. */
    public synchronized List<Sent> published() {
        return List.copyOf(published);
    }

    /** The messages published on a topic, in order. */
    public List<Message> publishedOn(String topic) {
        return published().stream()
                .map(Sent::message)
                .filter(m -> m.topic().equals(topic))
                .toList();
    }

    public synchronized int unacknowledgedCount() {
        return unacknowledged.size();
    }

    public synchronized Optional<Message> will() {
        return will;
    }

    public synchronized List<Subscription> subscriptions() {
        return subscriptions;
    }

    public synchronized Optional<Duration> heldOff() {
        return heldOff;
    }

    public synchronized boolean isClosed() {
        return closed;
    }

    private void failUnacknowledged() {
        List<CompletableFuture<Void>> lost;
        synchronized (this) {
            lost = List.copyOf(unacknowledged.values());
            unacknowledged.clear();
        }
        lost.forEach(done -> done.completeExceptionally(new LinkException("connection lost")));
    }

    /**
     * One publish.
     *
     * @param number counted from 0, so that equal messages differ
     */
    public record Sent(Message message, Lane lane, int number) {}

    /** One delivered message. */
    public static final class Delivery implements Inbound {
        private final Message message;
        private volatile boolean acknowledged;

        private Delivery(Message message) {
            this.message = message;
        }

        @Override
        public Message message() {
            return message;
        }

        @Override
        public void acknowledge() {
            acknowledged = true;
        }

        public boolean isAcknowledged() {
            return acknowledged;
        }
    }
}
