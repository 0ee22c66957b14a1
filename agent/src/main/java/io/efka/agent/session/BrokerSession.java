package io.efka.agent.session;

import io.efka.agent.telemetry.BrokerState;
import io.efka.agent.telemetry.Events;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.Topics;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether this agent speaks for the device, and tells everyone who depends on it. It alone owns that state:
 * what happens on the link, at a timer or at the end of the agent becomes a task in its mailbox. It holds no lock, and
 * nothing it calls can call back into it. All public methods are thread-safe and never block.
 *
 * <p>The mailbox is bounded by its senders. The broker's receive window bounds messages at QoS 1, since they are
 * acknowledged from the mailbox; {@link Qos0Limit} bounds those at QoS 0. A connection is announced and lost once, and
 * each timer is set once.
 */
public final class BrokerSession implements MqttLink.Listener {
    /** How long to wait for retained messages: they follow the SUBACK, after what the session had queued. */
    static final Duration LOOK = Duration.ofMillis(500);

    /**
     * How long to wait for a rival: one that lost its connection is back within a second or two, later on a bad line.
     */
    static final Duration PROVE = Duration.ofSeconds(10);

    /** After owning the device for this long, the pauses start from the shortest again. */
    static final Duration CALM = DeviceOwnership.MAX_PAUSE.multipliedBy(2);

    private static final Logger LOG = LoggerFactory.getLogger(BrokerSession.class);

    private final Executor mailbox;
    private final Topics topics;
    private final DevicePresence presence;
    private final MqttLink link;
    private final Timers timers;
    private final Events events;
    private final BrokerState state;
    private final List<OnlineListener> listeners;
    private final Consumer<MqttLink.Inbound> commands;
    private final Consumer<Message> documents;

    private final Qos0Limit qos0 = new Qos0Limit();
    private volatile boolean online;
    private volatile boolean ended;

    // Confined to the mailbox.
    private final DeviceOwnership ownership;
    private final List<MqttLink.Inbound> held = new ArrayList<>();
    /** Counts connections and losses: it tells timers of an earlier connection apart. */
    private long connection;

    private boolean sessionPresent;
    private Timers.Timer waitTimer = () -> {};
    private Timers.Timer calmTimer = () -> {};
    /** Rivals reported since the pauses last started anew. */
    private final Set<String> reported = new HashSet<>();

    /**
     * @param mailbox runs tasks one at a time, in order; the same as that of {@code presence}
     * @param listeners told in this order, before any held command is passed on
     * @param commands receives commands in order, only while this agent speaks for the device. Called in the mailbox:
     *     must not block
     * @param documents receives messages on the other subscribed topics. Called in the mailbox: must not block
     */
    public BrokerSession(
            Executor mailbox,
            DevicePresence presence,
            MqttLink link,
            Timers timers,
            Events events,
            BrokerState state,
            List<OnlineListener> listeners,
            Consumer<MqttLink.Inbound> commands,
            Consumer<Message> documents) {
        this.mailbox = mailbox;
        this.topics = presence.topics();
        this.presence = presence;
        this.link = link;
        this.timers = timers;
        this.events = events;
        this.state = state;
        this.listeners = List.copyOf(listeners);
        this.commands = commands;
        this.documents = documents;
        this.ownership = presence.ownership();
    }

    /**
     * Publishes only while this agent speaks for the device. Both are called in turn in the session's mailbox: they
     * must not block.
     *
     * @param online publish from now on; true: the broker still has what this agent left retained
     * @param offline publish nothing: the connection is lost, or another agent has the device
     */
    public record OnlineListener(Consumer<Boolean> online, Runnable offline) {}

    /** Whether this agent speaks for the device now. */
    public boolean isOnline() {
        return online;
    }

    /** How many messages at QoS 0 were dropped because too many arrived at once. */
    public long dropped() {
        return qos0.dropped();
    }

    @Override
    public void connected(boolean sessionPresent) {
        post(() -> {
            connection++;
            this.sessionPresent = sessionPresent;
            state.connected();
            perform(ownership.connected());
        });
    }

    @Override
    public void subscriptionsRefused(Map<String, String> refused) {
        post(() -> presence.subscriptionsRefused(refused));
    }

    @Override
    public void disconnected(MqttLink.Loss loss) {
        post(() -> {
            connection++;
            waitTimer.cancel();
            DeviceOwnership.Move move = ownership.disconnected(loss.takenOver());
            state.disconnected(loss);
            dropHeld();
            if (online) goOffline();
            perform(move);
        });
    }

    @Override
    public void received(MqttLink.Inbound inbound) {
        if (qos0.admits(inbound.message())) post(() -> handle(inbound));
    }

