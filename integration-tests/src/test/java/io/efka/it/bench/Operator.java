package io.efka.it.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.it.TestBroker;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** Sends commands over one connection and notes when their replies come. */
final class Operator implements AutoCloseable {
    private static final long LIMIT_SECONDS = 30;

    private final String replies = "bench/" + UUID.randomUUID();
    private final String device;
    private final Map<String, CompletableFuture<Reply>> asked = new ConcurrentHashMap<>();
    private final Mqtt mqtt;
    private volatile long onlineAt;

    /** A reply and when it came, by {@link System#nanoTime}. */
    record Reply(long at, JsonObject body) {}

    Operator(TestBroker broker, String device) {
        this.device = device;
        this.mqtt = new Mqtt(broker, this::arrived);
        mqtt.subscribe(replies);
        mqtt.subscribe("efka/" + device + "/status");
    }

    private void arrived(String topic, MqttMessage message) {
        long now = System.nanoTime();
        String text = new String(message.getPayload(), StandardCharsets.UTF_8);
        if (!topic.equals(replies)) {
            boolean live = !message.isRetained();
            boolean online =
                    JsonParser.parseString(text).getAsJsonObject().get("online").getAsBoolean();
            if (live && online) onlineAt = now;
            return;
        }
        String id = new String(message.getProperties().getCorrelationData(), StandardCharsets.UTF_8);
        CompletableFuture<Reply> waiting = asked.remove(id);
        if (waiting != null) {
            waiting.complete(new Reply(now, JsonParser.parseString(text).getAsJsonObject()));
        }
    }

    /** When a birth arrived after that moment; 0 if none did yet. */
    long onlineAt(long after) {
        long at = onlineAt;
        return at > after ? at : 0;
    }

    /** Asks the device and returns the nanoseconds to its reply. */
    long device(String command, String payload) {
        long begun = System.nanoTime();
        return send("efka/" + device + "/cmd/" + command, payload).at() - begun;
    }

    /** Asks a service and returns the nanoseconds to its reply. */
    long service(String service, String command, String payload) {
        long begun = System.nanoTime();
        return send("efka/" + device + "/svc/" + service + "/cmd/" + command, payload)
                        .at()
                - begun;
    }

    /** The same, whether the reply says ok or not. */
    long attempt(String service, String command, String payload) {
        long begun = System.nanoTime();
        return ask("efka/" + device + "/svc/" + service + "/cmd/" + command, payload)
                        .at()
                - begun;
    }

    long start(String service) {
        return service(service, "start", "");
    }

    long stop(String service) {
        return service(service, "stop", "");
    }

    /** How many services run. */
    long running() {
        JsonArray services = send("efka/" + device + "/cmd/list", "").body().getAsJsonArray("services");
        return services.asList().stream()
                .filter(one -> one.getAsJsonObject().get("state").getAsString().equals("running"))
                .count();
    }

    /** How many services are ready. */
    long ready() {
        JsonArray services = send("efka/" + device + "/cmd/list", "").body().getAsJsonArray("services");
        return services.asList().stream()
                .filter(one -> one.getAsJsonObject().get("ready").getAsBoolean())
                .count();
    }

    /** What a service answers to a call. */
    JsonObject call(String service, String name) {
        return send("efka/" + device + "/svc/" + service + "/cmd/call/" + name, "")
                .body()
                .getAsJsonObject("result");
    }

    void install(Script script) {
        service(script.service(), "install", script.installPayload());
    }

    /** The reply must say ok. */
    Reply send(String topic, String payload) {
        Reply reply = ask(topic, payload);
        if (reply.body().has("ok") && !reply.body().get("ok").getAsBoolean()) {
            throw new IllegalStateException(topic + ": " + reply.body());
        }
        return reply;
    }

    private Reply ask(String topic, String payload) {
        String id = UUID.randomUUID().toString();
        var answer = new CompletableFuture<Reply>();
        asked.put(id, answer);
        var properties = new MqttProperties();
        properties.setResponseTopic(replies);
        properties.setCorrelationData(id.getBytes(StandardCharsets.UTF_8));
        mqtt.publish(topic, payload.getBytes(StandardCharsets.UTF_8), properties);
        try {
            return answer.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("no reply to " + topic, e);
        }
    }

    @Override
    public void close() {
        mqtt.close();
    }
}
