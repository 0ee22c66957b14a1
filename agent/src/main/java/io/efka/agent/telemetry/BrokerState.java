package io.efka.agent.telemetry;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.mqtt.MqttLink;
import io.efka.threads.Timers;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The state of the connection to the broker, for {@code info}. Thread-safe. */
public final class BrokerState implements Supplier<Map<String, ?>> {
    private final Timers timers;
    private final Supplier<Map<String, ?>> link;

    @GuardedBy("this") private boolean connected;

    @GuardedBy("this") private Optional<Instant> since = Optional.empty();

    @GuardedBy("this") private long connections;

    @GuardedBy("this") private Optional<String> lastLoss = Optional.empty();

    /** @param link further fields, see {@link MqttLink#describe()} */
    public BrokerState(Timers timers, Supplier<Map<String, ?>> link) {
        this.timers = timers;
        this.link = link;
    }

    /** A connection is up. */
    public synchronized void connected() {
        connected = true;
        since = Optional.of(timers.now());
        connections++;
    }

    /** The connection is lost. */
    public synchronized void disconnected(MqttLink.Loss loss) {
        connected = false;
        since = Optional.of(timers.now());
        lastLoss = Optional.of(loss.reason());
    }

    /** {@code since} is the start of the connection or the time of its loss; null before the first connection. */
    @Override
    public Map<String, ?> get() {
        var fields = new LinkedHashMap<String, Object>(connection());
        fields.putAll(link.get());
        return fields;
    }

    private synchronized Map<String, Object> connection() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("connected", connected);
        fields.put("since", since);
        fields.put("connections", connections);
        fields.put("last_loss", lastLoss);
        return fields;
    }
}