    /**
     * Ends the session: publishes the farewell if this agent speaks for the device, and ignores everything afterwards.
     *
     * @return completes when the broker has the farewell, or at once if there is none; fails with a
     *     {@link io.efka.mqtt.LinkException} when the broker cannot be told. Afterwards the link may be closed
     */
    public CompletableFuture<Void> shutdown() {
        var told = new CompletableFuture<Void>();
        mailbox.execute(() -> end(told));
        return told;
    }

    /** Ends the session without a farewell; completes when nobody publishes anything retained any more. */
    public CompletableFuture<Void> retire() {
        var retired = new CompletableFuture<Void>();
        mailbox.execute(() -> {
            if (online) goOffline();
            end(retired);
        });
        return retired;
    }

    private void end(CompletableFuture<Void> told) {
        boolean wasOnline = online;
        ended = true;
        connection++;
        waitTimer.cancel();
        calmTimer.cancel();
        ownership.close();
        online = false;
        dropHeld();
        if (!wasOnline) {
            told.complete(null);
            return;
        }
        presence.farewell().whenComplete((done, failure) -> {
            if (failure == null) told.complete(null);
            else told.completeExceptionally(failure);
        });
    }

    private void post(Runnable task) {
        if (ended) return;
        mailbox.execute(() -> {
            if (!ended) task.run();
        });
    }

    private void handle(MqttLink.Inbound inbound) {
        if (topics.parse(inbound.message().topic()).isPresent()) {
            if (online) passOn(inbound);
            else held.add(inbound);
            return;
        }
        qos0.release(inbound.message());
        inbound.acknowledge();
        if (presence.isStatus(inbound.message())) {
            perform(ownership.saw(DeviceStatusCodec.read(inbound.message().payload()), presence.births()));
        } else {
            documents.accept(inbound.message());
        }
    }

    private void passOn(MqttLink.Inbound command) {
        qos0.release(command.message());
        commands.accept(command);
    }

    /** Does not acknowledge them: the broker sends them again to the next owner of the session. */
    private void dropHeld() {
        held.forEach(command -> qos0.release(command.message()));
        held.clear();
    }

    private void perform(DeviceOwnership.Move move) {
        switch (move) {
            case NOTHING -> {}
            case ANNOUNCE -> announce();
            case REPEAT -> presence.repeat();
            case CLAIM -> reportClaim();
            case LOOK -> await(LOOK);
            case PROVE -> prove();
            case YIELD -> leave();
        }
    }

    private void announce() {
        reportClaim();
        calmTimer = later(CALM, this::calm);
        online = true;
        presence.announce();
        boolean isKept = sessionPresent && !ownership.wasDisturbed();
        for (OnlineListener listener : listeners)
            guarded(() -> listener.online().accept(isKept));
        List<MqttLink.Inbound> waited = List.copyOf(held);
        held.clear();
        waited.forEach(command -> guarded(() -> passOn(command)));
    }

    private void prove() {
        presence.ask();
        await(PROVE);
    }

    private void await(Duration wait) {
        waitTimer.cancel();
        waitTimer = later(wait, () -> perform(ownership.waited()));
    }

    private void calm() {
        ownership.calm();
        reported.clear();
    }

    private void goOffline() {
        calmTimer.cancel();
        online = false;
        presence.withdraw();
        for (OnlineListener listener : listeners) guarded(listener.offline());
    }

    private void leave() {
        waitTimer.cancel();
        goOffline();
        Duration pause = ownership.pause();
        report(ownership.successor(), pause);
        link.holdOff(pause);
    }

    /** Runs the task only on the connection it was set for, even if it was cancelled too late. */
    private Timers.Timer later(Duration delay, Runnable task) {
        long mine = connection;
        return timers.schedule(
                delay,
                () -> post(() -> {
                    if (mine == connection) task.run();
                }));
    }

    /** A bug in one listener must not keep the others from being told. */
    private static void guarded(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException bug) {
            LOG.error("a listener of the broker session failed", bug);
        }
    }

    /** Reports each rival once as an event: it may appear again after every pause. */
    private void report(Optional<SeenStatus> by, Duration pause) {
        String name = by.map(SeenStatus::instance).orElse("unknown");
        if (!reported.add(name)) {
            LOG.warn("another agent still uses this device id: by={} pause={}", name, pause);
            return;
        }
        LOG.error(
                "another agent uses this device id: by={} pause={} remedy=\"give one of the two another --device\"",
                by.map(Object::toString).orElse(name),
                pause);
        var fields = new LinkedHashMap<String, Object>();
        by.ifPresent(rival -> fields.put("by", rival.fields()));
        fields.put("pause_ms", pause);
        events.device("session_taken_over", fields);
    }

    private void reportClaim() {
        ownership.rival().ifPresent(rival -> {
            LOG.warn("took the device over from another agent, which may have ended: from={}", rival);
            events.device("device_claimed", Map.of("from", rival.fields()));
        });
    }
}
