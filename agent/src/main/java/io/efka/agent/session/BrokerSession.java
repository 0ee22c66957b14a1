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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether this agent speaks for the device, and tells everyone who depends on it. It is the only owner of that
 * state: whatever happens on the link, at a timer or at the end of the agent is a task in its mailbox. It holds no lock,
 * and nothing it calls can call back into it. All public methods are thread-safe and never block.
 *
 * <p>What waits in the mailbox is bounded by those who put it there. The broker's receive window bounds messages at QoS
 * 1, since they are acknowledged from the mailbox; {@link #MAX_UNPROMISED} bounds those at QoS 0. A connection is
 * announced and lost once, and each timer is set once.
 */
public final class BrokerSession implements MqttLink.Listener {
    /** Retained messages follow the subscription's acknowledgement, behind what the session had queued. */
    static final Duration LOOK = Duration.ofMillis(500);

    /** A rival that lost its connection tries again within a second or two; on a bad line it takes longer. */
    static final Duration PROVE = Duration.ofSeconds(10);

    /** After owning the device for so long, the next rival starts the pauses from the beginning. */
    static final Duration CALM = DeviceOwnership.MAX_PAUSE.multipliedBy(2);

    /** Messages at QoS 0 that may wait here. The broker's window does not bound them. */
    static final int MAX_UNPROMISED = 1_000;

    static final long MAX_UNPROMISED_BYTES = 4L << 20;

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

    private final AtomicInteger unpromised = new AtomicInteger();
    private final AtomicLong unpromisedBytes = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private volatile boolean online;
    private volatile boolean ended;

    // Confined to the mailbox.
    private final DeviceOwnership ownership;
    private final List<MqttLink.Inbound> held = new ArrayList<>();
    /** Counts connections and losses, so that a timer of an earlier connection is told apart. */
    private long connection;

    private boolean sessionPresent;
    private Timers.Timer waiting = () -> {};
    private Timers.Timer calming = () -> {};
    /** Rivals that were reported since the last calm time. */
    private final Set<String> reported = new HashSet<>();

    /**
     * @param mailbox runs tasks one at a time, in order; the one that {@code presence} was made with
     * @param listeners told in this order, before any command that was held is handed on
     * @param commands takes commands, in order, only while this agent speaks for the device. Called in the mailbox: must
     *     not block
     * @param documents takes what comes on the other subscribed topics. Called in the mailbox: must not block
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
     * Publishes only while this agent speaks for the device. Both are called in the session's mailbox, in turn: they must
     * not block.
     *
     * @param online publish from now on; true: the broker can be trusted to have kept what was retained
     * @param offline publish nothing: the connection is gone, or another agent has the device
     */
    public record OnlineListener(Consumer<Boolean> online, Runnable offline) {}

    /** Whether this agent speaks for the device at this moment. */
    public boolean isOnline() {
        return online;
    }

    /** How many messages at QoS 0 were dropped, since too many came at once. */
    public long dropped() {
        return dropped.get();
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
            waiting.cancel();
            DeviceOwnership.Move move = ownership.disconnected(loss.takenOver());
            state.disconnected(loss);
            dropHeld();
            if (online) goOffline();
            perform(move);
        });
    }

    @Override
    public void received(MqttLink.Inbound inbound) {
        if (admits(inbound.message())) post(() -> handle(inbound));
    }

    /**
     * Ends the session: says farewell if this agent speaks for the device, and ignores whatever comes afterwards.
     *
     * @return completes when the broker has the farewell, or at once where there is none; fails with
     *     {@link io.efka.mqtt.LinkException} when the broker cannot be told. The link may be closed then
     */
    public CompletableFuture<Void> shutdown() {
        var told = new CompletableFuture<Void>();
        mailbox.execute(() -> end(told));
        return told;
    }

    private void end(CompletableFuture<Void> told) {
        boolean wasOnline = online;
        ended = true;
        connection++;
        waiting.cancel();
        calming.cancel();
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
            if (online) handOn(inbound);
            else held.add(inbound);
            return;
        }
        forget(inbound.message());
        inbound.acknowledge();
        if (presence.isStatus(inbound.message())) {
            perform(ownership.saw(DeviceStatusCodec.read(inbound.message().payload()), presence.births()));
        } else {
            documents.accept(inbound.message());
        }
    }

    private void handOn(MqttLink.Inbound command) {
        forget(command.message());
        commands.accept(command);
    }

    /** Not acknowledged: the broker sends them again, to whoever has the session then. */
    private void dropHeld() {
        held.forEach(command -> forget(command.message()));
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
        calming = later(CALM, this::calm);
        online = true;
        presence.announce();
        boolean isKept = sessionPresent && !ownership.wasDisturbed();
        for (OnlineListener listener : listeners)
            guarded(() -> listener.online().accept(isKept));
        List<MqttLink.Inbound> waited = List.copyOf(held);
        held.clear();
        waited.forEach(command -> guarded(() -> handOn(command)));
    }

    private void prove() {
        presence.ask();
        await(PROVE);
    }

    private void await(Duration wait) {
        waiting.cancel();
        waiting = later(wait, () -> perform(ownership.waited()));
    }

    private void calm() {
        ownership.calm();
        reported.clear();
    }

    private void goOffline() {
        calming.cancel();
        online = false;
        presence.withdraw();
        for (OnlineListener listener : listeners) guarded(listener.offline());
    }

    private void leave() {
        waiting.cancel();
        goOffline();
        Duration pause = ownership.pause();
        report(ownership.successor(), pause);
        link.holdOff(pause);
    }

    /** The task is not run any more when the connection it was set for is gone, even where it was cancelled too late. */
    private Timers.Timer later(Duration delay, Runnable task) {
        long mine = connection;
        return timers.schedule(
                delay,
                () -> post(() -> {
                    if (mine == connection) task.run();
                }));
    }

    /** One listener's bug must not keep the news from the others. */
    private static void guarded(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException bug) {
            LOG.error("a listener of the broker session failed", bug);
        }
    }

    /** Each rival once: it is met again after every pause. */
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
            LOG.warn("took the device over from another agent, stale or living: from={}", rival);
            events.device("device_claimed", Map.of("from", rival.fields()));
        });
    }

    private boolean admits(Message message) {
        if (message.qos() > 0) return true;
        if (unpromised.get() >= MAX_UNPROMISED || unpromisedBytes.get() >= MAX_UNPROMISED_BYTES) {
            if (dropped.getAndIncrement() == 0) {
                LOG.warn("messages at QoS 0 come faster than they can be taken: some are dropped");
            }
            return false;
        }
        unpromised.incrementAndGet();
        unpromisedBytes.addAndGet(message.payload().length);
        return true;
    }

    private void forget(Message message) {
        if (message.qos() > 0) return;
        unpromised.decrementAndGet();
        unpromisedBytes.addAndGet(-message.payload().length);
    }
}
