package io.efka.agent.telemetry;

import com.google.gson.JsonObject;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.Topics;
import io.efka.protocol.json.JsonWriter;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.concurrent.Executor;

/** Publishes metrics of the device and its services at every interval, at QoS 0; nothing without a connection. */
public final class MetricsPublisher implements AutoCloseable {
    private final Measurements measurements;
    private final Topics topics;
    private final MqttLink link;
    private final PeriodicTask task;

    /**
     * @param executor runs a round: some milliseconds, mostly for reading {@code /proc}
     * @param interval between two rounds; 0: never publishes
     */
    public MetricsPublisher(
            Measurements measurements,
            Topics topics,
            MqttLink link,
            Timers timers,
            Executor executor,
            Duration interval) {
        this.measurements = measurements;
        this.topics = topics;
        this.link = link;
        this.task = new PeriodicTask("metrics", timers, executor, interval, this::publish);
    }

    /** Starts; the first metrics are due after one interval. */
    public void start() {
        task.start();
    }

    /** Idempotent. */
    @Override
    public void close() {
        task.close();
    }

    private void publish() {
        if (!link.isUp()) return;
        publish(topics.device("metrics"), measurements.deviceNow());
        for (Measurements.OfService service : measurements.servicesNow()) {
            publish(topics.service(service.id(), "metrics"), service.document());
        }
    }

    private void publish(String topic, JsonObject document) {
        link.publish(
                new Message(topic, JsonWriter.bytes(document), 0, false, Message.Properties.JSON), MqttLink.Lane.BULK);
    }
}
