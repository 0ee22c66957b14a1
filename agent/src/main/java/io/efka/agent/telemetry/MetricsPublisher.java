package io.efka.agent.telemetry;

import com.google.gson.JsonObject;
import io.efka.agent.service.Timers;
import io.efka.agent.wire.Message;
import io.efka.agent.wire.MqttLink;
import io.efka.agent.wire.Properties;
import io.efka.agent.wire.Topics;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes metrics of the device and of its services at every interval, at QoS 0; without a connection only the disk
 * is looked at. Measuring runs on the executor, one round at a time: a slow round delays the next.
 */
public final class MetricsPublisher implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MetricsPublisher.class);

    private final Measurements measurements;
    private final DiskWatch disk;
    private final Topics topics;
    private final MqttLink link;
    private final Rhythm rhythm;

    // Guarded by this.
    private Timers.Timer next = () -> {};
    private boolean closed;

    public MetricsPublisher(Measurements measurements, DiskWatch disk, Topics topics, MqttLink link, Rhythm rhythm) {
        this.measurements = measurements;
        this.disk = disk;
        this.topics = topics;
        this.link = link;
        this.rhythm = rhythm;
    }

    /**
     * When and where is measured.
     *
     * @param executor runs a round: some milliseconds of reading below {@code /proc}
     * @param interval between two rounds; 0: none at all
     */
    public record Rhythm(Timers timers, Executor executor, Duration interval) {
        public Rhythm {
            if (interval.isNegative()) {
                throw new IllegalArgumentException("metrics interval must be 0 or more, was " + interval);
            }
        }
    }

    /** Begins; the first round is due after one interval. */
    public void start() {
        schedule();
    }

    /** No round begins after this. Idempotent. */
    @Override
    public synchronized void close() {
        closed = true;
        next.cancel();
    }

    private synchronized void schedule() {
        if (closed || rhythm.interval().isZero()) return;
        next = rhythm.timers().schedule(rhythm.interval(), this::begin);
    }

    private void begin() {
        try {
            rhythm.executor().execute(this::round);
        } catch (RejectedExecutionException busy) {
            log.warn("metrics left out: {}", busy.toString());
            schedule();
        }
    }

    private void round() {
        try {
            publish();
        } catch (RuntimeException broken) {
            // Metrics are the first to do without, and must not end for good at one unreadable number.
            log.warn("metrics left out", broken);
        } finally {
            schedule();
        }
    }

    private void publish() {
        Meters.Host host = measurements.host();
        disk.look(host.disk());
        if (!link.isUp()) return;
        publish(topics.device("metrics"), measurements.deviceNow(host));
        for (Measurements.OfService service : measurements.servicesNow()) {
            publish(topics.service(service.id(), "metrics"), service.document());
        }
    }

    private void publish(String topic, JsonObject document) {
        link.publish(new Message(topic, JsonCodec.bytes(document), 0, false, Properties.JSON), MqttLink.Lane.BULK);
    }
}
