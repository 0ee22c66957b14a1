package io.efka.agent.telemetry;

import com.google.gson.JsonObject;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Topics;
import io.efka.protocol.json.JsonWriter;
import io.efka.threads.FatalErrors;
import io.efka.threads.Timers;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Publishes events in order through an outbox that waits for the broker. Dropped events are counted; the event {@code
 * events_dropped} says how many they were as soon as one arrives again. Thread-safe; never blocks.
 */
public final class EventPublisher implements Events {
    private static final String SHORTENED = "shortened";
    private static final Set<String> CORE = Set.of("v", "at", "service", "event", "session");

    private final Topics topics;
    private final Timers timers;
    private final long session;
    private final Function<Message, CompletableFuture<Void>> outbox;
    private final EventRecorder recorder;
    private final AtomicLong unannounced = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();

    /**
     * @param session number of this start of the agent; part of every event
     * @param outbox completes when the broker has acknowledged the message; fails when it was dropped
     * @param recorder keeps every event but those that only say how far something is, whether or not there is a broker
     */
    public EventPublisher(
            Topics topics,
            Timers timers,
            long session,
            Function<Message, CompletableFuture<Void>> outbox,
            EventRecorder recorder) {
        this.topics = topics;
        this.timers = timers;
        this.session = session;
        this.outbox = outbox;
        this.recorder = recorder;
    }

    @Override
    public void device(String kind, Map<String, ?> fields) {
        publish(Optional.empty(), complete(head(), kind, fields));
    }

    @Override
    public void service(ServiceId id, String kind, Map<String, ?> fields) {
        publish(Optional.of(id), ofService(id, kind, fields));
    }

    @Override
    public void progress(ServiceId id, String kind, Map<String, ?> fields) {
        send(topics.service(id, "event"), ofService(id, kind, fields));
    }

    /** There is a connection again: announces how many events were dropped meanwhile. */
    public void online() {
        long count = unannounced.getAndSet(0);
        if (count == 0) return;
        JsonObject json = complete(head(), "events_dropped", Map.of("count", count));
        outbox.apply(message(topics.device("event"), json)).whenComplete(FatalErrors.top((done, failure) -> {
            if (failure != null) unannounced.addAndGet(count);
            else recorder.record(Optional.empty(), json, JsonWriter.bytes(json));
        }));
    }

    /** How many events were dropped since the agent started. */
    public long dropped() {
        return dropped.get();
    }

    /** The recorder first: it has the event even if the agent is killed before the broker has it. */
    private void publish(Optional<ServiceId> service, JsonObject json) {
        String topic = service.map(id -> topics.service(id, "event")).orElseGet(() -> topics.device("event"));
        Message message = message(topic, json);
        recorder.record(service, json, message.payload());
        send(message, json);
    }

    private void send(String topic, JsonObject json) {
        send(message(topic, json), json);
    }

    private void send(Message message, JsonObject json) {
        outbox.apply(message).whenComplete(FatalErrors.top((done, failure) -> {
            if (failure == null) online();
            else if (isTooLarge(failure) && !json.has(SHORTENED)) send(message.topic(), shortened(json));
            else countDropped();
        }));
    }

    private static boolean isTooLarge(Throwable failure) {
        return LinkException.kindOf(failure) == LinkException.Kind.TOO_LARGE;
    }

    /** The event without its details. */
    public static JsonObject shortened(JsonObject json) {
        JsonObject core = json.deepCopy();
        core.keySet().retainAll(CORE);
        core.addProperty(SHORTENED, true);
        return core;
    }

    private void countDropped() {
        dropped.incrementAndGet();
        unannounced.incrementAndGet();
    }

    private JsonObject head() {
        var json = new JsonObject();
        json.addProperty("v", 1);
        json.addProperty("at", JsonWriter.timestamp(timers.now()));
        return json;
    }

    private JsonObject ofService(ServiceId id, String kind, Map<String, ?> fields) {
        JsonObject json = head();
        json.addProperty("service", id.value());
        return complete(json, kind, fields);
    }

    /** Adds the fields, which cannot replace those that every event has. */
    private JsonObject complete(JsonObject json, String kind, Map<String, ?> fields) {
        json.addProperty("event", kind);
        json.addProperty("session", session);
        fields.forEach((name, value) -> {
            if (!json.has(name)) json.add(name, JsonWriter.value(value));
        });
        return json;
    }

    private static Message message(String topic, JsonObject json) {
        return new Message(topic, JsonWriter.bytes(json), 1, false, Message.Properties.JSON);
    }
}
