package io.efka.fleet;

import io.efka.fleet.session.FleetSession;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.mqtt.Message.Properties;
import io.efka.mqtt.MqttLink;
import io.efka.mqtt.VisitorLink;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A broker and the link to it in one, with the habits of a Mosquitto: at QoS 1 it has at most 16 messages on their way and
 * queues 1,000, at QoS 0 it sends until so many are not handled yet, and drops the rest of both without a word. Its time goes
 * on only when nothing is left to handle, so no test waits. Used by the test's thread.
 */
public final class FakeFleetBroker implements VisitorLink {
    private static final Duration STEP = Duration.ofMillis(20);
    private static final String TICK = "tick/of/the/clock";

    private final Map<String, byte[]> retained = new LinkedHashMap<>();
    private final Map<String, Integer> filters = new LinkedHashMap<>();
    private final Deque<Message> queue = new ArrayDeque<>();
    private final List<Message> published = new ArrayList<>();
    private final List<List<String>> subscribed = new ArrayList<>();
    private final PriorityQueue<Later> agenda =
            new PriorityQueue<>(Comparator.comparingLong(Later::at).thenComparingLong(Later::number));

    private int maxQueued = 1_000;
    private int maxUnhandled = Integer.MAX_VALUE;
    private Predicate<String> refusedPublish = topic -> false;
    private Predicate<String> refusedFilter = filter -> false;
    private Consumer<Message> taker = message -> {};
    private Optional<Listener> listener = Optional.empty();
    private boolean isUp;
    private boolean isReachable = true;
    private int connection;
    private int unhandled;
    private int inFlight;
    private long now;
    private long stalledUntil;
    private long number;
    private int dropped;

    private record Later(long at, long number, Runnable task) {}

    /** A session on this broker; connects when it is told to. */
    public FleetSession session() {
        return new FleetSession(this, "efka", "efka-cli-1", 1, this::now);
    }

    /** One that is connected. */
    public FleetSession connected() throws Exception {
        FleetSession session = session();
        session.connect(Duration.ofSeconds(1));
        return session;
    }

    /** Keeps this many messages for a client that is behind, and no more. */
    public FakeFleetBroker queueing(int messages) {
        maxQueued = messages;
        return this;
    }

    /** Sends at QoS 0 as long as fewer than these are not handled. */
    public FakeFleetBroker sendingAhead(int messages) {
        maxUnhandled = messages;
        return this;
    }

    public FakeFleetBroker refusingPublish(Predicate<String> topics) {
        refusedPublish = topics;
        return this;
    }

    public FakeFleetBroker refusingFilters(Predicate<String> which) {
        refusedFilter = which;
        return this;
    }

    /** Is given all that the client publishes. */
    public FakeFleetBroker taking(Consumer<Message> published) {
        taker = published;
        return this;
    }

