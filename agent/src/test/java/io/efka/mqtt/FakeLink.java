package io.efka.mqtt;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A link that goes where the test sends it: {@link #goUp}, {@link #goDown}, {@link #acknowledgeNext}, {@link #deliver}.
 * It acknowledges nothing by itself unless {@link #acknowledgeAtOnce} says so. Thread-safe; listener calls come on the
 * test's thread.
 */
public final class FakeLink implements MqttLink {
    private final List<Sent> published = new ArrayList<>();
    private Optional<Message> will = Optional.empty();
    private Optional<Listener> listener = Optional.empty();
    private List<Subscription> subscriptions = List.of();
    private Optional<Duration> heldOff = Optional.empty();
    private Optional<LinkException> nextFailure = Optional.empty();
    private boolean up;
    private boolean closed;
    private boolean prompt;
    private long maxPacket = Long.MAX_VALUE;

    /** One that is up already. */
    public static FakeLink connected() {
        var link = new FakeLink();
        link.goUp(false);
        return link;
    }

    @Override
    public synchronized void open(Supplier<Message> will, List<Subscription> subscriptions, Listener listener) {
        this.will = Optional.of(will.get());
        this.subscriptions = List.copyOf(subscriptions);
        this.listener = Optional.of(listener);
    }

    @Override
    public synchronized void visit(List<Subscription> subscriptions, Listener listener) {
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
        if (message.packetBytes() > maxPacket) {
            return CompletableFuture.failedFuture(LinkException.tooLarge("the broker takes " + maxPacket + " bytes"));
        }
        var sent = new Sent(message, lane, new CompletableFuture<>());
        published.add(sent);
        if (prompt) sent.acknowledge();
        return sent.done();
    }

    @Override
    public synchronized boolean isUp() {
        return up;
    }

    @Override
    public synchronized long maxPacket() {
        return maxPacket;
    }

    /** From now on larger packets are refused. */
    public synchronized void limit(long bytes) {
        maxPacket = bytes;
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
        List<Sent> waiting = unacknowledged();
        if (waiting.isEmpty()) throw new AssertionError("nothing waits for an acknowledgement");
        waiting.get(0).acknowledge();
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

    /** What was published until now is of no interest any more. */
    public synchronized void forget() {
        published.clear();
    }

    /** What was published last. */
    public synchronized Sent last() {
        return published.get(published.size() - 1);
    }

    public int unacknowledgedCount() {
        return unacknowledged().size();
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
        unacknowledged().forEach(Sent::fail);
    }

    private List<Sent> unacknowledged() {
        return published().stream().filter(sent -> !sent.done().isDone()).toList();
    }

    /**
     * One publish.
     *
     * @param done what the publisher was given
     */
    public record Sent(Message message, Lane lane, CompletableFuture<Void> done) {
        public String topic() {
            return message.topic();
        }

        public String text() {
            return new String(message.payload(), StandardCharsets.UTF_8);
        }

        public void acknowledge() {
            done.complete(null);
        }

        public void fail() {
            fail(new LinkException("connection lost"));
        }

        public void fail(LinkException problem) {
            done.completeExceptionally(problem);
        }
    }

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
