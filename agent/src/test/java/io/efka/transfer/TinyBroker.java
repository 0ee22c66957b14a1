package io.efka.transfer;

import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A broker within the test: passes messages on to links in order, on a thread of its own, and keeps what is retained. It
 * keeps no session. Thread-safe.
 */
public final class TinyBroker implements AutoCloseable {
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final List<Link> links = new CopyOnWriteArrayList<>();
    private final Map<String, Message> retained = new LinkedHashMap<>();
    private final List<Message> published = new CopyOnWriteArrayList<>();
    private volatile Predicate<Message> dropped = message -> false;
    private volatile Predicate<Message> refused = message -> false;

    /** A new link, which is up once it is opened. */
    public Link link() {
        return new Link();
    }

    /** From now on these reach nobody, though they are acknowledged. */
    public void drop(Predicate<Message> which) {
        dropped = which;
    }

    /** From now on these are refused: whoever publishes them may not. */
    public void refuse(Predicate<Message> which) {
        refused = which;
    }

    /** Everything that was published. */
    public List<Message> published() {
        return List.copyOf(published);
    }

    /** Links that are open. */
    public int clients() {
        return links.size();
    }

    public void publish(Message message) {
        thread.execute(() -> passOn(message));
    }

    private void passOn(Message message) {
        published.add(message);
        if (message.retain()) retained.put(message.topic(), message);
        if (dropped.test(message)) return;
        links.forEach(link -> link.receive(message));
    }

    private static boolean matches(String filter, String topic) {
        String expression = filter.replace("+", "[^/]+").replace("#", ".*");
        return topic.matches(expression);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    /** One client. */
    public final class Link implements MqttLink {
        private volatile List<Subscription> subscriptions = List.of();
        private volatile Optional<Listener> listener = Optional.empty();
        private volatile boolean up;
        private final AtomicInteger unacknowledged = new AtomicInteger();

        @Override
        public void open(Supplier<Message> will, List<Subscription> filters, Listener to) {
            visit(filters, to);
        }

        @Override
        public void visit(List<Subscription> filters, Listener to) {
            subscriptions = List.copyOf(filters);
            listener = Optional.of(to);
            links.add(this);
            thread.execute(() -> {
                up = true;
                to.connected(false);
                new ArrayList<>(retained.values()).forEach(this::receive);
            });
        }

        /** Loses the connection and gets a new one. */
        public void reconnect() {
            thread.execute(() -> listener.ifPresent(to -> {
                to.disconnected(new Loss("cut", false));
                to.connected(false);
            }));
        }

        private void receive(Message message) {
            if (subscriptions.stream().noneMatch(one -> matches(one.filter(), message.topic()))) return;
            unacknowledged.incrementAndGet();
            listener.orElseThrow().received(new Inbound() {
                @Override
                public Message message() {
                    return message;
                }

                @Override
                public void acknowledge() {
                    unacknowledged.decrementAndGet();
                }
            });
        }

        public int unacknowledged() {
            return unacknowledged.get();
        }

        @Override
        public CompletableFuture<Void> publish(Message message, Lane lane) {
            if (refused.test(message)) return CompletableFuture.failedFuture(LinkException.refused("not authorized"));
            if (!up) return CompletableFuture.failedFuture(new LinkException("not connected"));
            var done = new CompletableFuture<Void>();
            thread.execute(() -> {
                passOn(message);
                done.complete(null);
            });
            return done;
        }

        @Override
        public boolean isUp() {
            return up;
        }

        @Override
        public void holdOff(Duration pause) {}

        @Override
        public void close() {
            up = false;
            links.remove(this);
        }
    }
}
