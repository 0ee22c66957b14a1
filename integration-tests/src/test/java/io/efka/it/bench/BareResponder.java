package io.efka.it.bench;

import io.efka.it.TestBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/**
 * The least that can answer a request: Paho, and a thread beside its own that publishes. A JVM of its own with the
 * agent's flags; it answers everything on its topic with {@code {}}.
 */
final class BareResponder implements AutoCloseable {
    private final Process process;
    private final String topic;

    private BareResponder(Process process, String topic) {
        this.process = process;
        this.topic = topic;
    }

    static BareResponder start(TestBroker broker) throws IOException {
        String topic = "bare/" + UUID.randomUUID();
        Process process = BareJvm.start(BareResponder.class, broker.uri(), topic);
        return new BareResponder(process, topic);
    }

    String topic() {
        return topic;
    }

    /** Nanoseconds from a request to its answer. */
    long ask(Operator operator) {
        long begun = System.nanoTime();
        return operator.send(topic, "").at() - begun;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** The responder's own process: URI of the broker, topic. Ends with its parent, which holds its stdin. */
    public static void main(String[] arguments) throws IOException {
        ExecutorService publisher = Executors.newSingleThreadExecutor();
        var holder = new Mqtt[1];
        var mqtt = new Mqtt(arguments[0], (topic, request) -> publisher.execute(() -> answer(holder[0], request)));
        holder[0] = mqtt;
        mqtt.subscribe(arguments[1]);
        BareJvm.sayReady();
        try {
            while (System.in.read() >= 0) {
                // nothing is said
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        System.exit(0);
    }

    private static void answer(Mqtt mqtt, MqttMessage request) {
        var properties = new MqttProperties();
        properties.setCorrelationData(request.getProperties().getCorrelationData());
        mqtt.publish(request.getProperties().getResponseTopic(), "{}".getBytes(StandardCharsets.UTF_8), properties);
    }
}
