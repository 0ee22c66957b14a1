package io.efka.agent.telemetry;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import io.efka.agent.supervision.StatusListener;
import io.efka.agent.telemetry.DataStream.Item;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.Topics;
import io.efka.threads.FatalErrors;
import io.efka.threads.Timers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what services say of themselves ({@code …/svc/{service}/data/{name}}): at least once, each service's in
 * order, round robin over services. What waits is bounded; beyond that the oldest of whoever has most goes, is counted
 * and announced. Thread-safe; never blocks, and holds no lock while it calls out.
 */
@SuppressWarnings(
        "GuardedBy") // what is decided in after() runs under the lock, which the check does not see in a lambda
public final class DataPublisher implements StatusListener {
    /** What may wait of one service, and of all together: minutes offline of a fleet of sensors, on a small heap. */
    static final int MAX_MESSAGES = 10_000;

    static final long MAX_BYTES = 8L << 20;

    /** A broker that takes nothing for so long is as good as none: nobody is held back for its sake. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Names that one service may retain: each is a topic that the agent has to remember. */
    static final int MAX_RETAINED = 1_000;

    // What the link sends at once anyway; more would only wait there.
    private static final int WINDOW = 32;
    private static final int ALL_WINDOWS = 256;
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** Of one message, at a broker that is busy: with waits that double to a minute, about five minutes. */
    private static final int MAX_ATTEMPTS = 10;

    private final Topics topics;
    private final MqttLink link;
    private final Timers timers;
    private final Events events;
    private final RetainedNames names;

    @GuardedBy("this") private final Map<ServiceId, DataStream> streams = new LinkedHashMap<>();

    @GuardedBy("this") private final DataStream.Backlog backlog = new DataStream.Backlog();

    @GuardedBy("this") private final Set<DataStream> ready = new LinkedHashSet<>();

    @GuardedBy("this") private boolean online;

    @GuardedBy("this") private int underWay;

    @GuardedBy("this") private long published;

    @GuardedBy("this") private long dropped;

    @GuardedBy("this") private boolean announcing;

    @GuardedBy("this") private long takenAt;

    public DataPublisher(Topics topics, MqttLink link, Timers timers, Events events, RetainedNames names) {
        this.topics = topics;
        this.link = link;
        this.timers = timers;
        this.events = events;
        this.names = names;
    }

    /** Clears what removed services have left at the broker. Called once, before anything is published. */
    public void begin(Set<ServiceId> installed) {
        names.load().forEach((service, retained) -> {
            synchronized (this) {
                streams.put(service, new DataStream(service, retained, backlog));
            }
            if (!installed.contains(service)) removed(service);
        });
    }

    /**
     * Publishes a value: a string as its characters, {@code null} as nothing, anything else as JSON.
     *
     * @param name legal as a topic level
     * @return whether more of that service is welcome at once; if not, {@link #canAccept} says when
     */
    public boolean publish(ServiceId service, String name, JsonElement value, boolean retain) {
        return after(actions -> {
            DataStream stream = stream(service);
            boolean isNew = retain && !stream.retains(name);
            if (isNew && stream.retainedCount() >= MAX_RETAINED) {
                stream.countDropped();
                dropped++;
                announceSoon(actions);
                return true;
            }
            stream.add(new Item(name, message(service, name, value, retain)));
            if (isNew) save(stream, actions);
            makeRoom(stream, actions);
            ready.add(stream);
            if (underWay == 0) takenAt = now();
            pump(actions);
            return !isHeldBack(stream);
        });
    }

    /** Whether more of that service is welcome: while the broker takes what it can, nothing has to be dropped. */
    public synchronized boolean canAccept(ServiceId service) {
        DataStream stream = streams.get(service);
        return stream == null || !isHeldBack(stream);
    }

    private boolean isHeldBack(DataStream stream) {
        return online && stream.isCrowded() && now() - takenAt < PATIENCE.toNanos();
    }

    private long now() {
        return timers.nanos();
    }

    @Override
    public void changed(ServiceStatus status) {}

    /** Clears what the service has retained, after its last values are published. */
    @Override
    public void removed(ServiceId service) {
        after(actions -> {
            DataStream stream = streams.get(service);
            if (stream == null) return true;
            for (String name : stream.retained()) {
                stream.add(new Item(
                        name, new Message(topic(service, name), new byte[0], 1, true, Message.Properties.NONE)));
            }
            ready.add(stream);
            pump(actions);
            forgetIfDone(stream);
            return true;
        });
    }

    /** This agent speaks for the device: what waited goes out. */
    public void online() {
        after(actions -> {
            online = true;
            takenAt = now();
            for (DataStream stream : streams.values()) {
                stream.delay.reset();
                stream.wake();
            }
            ready.addAll(streams.values());
            pump(actions);
            announceSoon(actions);
            return true;
        });
    }

    public synchronized void offline() {
        online = false;
    }

    /** How many messages were published, wait, and were dropped; for {@code info}. */
    public synchronized Map<String, Long> counts() {
        long waiting = streams.values().stream().mapToLong(DataStream::waiting).sum();
        return Map.of("published", published, "waiting", waiting, "dropped", dropped);
    }

