package io.efka.agent.telemetry;

import com.google.gson.JsonObject;
import io.efka.agent.wire.Message;
import io.efka.agent.wire.MqttLink;
import io.efka.agent.wire.Properties;
import io.efka.agent.wire.Topics;

/** Publishes metrics of the device and of its services at every interval, at QoS 0; nothing without a connection. */
public final class MetricsPublisher implements AutoCloseable {
    private final Measurements measurements;
    private final Topics topics;
    private final MqttLink link;
    private final Rounds rounds;

    public MetricsPublisher(Measurements measurements, Topics topics, MqttLink link, Rhythm rhythm) {
        this.measurements = measurements;
        this.topics = topics;
        this.link = link;
        this.rounds = new Rounds("metrics", rhythm, this::publish);
    }

    /** Begins; the first metrics are due after one interval. */
    public void start() {
        rounds.start();
    }

    /** Idempotent. */
    @Override
    public void close() {
        rounds.close();
    }

    private void publish() {
        if (!link.isUp()) return;
        publish(topics.device("metrics"), measurements.deviceNow());
        for (Measurements.OfService service : measurements.servicesNow()) {
            publish(topics.service(service.id(), "metrics"), service.document());
        }
    }

    private void publish(String topic, JsonObject document) {
        link.publish(new Message(topic, JsonCodec.bytes(document), 0, false, Properties.JSON), MqttLink.Lane.BULK);
    }
}
