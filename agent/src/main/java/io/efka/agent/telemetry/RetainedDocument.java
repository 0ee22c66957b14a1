package io.efka.agent.telemetry;

import io.efka.agent.wire.Message;
import io.efka.agent.wire.MqttLink.Lane;
import io.efka.agent.wire.Properties;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Keeps one retained topic right. At most one publish is in flight; what changes meanwhile is published when that is
 * acknowledged, newest only, and what was not acknowledged is published again. Thread-safe; never blocks, and holds no
 * lock while it calls out.
 */
public final class RetainedDocument {
    /** The link refuses while it is up only when its queue is full. */
    static final Duration RETRY = Duration.ofSeconds(1);

    /**
     * A broker that was killed comes back with an older snapshot of what was retained, and may know our session all the
     * same. Mosquitto saves every 30 minutes unless told otherwise: what is younger than twice that is not trusted.
     */
    static final Duration SNAPSHOT_AGE = Duration.ofHours(1);

    private final String topic;
    private final Uplink uplink;
    private final Supplier<byte[]> newest;
    private final Runnable settled;

    // Guarded by this.
    private boolean online;
    private boolean stale;
    private boolean inFlight;
    private boolean resting;
    private boolean reconnected;
    private long acknowledgedAt;
    private boolean everAcknowledged;

    /**
     * @param newest the payload to publish now; empty clears the topic. Called without a lock, from any thread
     * @param settled called when the broker has acknowledged the newest payload
     */
    public RetainedDocument(String topic, Uplink uplink, Supplier<byte[]> newest, Runnable settled) {
        this(topic, uplink, newest, settled, false);
    }

    /** @param online whether publishing makes sense from the beginning */
    RetainedDocument(String topic, Uplink uplink, Supplier<byte[]> newest, Runnable settled, boolean online) {
        this.online = online;
        this.topic = topic;
        this.uplink = uplink;
        this.newest = newest;
        this.settled = settled;
    }

    /** There is something newer to publish. */
    public void changed() {
        synchronized (this) {
            stale = true;
        }
        pump();
    }

    /** Publishing makes sense from now on. Without a session of ours the broker may have forgotten the document. */
    public void online(boolean sessionPresent) {
        synchronized (this) {
            online = true;
            resting = false;
            reconnected = inFlight;
            if (everAcknowledged && (!sessionPresent || isYoung())) stale = true;
        }
        pump();
    }

    /** Nothing is published from now on. */
    public synchronized void offline() {
        online = false;
    }

    private boolean isYoung() {
        return uplink.nanoTime().getAsLong() - acknowledgedAt < SNAPSHOT_AGE.toNanos();
    }

    private void pump() {
        synchronized (this) {
            if (!online || !stale || inFlight || resting) return;
            stale = false;
            inFlight = true;
            reconnected = false;
        }
        byte[] payload = newest.get();
        Properties properties = payload.length == 0 ? Properties.NONE : Properties.JSON;
        uplink.link()
                .publish(new Message(topic, payload, 1, true, properties), Lane.CONTROL)
                .whenComplete((done, failure) -> {
                    if (failure == null) acknowledged();
                    else failed();
                });
    }

    private void acknowledged() {
        boolean isNewest;
        synchronized (this) {
            inFlight = false;
            everAcknowledged = true;
            acknowledgedAt = uplink.nanoTime().getAsLong();
            isNewest = !stale;
        }
        if (isNewest) settled.run();
        else pump();
    }

    private void failed() {
        boolean again;
        synchronized (this) {
            inFlight = false;
            stale = true;
            again = reconnected;
            resting = online && !again;
            if (!online) return;
        }
        if (again) pump();
        else uplink.timers().schedule(RETRY, this::rested);
    }

    private void rested() {
        synchronized (this) {
            resting = false;
        }
        pump();
    }
}
