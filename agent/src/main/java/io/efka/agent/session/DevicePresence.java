package io.efka.agent.session;

import io.efka.agent.supervision.StatusListener;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.LinkException.Kind;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.mqtt.MqttLink.Lane;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.Topics;
import io.efka.threads.FatalErrors;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the device's retained status: birth, will and farewell, when {@link BrokerSession} says so. At most one
 * birth is in flight; the next one has what changes meanwhile. Confined to the session's mailbox, so that no birth can
 * follow the farewell; {@link #will}, {@link #changed} and {@link #removed} are thread-safe and never block.
 */
public final class DevicePresence implements StatusListener {
    /** Least time between two births that differ only in the counts of services. */
    static final Duration REFRESH = Duration.ofSeconds(1);

    /** Least time between two births that answer what somebody else published as this device's status. */
    static final Duration CORRECTION = Duration.ofSeconds(1);

    /** Wait after a failed birth: while the link is up, it fails a publish only when its queue is full. */
    static final Duration RETRY = Duration.ofSeconds(1);

    /** Wait after the broker refused a birth: a person has to change something. */
    static final Duration RETRY_REFUSED = Duration.ofMinutes(1);

    private static final long WHOLE = Long.MAX_VALUE;
    private static final Logger LOG = LoggerFactory.getLogger(DevicePresence.class);

    private final Executor mailbox;
    private final DeviceStatusCodec codec;
    private final Topics topics;
    private final String topic;
    private final MqttLink link;
    private final Timers timers;

    private final Map<ServiceId, ServiceStatus.State> states = new ConcurrentHashMap<>();
    private final AtomicBoolean refreshing = new AtomicBoolean();

    // Confined to the mailbox.
    private boolean announced;
    private boolean stale;
    private boolean inFlight;
    private boolean paused;
    private boolean corrected;
    private boolean correctionDue;
    private boolean refused;
    /** The next birth must be smaller than this, since one of this size was refused. */
    private long tooLarge = WHOLE;

    private boolean saidShortened;
    private long births;
    private Map<String, String> refusedFilters = Map.of();
    /** Counts announcements: it tells the results of earlier births apart. */
    private long announcement;

    /** @param mailbox runs tasks one at a time, in order; the same as that of the {@link BrokerSession} */
    public DevicePresence(Executor mailbox, DeviceStatusCodec codec, Topics topics, MqttLink link, Timers timers) {
        this.mailbox = mailbox;
        this.codec = codec;
        this.topics = topics;
        this.topic = topics.device("status");
        this.link = link;
        this.timers = timers;
    }

    /** What the broker publishes when it loses this agent, for a connection that begins now. */
    public Message will() {
        return message(codec.will(timers.now()), true);
    }

    @Override
    public void changed(ServiceStatus status) {
        if (status.state() != states.put(status.id(), status.state())) refreshSoon();
    }

    @Override
    public void removed(ServiceId id) {
        if (states.remove(id) != null) refreshSoon();
    }

    Topics topics() {
        return topics;
    }

    /** A new decider for this agent. */
    DeviceOwnership ownership() {
        return new DeviceOwnership(codec.instance(), codec.host());
    }

    boolean isStatus(Message message) {
        return message.topic().equals(topic);
    }

    /** Number of the last birth that was handed to the link. */
    long births() {
        return births;
    }

    /** This agent speaks for the device: publishes a birth now and whenever something changes. */
    void announce() {
        announced = true;
        announcement++;
        inFlight = false;
        paused = false;
        tooLarge = WHOLE;
        stale = true;
        pump();
    }

    /** Somebody else has replaced the birth: publishes it again within {@link #CORRECTION}. */
    void repeat() {
        if (corrected) {
            correctionDue = true;
            return;
        }
        corrected = true;
        later(CORRECTION, this::corrected);
        stale = true;
        pump();
    }

    /** The broker refuses these filters, each with its reason: the birth shows them. */
    void subscriptionsRefused(Map<String, String> refused) {
        refusedFilters = refused;
        stale = true;
        pump();
    }

    /** Publishes no birth from now on. */
    void withdraw() {
        announced = false;
        announcement++;
    }

    /** Asks for other agents with this device id: one that is alive answers with its birth. */
    void ask() {
        link.publish(message(codec.end(DeviceStatusCodec.ASKING, timers.now(), room()), false), Lane.CONTROL);
    }

    /**
     * Publishes the last status of this agent.
     *
     * @return completes when the broker has it
     */
    CompletableFuture<Void> farewell() {
        withdraw();
        return link.publish(message(codec.end(DeviceStatusCodec.SHUTDOWN, timers.now(), room()), true), Lane.CONTROL);
    }

    private void corrected() {
        corrected = false;
        if (!correctionDue) return;
        correctionDue = false;
        repeat();
    }

    private void refreshSoon() {
        if (refreshing.compareAndSet(false, true)) later(REFRESH, this::refresh);
    }

    private void refresh() {
        refreshing.set(false);
        stale = true;
        pump();
    }

    private void pump() {
        if (!announced || !stale || inFlight || paused) return;
        stale = false;
        inFlight = true;
        long mine = announcement;
        byte[] birth = birth(tooLarge == WHOLE ? WHOLE : Math.min(room(), tooLarge - 1));
        link.publish(message(birth, true), Lane.CONTROL)
                .whenComplete(FatalErrors.top(
                        (done, failure) -> mailbox.execute(() -> settled(mine, birth.length, failure))));
    }

    private void settled(long mine, int bytes, @Nullable Throwable failure) {
        if (mine != announcement) return;
        inFlight = false;
        if (failure == null) {
            taken(bytes);
            pump();
            return;
        }
        stale = true;
        if (LinkException.kindOf(failure) == Kind.TOO_LARGE && bytes < tooLarge) {
            tooLarge = bytes;
            pump();
            return;
        }
        paused = true;
        later(failure instanceof LinkException link && link.isRefused() ? refused(link) : RETRY, () -> resume(mine));
    }

    private void taken(int bytes) {
        refused = false;
        if (tooLarge != WHOLE && !saidShortened) {
            LOG.warn("topic={} is published shortened to {} bytes: the broker accepts no more", topic, bytes);
            saidShortened = true;
        }
        tooLarge = WHOLE;
    }

    /** The largest payload that is known to fit. */
    private long room() {
        return link.maxPacket() - message(new byte[0], true).packetBytes();
    }

    private Duration refused(LinkException problem) {
        if (!refused) LOG.error("the broker refuses this device's status on {}: {}", topic, problem.getMessage());
        refused = true;
        return RETRY_REFUSED;
    }

    private void resume(long mine) {
        if (mine != announcement) return;
        paused = false;
        tooLarge = WHOLE;
        pump();
    }

    private void later(Duration delay, Runnable task) {
        timers.schedule(delay, () -> mailbox.execute(task));
    }

    private byte[] birth(long bytes) {
        var counts = new EnumMap<ServiceStatus.State, Integer>(ServiceStatus.State.class);
        states.values().forEach(state -> counts.merge(state, 1, Integer::sum));
        return codec.birth(++births, timers.now(), counts, refusedFilters, bytes);
    }

    private Message message(byte[] payload, boolean retain) {
        return new Message(topic, payload, 1, retain, Message.Properties.JSON);
    }
}
