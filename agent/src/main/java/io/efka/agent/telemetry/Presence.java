package io.efka.agent.telemetry;

import io.efka.agent.service.ServiceId;
import io.efka.agent.service.ServiceStatus;
import io.efka.agent.service.StatusListener;
import io.efka.agent.service.Timers;
import io.efka.agent.wire.Events;
import io.efka.agent.wire.Message;
import io.efka.agent.wire.MqttLink;
import io.efka.agent.wire.Properties;
import io.efka.agent.wire.Topics;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says to the fleet that the device is there: birth, will and farewell on its retained status topic. It watches that
 * topic as well, and leaves the device to another agent that announces itself there; {@link Standing} has the rule.
 * Thread-safe; never blocks.
 */
public final class Presence implements StatusListener {
    /** Between two births that differ only in the counts of services. */
    static final Duration REFRESH = Duration.ofSeconds(1);

    /** What is retained comes right after the subscription's acknowledgement, behind what the session had queued. */
    static final Duration LOOK = Duration.ofMillis(500);

    /** A rival that lost its connection tries again within a second or two; on a bad line it takes some more. */
    static final Duration PROVE = Duration.ofSeconds(10);

    /** As the device for so long, the next rival is a new story. */
    static final Duration CALM = Standing.MAX_PAUSE.multipliedBy(2);

    private static final Logger log = LoggerFactory.getLogger(Presence.class);

    private final PresenceCodec codec;
    private final String topic;
    private final Uplink uplink;
    private final Events events;
    private final Listener listener;
    private final RetainedDocument document;

    private final Map<ServiceId, ServiceStatus.State> states = new ConcurrentHashMap<>();
    private final AtomicBoolean refreshing = new AtomicBoolean();
    private final AtomicLong births = new AtomicLong();

    // Guarded by this.
    private final Standing standing;
    private boolean sessionPresent;
    private Timers.Timer waiting = () -> {};
    private Timers.Timer calming = () -> {};
    /** Rivals of this story; a calm time as the device ends it. */
    private final Set<String> reported = new HashSet<>();

    public Presence(PresenceCodec codec, Topics topics, Uplink uplink, Events events, Listener listener) {
        this.codec = codec;
        this.topic = topics.device("status");
        this.uplink = uplink;
        this.events = events;
        this.listener = listener;
        this.document = new RetainedDocument(topic, uplink, this::birth, () -> {});
        this.standing = new Standing(codec.identity(), codec.host());
    }

    /** Hears whether this agent speaks for the device. Called one at a time, in order: must not block or call back. */
    public interface Listener {
        /**
         * There is a connection, and the birth is on its way: publish from now on.
         *
         * @param sessionPresent whether the broker can be trusted to have kept what was retained
         */
        void online(boolean sessionPresent);

        /** The connection is gone, or the device was left to another agent: publish nothing. */
        void offline();

        /** Disconnect, cleanly, and stay away for so long: another agent has the device. */
        void holdOff(Duration pause);
    }

    /** What the broker publishes when it loses this agent. */
    public Message will() {
        return message(codec.end(PresenceCodec.LOST), true);
    }

    /** The link is up and subscribed, to the own status topic among others: echoes and what is retained included. */
    public synchronized void connected(boolean sessionPresent) {
        this.sessionPresent = sessionPresent;
        perform(standing.connected());
    }

    /** The link is down. */
    public synchronized void disconnected(MqttLink.Loss loss) {
        boolean wasOnline = standing.isOnline();
        waiting.cancel();
        Standing.Move move = standing.disconnected(loss.takenOver());
        if (wasOnline) goOffline();
        perform(move);
    }

    /** A message came on a topic this agent is subscribed to; any but the device's status is ignored. */
    public synchronized void received(Message message) {
        if (message.topic().equals(topic)) perform(standing.saw(PresenceCodec.read(message.payload()), births.get()));
    }

    /** Whether this agent speaks for the device at this moment. */
    public synchronized boolean isOnline() {
        return standing.isOnline();
    }

    @Override
    public void changed(ServiceStatus status) {
        if (status.state() != states.put(status.id(), status.state())) refreshSoon();
    }

    @Override
    public void removed(ServiceId id) {
        if (states.remove(id) != null) refreshSoon();
    }

    /**
     * The agent ends gracefully: says so, once and for ever.
     *
     * @return completes when the broker knows, or fails when it cannot be told; the link may be closed then
     */
    public synchronized CompletableFuture<Void> shutdown() {
        boolean wasOnline = standing.isOnline();
        waiting.cancel();
        calming.cancel();
        standing.close();
        if (!wasOnline) return CompletableFuture.completedFuture(null);
        document.offline();
        return uplink.link().publish(message(codec.end(PresenceCodec.SHUTDOWN), true), MqttLink.Lane.CONTROL);
    }

    private void perform(Standing.Move move) {
        switch (move) {
            case NOTHING -> {}
            case ANNOUNCE -> announce();
            case REPEAT -> document.changed();
            case CLAIM -> reportClaim();
            case LOOK -> await(LOOK);
            case PROVE -> prove();
            case YIELD -> leave();
        }
    }

    private void announce() {
        reportClaim();
        calming = uplink.timers().schedule(CALM, this::calm);
        document.changed();
        document.online(sessionPresent);
        listener.online(sessionPresent && !standing.wasDisturbed());
    }

    private void prove() {
        uplink.link().publish(message(codec.end(PresenceCodec.ASKING), false), MqttLink.Lane.CONTROL);
        await(PROVE);
    }

    private void await(Duration wait) {
        waiting.cancel();
        waiting = uplink.timers().schedule(wait, this::waited);
    }

    private synchronized void waited() {
        perform(standing.waited());
    }

    private synchronized void calm() {
        if (!standing.isOnline()) return;
        standing.calm();
        reported.clear();
    }

    private void goOffline() {
        calming.cancel();
        document.offline();
        listener.offline();
    }

    private void leave() {
        waiting.cancel();
        goOffline();
        Duration pause = standing.pause();
        report(standing.successor(), pause);
        listener.holdOff(pause);
    }

    /** Each rival once: it is met again after every pause. */
    private void report(Optional<Sighting> by, Duration pause) {
        String name = by.map(Sighting::instance).orElse("unknown");
        if (!reported.add(name)) {
            log.warn("another agent still uses this device id: by={} pause={}", name, pause);
            return;
        }
        log.error(
                "another agent uses this device id: by={} pause={} remedy=\"give one of the two another --device\"",
                by.map(Object::toString).orElse(name),
                pause);
        var fields = new LinkedHashMap<String, Object>();
        by.ifPresent(rival -> fields.put("by", rival.fields()));
        fields.put("pause_ms", pause);
        events.device("session_taken_over", fields);
    }

    private void reportClaim() {
        standing.rival().ifPresent(rival -> {
            log.warn("took the device over from another agent, stale or living: from={}", rival);
            events.device("device_claimed", Map.of("from", rival.fields()));
        });
    }

    private void refreshSoon() {
        if (refreshing.compareAndSet(false, true)) uplink.timers().schedule(REFRESH, this::refresh);
    }

    private void refresh() {
        refreshing.set(false);
        document.changed();
    }

    private byte[] birth() {
        var counts = new EnumMap<ServiceStatus.State, Integer>(ServiceStatus.State.class);
        states.values().forEach(state -> counts.merge(state, 1, Integer::sum));
        return codec.birth(births.incrementAndGet(), counts);
    }

    private Message message(byte[] payload, boolean retain) {
        return new Message(topic, payload, 1, retain, Properties.JSON);
    }
}