    private interface Locked {
        boolean apply(List<Runnable> actions);
    }

    /** Decides under the lock, then does what it was decided to do. */
    private boolean after(Locked decision) {
        var actions = new ArrayList<Runnable>();
        boolean result;
        synchronized (this) {
            result = decision.apply(actions);
        }
        actions.forEach(Runnable::run);
        return result;
    }

    private DataStream stream(ServiceId service) {
        return streams.computeIfAbsent(service, id -> new DataStream(id, Set.of(), backlog));
    }

    /** The link is asked under the lock, for the order's sake: it never blocks, and never calls back from there. */
    private void pump(List<Runnable> actions) {
        while (online && underWay < ALL_WINDOWS && !ready.isEmpty()) {
            DataStream stream = ready.iterator().next();
            ready.remove(stream);
            Optional<Item> item = stream.next(WINDOW);
            if (item.isEmpty()) continue;
            underWay++;
            ready.add(stream);
            CompletableFuture<Void> sent = link.publish(item.get().message, MqttLink.Lane.BULK);
            if (sent.isCompletedExceptionally()) online = online && link.isUp();
            actions.add(
                    () -> sent.whenComplete(FatalErrors.top((none, problem) -> settle(stream, item.get(), problem))));
        }
    }

    private void settle(DataStream stream, Item item, @Nullable Throwable problem) {
        after(actions -> {
            underWay--;
            boolean isGivenUp = problem != null && isGivenUp(item, LinkException.kindOf(problem));
            if (isGivenUp) {
                stream.countDropped();
                dropped++;
                announceSoon(actions);
            }
            if (problem == null) {
                published++;
                takenAt = now();
                stream.delay.reset();
            }
            boolean regrouped;
            if (problem == null || isGivenUp) {
                if (stream.settled(item)) save(stream, actions);
                regrouped = stream.regroup();
            } else {
                regrouped = stream.failed(item);
            }
            if (regrouped) retryLater(stream, actions);
            else ready.add(stream);
            pump(actions);
            forgetIfDone(stream);
            return true;
        });
    }

    private static boolean isGivenUp(Item item, LinkException.Kind kind) {
        return switch (kind) {
            case LOST -> false;
            case BUSY -> item.countAttempt() >= MAX_ATTEMPTS;
            case TOO_LARGE, REFUSED, POISON -> true;
        };
    }

    private void retryLater(DataStream stream, List<Runnable> actions) {
        Duration wait = stream.delay.next();
        stream.rest();
        actions.add(() -> timers.schedule(wait, () -> retry(stream)));
    }

    /** For failures that no new connection follows, as when the link's queue was full for a moment. */
    private void retry(DataStream stream) {
        after(actions -> {
            stream.wake();
            ready.add(stream);
            pump(actions);
            return true;
        });
    }

    private void makeRoom(DataStream newest, List<Runnable> actions) {
        while (newest.waiting() > MAX_MESSAGES) drop(newest, actions);
        while (backlog.bytes() > MAX_BYTES) {
            DataStream fattest = streams.values().stream()
                    .max(Comparator.comparingLong(DataStream::waitingBytes))
                    .orElse(newest);
            drop(fattest, actions);
        }
    }

    private void drop(DataStream stream, List<Runnable> actions) {
        stream.dropOldest();
        dropped++;
        announceSoon(actions);
    }

    /** At most once a second, and only while somebody can hear it. */
    private void announceSoon(List<Runnable> actions) {
        if (announcing || !online || streams.values().stream().noneMatch(DataStream::hasDropped)) return;
        announcing = true;
        actions.add(() -> timers.schedule(RETRY, this::announce));
    }

    private void announce() {
        after(actions -> {
            announcing = false;
            for (DataStream stream : streams.values()) {
                long count = stream.takeDropped();
                if (count == 0) continue;
                actions.add(() -> events.service(stream.service, "data_dropped", Map.of("count", count)));
            }
            return true;
        });
    }

    private void save(DataStream stream, List<Runnable> actions) {
        Set<String> retained = stream.retained();
        actions.add(() -> names.saveSoon(stream.service, retained));
    }

    private void forgetIfDone(DataStream stream) {
        if (!stream.isIdle() || stream.retainedCount() > 0 || stream.hasDropped()) return;
        streams.remove(stream.service, stream);
        ready.remove(stream);
    }

    private Message message(ServiceId service, String name, JsonElement value, boolean retain) {
        boolean isText = value instanceof JsonPrimitive primitive && primitive.isString();
        String text = text(value);
        Optional<String> type = Optional.of(isText ? "text/plain" : "application/json");
        var properties =
                new Message.Properties(type, Optional.empty(), Optional.empty(), OptionalLong.empty(), List.of());
        return new Message(topic(service, name), text.getBytes(StandardCharsets.UTF_8), 1, retain, properties);
    }

    private static String text(JsonElement value) {
        if (value.isJsonNull()) return "";
        // A number or a truth value is its own JSON; having it written costs 2 KB of garbage each time.
        return value.isJsonPrimitive() ? value.getAsString() : value.toString();
    }

    private String topic(ServiceId service, String name) {
        return topics.service(service, "data/" + name);
    }
}