    /** Publishes retained; an empty text removes what was. */
    public void retain(String topic, String text) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        if (payload.length == 0) retained.remove(topic);
        else retained.put(topic, payload);
        send(new Message(topic, payload, 1, false, Properties.NONE));
    }

    /** Somebody else publishes. */
    public void send(Message message) {
        if (!isUp) return;
        filters.entrySet().stream()
                .filter(one -> matches(one.getKey(), message.topic()))
                .mapToInt(Map.Entry::getValue)
                .max()
                .ifPresent(qos -> route(message, Math.min(qos, message.qos()), false));
    }

    /** Sends nothing for so long, and then all of it. */
    public void stall(Duration time) {
        stalledUntil = now + time.toNanos();
    }

    /** The device that a command is for answers it; to what wants no answer it says nothing. */
    public void reply(Message command, String text) {
        Optional<String> topic = command.properties().responseTopic();
        if (topic.isEmpty()) return;
        var properties = new Properties(
                Optional.empty(),
                Optional.empty(),
                command.properties().correlationData(),
                OptionalLong.empty(),
                List.of());
        send(new Message(topic.get(), text.getBytes(StandardCharsets.UTF_8), 1, false, properties));
    }

    /** Does something after some time. */
    public void after(Duration delay, Runnable task) {
        agenda.add(new Later(now + delay.toNanos(), number++, task));
    }

    /** Cuts the connection; a broker that is reachable is connected to again soon. */
    public void cut() {
        if (!isUp) return;
        isUp = false;
        connection++;
        filters.clear();
        queue.clear();
        inFlight = 0;
        listener.orElseThrow().disconnected(new Loss("cut by the test", false));
        if (isReachable) after(Duration.ofMillis(100), this::comeBack);
    }

    /** Whether a connection can be had. */
    public void setReachable(boolean is) {
        isReachable = is;
        if (!is) cut();
        else if (!isUp) after(Duration.ofMillis(100), this::comeBack);
    }

    private void comeBack() {
        if (isUp || !isReachable) return;
        isUp = true;
        listener.orElseThrow().connected(false);
    }

    /** What the client has published, but for its marks. */
    public List<Message> commands() {
        return published.stream()
                .filter(message -> !message.topic().endsWith("/cmd/mark"))
                .toList();
    }

    /** The filters of each subscribe. */
    public List<List<String>> subscribed() {
        return List.copyOf(subscribed);
    }

    public int dropped() {
        return dropped;
    }

    /** Monotonic nanoseconds. If nothing is left to handle, time goes on, and something is there to handle. */
    public long now() {
        if (unhandled > 0 || listener.isEmpty()) return now;
        now += STEP.toNanos();
        while (!agenda.isEmpty() && agenda.peek().at() <= now)
            agenda.remove().task().run();
        deliver(new Message(TICK, new byte[0], 0, false, Properties.NONE));
        return now;
    }

    private void route(Message message, int qos, boolean isRetained) {
        if (now < stalledUntil) {
            int on = connection;
            after(Duration.ofNanos(stalledUntil - now), () -> {
                if (on == connection) route(message, qos, isRetained);
            });
            return;
        }
        var sent = new Message(message.topic(), message.payload(), qos, isRetained, message.properties());
        if (qos == 0) {
            if (unhandled < maxUnhandled) deliver(sent);
            else dropped++;
        } else if (inFlight < VISITOR_MESSAGES) {
            inFlight++;
            deliver(sent);
        } else if (queue.size() < maxQueued) {
            queue.add(sent);
        } else {
            dropped++;
        }
    }

    private void deliver(Message message) {
        unhandled++;
        int on = connection;
        listener.orElseThrow().received(new Inbound() {
            private boolean isHandled;

            @Override
            public Message message() {
                return message;
            }

            @Override
            public void acknowledge() {
                if (isHandled) return;
                isHandled = true;
                unhandled--;
                if (message.qos() == 0 || on != connection) return;
                inFlight--;
                if (queue.isEmpty()) return;
                inFlight++;
                deliver(queue.remove());
            }
        });
    }

    /** Whether an MQTT filter matches a topic. */
    static boolean matches(String filter, String topic) {
        int plain = filter.indexOf('+');
        if (plain < 0) return filter.equals(topic);
        if (!topic.regionMatches(0, filter, 0, plain)) return false;
        String[] wanted = filter.split("/", -1);
        String[] levels = topic.split("/", -1);
        if (wanted.length != levels.length) return false;
        for (int i = 0; i < wanted.length; i++) {
            if (!wanted[i].equals("+") && !wanted[i].equals(levels[i])) return false;
        }
        return true;
    }

    @Override
    public CompletableFuture<Map<String, String>> subscribe(List<String> wanted, int qos, boolean isRetained) {
        if (!isUp) return CompletableFuture.failedFuture(new LinkException("the link is down"));
        subscribed.add(List.copyOf(wanted));
        var refused = new LinkedHashMap<String, String>();
        for (String filter : wanted) {
            if (refusedFilter.test(filter)) {
                refused.put(filter, "not authorised");
                continue;
            }
            filters.put(filter, qos);
            if (!isRetained) continue;
            retained.forEach((topic, payload) -> {
                if (matches(filter, topic)) {
                    route(new Message(topic, payload, 1, true, Properties.NONE), qos, true);
                }
            });
        }
        return CompletableFuture.completedFuture(refused);
    }

    @Override
    public CompletableFuture<Void> unsubscribe(List<String> ended) {
        if (!isUp) return CompletableFuture.failedFuture(new LinkException("the link is down"));
        ended.forEach(filters::remove);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> publish(Message message, MqttLink.Lane lane) {
        if (!isUp) return CompletableFuture.failedFuture(new LinkException("the link is down"));
        if (refusedPublish.test(message.topic())) {
            return CompletableFuture.failedFuture(LinkException.refused("not authorised"));
        }
        published.add(message);
        send(message);
        taker.accept(message);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void open(Supplier<Message> will, List<Subscription> subscriptions, Listener to) {
        throw new AssertionError("an operator's command is a visitor");
    }

    @Override
    public void visit(List<Subscription> subscriptions, Listener to) {
        listener = Optional.of(to);
        if (isReachable) comeBack();
    }

    @Override
    public boolean isUp() {
        return isUp;
    }

    @Override
    public void holdOff(Duration pause) {
        throw new AssertionError("an operator's command does not hold off");
    }

    @Override
    public void close() {
        isUp = false;
    }
}
