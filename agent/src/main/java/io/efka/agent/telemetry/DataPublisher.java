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
 * Publishes the data that services send over their channels ({@code …/svc/{service}/data/{name}}): at least once, in
 * order for each service, and round robin over services. The waiting messages are bounded. Beyond that the service with
 * the most waiting bytes loses its oldest message, which is counted and announced. Thread-safe; never blocks.
 */
@SuppressWarnings(
        "GuardedBy") // decisions passed to after() run under the lock, which the check does not see in a lambda
public final class DataPublisher implements StatusListener {
    /** Messages of one service that may wait: some minutes offline, on a small heap. */
    static final int MAX_MESSAGES = 10_000;

    /** Bytes of all services together that may wait. */
    static final long MAX_BYTES = 8L << 20;

    /** A broker that accepts nothing for this long counts as away: no service is held back for it. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Names that one service may retain: the agent has to remember each of these topics. */
    static final int MAX_RETAINED = 1_000;

    // Messages in flight: of one service, and of all. More would only wait in the link.
    private static final int WINDOW = 32;
    private static final int ALL_WINDOWS = 256;
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** Attempts for one message at a busy broker: about five minutes, with waits that double up to a minute. */
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

    @GuardedBy("this") private int inFlight;

    @GuardedBy("this") private long published;

    @GuardedBy("this") private long dropped;

    @GuardedBy("this") private boolean announcing;

    @GuardedBy("this") private long acceptedAt;

    /** @param names stores the retained names, so that a later start of the agent can clear them */
    public DataPublisher(Topics topics, MqttLink link, Timers timers, Events events, RetainedNames names) {
        this.topics = topics;
        this.link = link;
        this.timers = timers;
        this.events = events;
        this.names = names;
    }

    /** Clears what removed services have left retained. Called once, before anything is published. */
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
     * @param name a legal topic level
     * @return whether the service may send more at once; if not, {@link #canAccept} says when
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
            if (inFlight == 0) acceptedAt = now();
            pump(actions);
            return !isHeldBack(stream);
        });
    }

    /** Whether the service may send more. Holding services back avoids dropping while the broker accepts messages. */
    public synchronized boolean canAccept(ServiceId service) {
        DataStream stream = streams.get(service);
        return stream == null || !isHeldBack(stream);
    }

    private boolean isHeldBack(DataStream stream) {
        return online && stream.isCrowded() && now() - acceptedAt < PATIENCE.toNanos();
    }

    private long now() {
        return timers.nanos();
    }

    @Override
    public void changed(ServiceStatus status) {}

    /** Clears what the service has retained, after publishing its last values. */
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

    /** This agent speaks for the device: publishes what waits. */
    public void online() {
        after(actions -> {
            online = true;
            acceptedAt = now();
            for (DataStream stream : streams.values()) {
                stream.delay.reset();
                stream.resume();
            }
            ready.addAll(streams.values());
            pump(actions);
            announceSoon(actions);
            return true;
        });
    }

    /** Publishes nothing from now on. */
    public synchronized void offline() {
        online = false;
    }

    /** How many messages were published, are waiting, and were dropped; for {@code info}. */
    public synchronized Map<String, Long> counts() {
        long waiting = streams.values().stream().mapToLong(DataStream::waiting).sum();
        return Map.of("published", published, "waiting", waiting, "dropped", dropped);
    }

    /** The topics that have, or will have, a retained value. */
    public synchronized List<String> topics() {
        return streams.entrySet().stream()
                .flatMap(one -> one.getValue().retained().stream().map(name -> topic(one.getKey(), name)))
                .toList();
    }

    private interface Locked {
        boolean apply(List<Runnable> actions);
    }

    /** Runs the decision under the lock, then its actions without it. */
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

    /** Publishes under the lock to keep the order. The link never blocks and never calls back from there. */
    private void pump(List<Runnable> actions) {
        while (online && inFlight < ALL_WINDOWS && !ready.isEmpty()) {
            DataStream stream = ready.iterator().next();
            ready.remove(stream);
            Optional<Item> item = stream.next(WINDOW);
            if (item.isEmpty()) continue;
            inFlight++;
            ready.add(stream);
            CompletableFuture<Void> sent = link.publish(item.get().message, MqttLink.Lane.BULK);
            if (sent.isCompletedExceptionally()) online = online && link.isUp();
            actions.add(
                    () -> sent.whenComplete(FatalErrors.top((none, problem) -> settle(stream, item.get(), problem))));
        }
    }

    private void settle(DataStream stream, Item item, @Nullable Throwable problem) {
        after(actions -> {
            inFlight--;
            boolean isGivenUp = problem != null && isGivenUp(item, LinkException.kindOf(problem));
            if (isGivenUp) {
                stream.countDropped();
                dropped++;
                announceSoon(actions);
            }
            if (problem == null) {
                published++;
                acceptedAt = now();
                stream.delay.reset();
            }
            boolean requeued;
            if (problem == null || isGivenUp) {
                if (stream.settled(item)) save(stream, actions);
                requeued = stream.requeue();
            } else {
                requeued = stream.failed(item);
            }
            if (requeued) retryLater(stream, actions);
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
        stream.pause();
        actions.add(() -> timers.schedule(wait, () -> retry(stream)));
    }

    /** After a failure without a new connection, such as a full queue of the link. */
    private void retry(DataStream stream) {
        after(actions -> {
            stream.resume();
            ready.add(stream);
            pump(actions);
            return true;
        });
    }

    private void makeRoom(DataStream newest, List<Runnable> actions) {
        while (newest.waiting() > MAX_MESSAGES) drop(newest, actions);
        while (backlog.bytes() > MAX_BYTES) {
            DataStream largest = streams.values().stream()
                    .max(Comparator.comparingLong(DataStream::waitingBytes))
                    .orElse(newest);
            drop(largest, actions);
        }
    }

    private void drop(DataStream stream, List<Runnable> actions) {
        stream.dropOldest();
        dropped++;
        announceSoon(actions);
    }

    /** Announces dropped messages at most once a second, and only while online. */
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
        // A number or boolean is its own JSON; writing it with Gson costs 2 KB of garbage each time.
        return value.isJsonPrimitive() ? value.getAsString() : value.toString();
    }

    private String topic(ServiceId service, String name) {
        return topics.service(service, "data/" + name);
    }
}
