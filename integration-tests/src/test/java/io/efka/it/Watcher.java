package io.efka.it;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.fixtures.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;

/** An operator's eye on the broker: sees every message of some topics, asks commands and awaits their replies. */
public final class Watcher implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final MqttAsyncClient client;
    private final String replies;
    private final List<Seen> seen = new ArrayList<>();
    private boolean isClosed;

    /** A message as it came. */
    public record Seen(String topic, byte[] payload, int qos, boolean retained, MqttProperties properties) {
        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        public JsonObject json() {
            return JsonParser.parseString(text()).getAsJsonObject();
        }

        public Optional<String> user(String name) {
            return properties.getUserProperties().stream()
                    .filter(p -> p.getKey().equals(name))
                    .map(UserProperty::getValue)
                    .findFirst();
        }

        /** Where the first byte of a message of output is in its stream. */
        public long offset() {
            return Long.parseLong(user("offset").orElseThrow());
        }

        /** Where the byte after its last one is. */
        public long end() {
            return offset() + payload.length;
        }
    }

    /** Connects and subscribes. */
    public Watcher(TestBroker broker, String... filters) {
        this(broker.uri(), filters);
    }

    public Watcher(String uri, String... filters) {
        this(uri, new MqttConnectionOptions(), "replies", filters);
    }

    /** The same with an account at the broker; replies come below {@code replies}, which the account must be able to read. */
    public static Watcher as(String user, String password, TestBroker broker, String replies, String... filters) {
        var options = new MqttConnectionOptions();
        options.setUserName(user);
        options.setPassword(password.getBytes(StandardCharsets.UTF_8));
        return new Watcher(broker.uri(), options, replies, filters);
    }

    private Watcher(String uri, MqttConnectionOptions options, String replies, String... filters) {
        this.replies = replies;
        try {
            client = new MqttAsyncClient(uri, "watcher-" + UUID.randomUUID(), new MemoryPersistence());
            options.setCleanStart(true);
            if (uri.startsWith("tcp:")) options.setSocketFactory(new NoDelaySockets());
            options.setReceiveMaximum(1000);
            client.setCallback(new Arrivals(this::arrived));
            client.connect(options).waitForCompletion(10_000);
            for (String filter : filters) {
                client.subscribe(new MqttSubscription(filter, 1)).waitForCompletion(10_000);
            }
        } catch (MqttException e) {
            throw new AssertionError(e);
        }
    }

    public void publish(String topic, String payload) {
        publish(topic, payload.getBytes(StandardCharsets.UTF_8), false, new MqttProperties());
    }

    public void publish(String topic, byte[] payload, boolean retained, MqttProperties properties) {
        publish(topic, new MqttMessage(payload, 1, retained, properties));
    }

    /** At QoS 0: nobody waits for it, and the broker keeps it for nobody. */
    public void publishOnce(String topic, MqttProperties properties) {
        publish(topic, new MqttMessage(new byte[0], 0, false, properties));
    }

    private void publish(String topic, MqttMessage message) {
        try {
            client.publish(topic, message).waitForCompletion(10_000);
        } catch (MqttException e) {
            throw new AssertionError(e);
        }
    }

    /** Sends a command as an MQTT 5 client does and returns its reply. */
    public JsonObject ask(String topic, String payload) {
        return ask(topic, payload, UUID.randomUUID().toString());
    }

    /** The same with a command id of choice. */
    public JsonObject ask(String topic, String payload, String id) {
        String replyTo = replies + "/" + UUID.randomUUID();
        try {
            client.subscribe(new MqttSubscription(replyTo, 1)).waitForCompletion(10_000);
            var properties = new MqttProperties();
            properties.setResponseTopic(replyTo);
            properties.setCorrelationData(id.getBytes(StandardCharsets.UTF_8));
            publish(topic, payload.getBytes(StandardCharsets.UTF_8), false, properties);
            Seen reply = await("reply to " + topic, m -> m.topic().equals(replyTo));
            client.unsubscribe(replyTo).waitForCompletion(10_000);
            return reply.json();
        } catch (MqttException e) {
            throw new AssertionError(e);
        }
    }

    /** The first message, from the first one ever seen, for which this holds. */
    public Seen await(String what, Predicate<Seen> wanted) {
        return Await.value(what, LIMIT, () -> all().stream().filter(wanted).findFirst());
    }

    /** The newest document on a topic for which this holds. */
    public JsonObject awaitJson(String topic, Predicate<JsonObject> wanted) {
        return Await.value(
                () -> "a document on " + topic + "; the last was " + last(topic),
                LIMIT,
                () -> last(topic).filter(wanted));
    }

    /** A document that says this. */
    public static Predicate<JsonObject> where(String key, String value) {
        return document -> document.has(key)
                && document.get(key).isJsonPrimitive()
                && document.get(key).getAsString().equals(value);
    }

    /** The newest document on a topic. */
    public Optional<JsonObject> last(String topic) {
        List<Seen> all = all();
        for (int i = all.size() - 1; i >= 0; i--) {
            Seen one = all.get(i);
            if (one.topic().equals(topic) && one.payload().length > 0) return Optional.of(one.json());
        }
        return Optional.empty();
    }

    public List<Seen> all() {
        synchronized (seen) {
            return List.copyOf(seen);
        }
    }

    public List<Seen> all(String topic) {
        return all().stream().filter(m -> m.topic().equals(topic)).toList();
    }

    /** Forgets what was seen so far. */
    public void clear() {
        synchronized (seen) {
            seen.clear();
        }
    }

    private void arrived(String topic, MqttMessage message) {
        synchronized (seen) {
            seen.add(new Seen(
                    topic, message.getPayload(), message.getQos(), message.isRetained(), message.getProperties()));
        }
    }

    @Override
    public void close() {
        if (isClosed) return;
        isClosed = true;
        try {
            client.disconnectForcibly(0, 1000, false);
            client.close(true);
        } catch (MqttException e) {
            // It was on its way out, and the broker may be gone.
        }
    }
}
