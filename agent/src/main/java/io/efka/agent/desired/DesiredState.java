package io.efka.agent.desired;

import io.efka.agent.desired.Document.Accepted;
import io.efka.agent.desired.Document.Arrival;
import io.efka.agent.desired.DocumentParser.Parsed;
import io.efka.agent.desired.Inbox.Arrived;
import io.efka.agent.desired.Report.Refusal;
import io.efka.agent.supervision.StatusListener;
import io.efka.agent.supervision.StoreException;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the documents that say what this device should be, and keeps to them, with a broker or without. Thread-safe; never blocks.
 */
public final class DesiredState implements StatusListener {
    /** Of all documents that were taken: they are kept in memory, twice and in parts. */
    static final long MAX_BYTES = 4 << 20;

    /** Documents that are kept in memory until the disk has room: 4 MiB at most. */
    static final int MAX_UNSAVED = 16;

    private static final Logger LOG = LoggerFactory.getLogger(DesiredState.class);

    private final Topics topics;
    private final DesiredPorts ports;
    private final DocumentParser parser;
    private final DocumentCodec codec;
    private final Executor mailbox;
    private final Inbox inbox = new Inbox();
    private final AtomicBoolean isLookDue = new AtomicBoolean();

    // Confined to the mailbox.
    private final DocumentEngine engine;
    private boolean online;

    /** Documents that a full disk did not take. */
    private final Map<DocumentKey, byte[]> unsaved = new HashMap<>();

    /**
     * @param zone of windows in local time
     * @param deployKeys the arguments that {@code deploy} understands
     * @param mailbox runs one task at a time, in order; a task may wait for a disk sync
     * @param disk threads that may wait for the disk
     */
    public DesiredState(
            Topics topics, ZoneId zone, DesiredPorts ports, Set<String> deployKeys, Executor mailbox, Executor disk) {
        this.topics = topics;
        this.ports = ports;
        this.parser = new DocumentParser(deployKeys);
        this.mailbox = mailbox;
        this.codec = new DocumentCodec(parser, topics.device());
        this.engine = new DocumentEngine(topics.device(), zone, ports, codec, mailbox, disk);
    }

    /** Documents, which come at every connection, and this device's own reports. */
    public static List<MqttLink.Subscription> subscriptions(Topics topics) {
        return Stream.concat(topics.desiredFilters().stream(), Stream.of(topics.device("reported/+")))
                .map(filter -> new MqttLink.Subscription(filter, true))
                .toList();
    }

    /** The topics on which this device has a retained report. */
    public List<String> topics() {
        return ports.reports().topics();
    }

    /** Goes on with what an earlier agent left. Called once, when the services are supervised. */
    public void start() {
        mailbox.execute(() -> engine.start(load()));
    }

    private List<Document> load() {
        var found = new ArrayList<Document>();
        var left = new ArrayList<String>();
        ports.store().load().forEach((path, text) -> {
            try {
                Document document = codec.decode(DocumentKey.parse(path), text);
                if (isOurs(document.key(), text) || document.isUnderWay()) found.add(document);
                else left.add(path);
            } catch (RuntimeException e) { // whatever is wrong with it: one document must not cost the others
                LOG.warn("document={} what is known of it cannot be read: {}", path, e.getMessage());
            }
        });
        if (!left.isEmpty()) {
            LOG.info("documents of groups that this device has left, or of its earlier name, are forgotten: {}", left);
            ports.store().deleteSoon(left);
        }
        return found;
    }

    /**
     * Whether it is for a group of this device, or for the device by the name that it has now. What others have brought stays, and
     * belongs to nobody.
     */
    private boolean isOurs(DocumentKey key, String stored) {
        if (key.group().isPresent()) return topics.groups().contains(key.group().get());
        return DocumentCodec.device(stored).map(topics.device()::equals).orElse(true);
    }

    /** Does nothing from now on; the next agent goes on. */
    public void end() {
        mailbox.execute(engine::end);
    }

    /** A message arrived; those on other topics are ignored. */
    public void received(Message message) {
        ports.reports().received(message);
        Optional<DocumentKey> key = topics.desired(message.topic()).map(DocumentKey::of);
        if (key.isEmpty()) return;
        if (!inbox.offer(key.get(), message.payload())) {
            LOG.warn("document={} is dropped: {} others wait", key.get(), Inbox.MAX_DOCUMENTS);
        }
        // One look finds all that have arrived, so a flood does not fill the mailbox.
        if (isLookDue.compareAndSet(false, true)) mailbox.execute(this::drain);
    }

    /** This agent speaks for the device: takes documents, and publishes reports. */
    public void online(boolean sessionPresent) {
        ports.reports().online(sessionPresent);
        mailbox.execute(() -> {
            online = true;
            drain();
        });
    }

    /** The connection is lost, or another agent has the device: what was taken goes on. */
    public void offline() {
        ports.reports().offline();
        mailbox.execute(() -> {
            online = false;
            inbox.takeAll(); // they come again at the next connection
        });
    }

    @Override
    public void changed(ServiceStatus status) {
        changed(status.id());
    }

    @Override
    public void removed(ServiceId id) {
        changed(id);
    }

    /** Something about a service has changed, such as its deploy. */
    public void changed(ServiceId service) {
        mailbox.execute(() -> engine.changed(service));
    }

    /**
     * Whether a revision that is under way may go back to a release; of every release until it is known what an earlier agent left.
     */
    public boolean needs(ServiceId service, String release) {
        return engine.needs(service, release);
    }

    // What arrives.

    /** Until this agent speaks for the device, documents wait: another agent may have it. */
    private void drain() {
        isLookDue.set(false);
        if (!online) return;
        for (Map.Entry<DocumentKey, Arrived> arrived : inbox.takeAll().entrySet()) {
            look(arrived.getKey(), arrived.getValue());
        }
    }

    private void look(DocumentKey key, Arrived arrived) {
        unsaved.remove(key);
        try {
            take(key, arrived);
        } catch (CommandException refusal) {
            refuse(key, Refusal.REFUSED, Problem.of(refusal));
        } catch (RuntimeException bug) { // one document must not make the agent deaf to the others
            LOG.error("document={} could not be taken", key, bug);
            refuse(key, Refusal.REFUSED, new Problem(ErrorCode.INTERNAL.word(), "internal error: " + bug));
        }
    }

    private void take(DocumentKey key, Arrived arrived) throws CommandException {
        if (arrived.size() == 0) {
            // Silence is no deletion: a broker that lost its memory must not wipe a fleet.
            engine.withdrawn(key);
            return;
        }
        byte[] payload = arrived.payload().orElseThrow(() -> unkept(arrived.size()));
        Parsed parsed = parser.parse(payload);
        Optional<Document> known = engine.find(key);
        Arrival arrival = known.map(document -> document.arrival(parsed)).orElse(Arrival.NEWER);
        long newest = known.map(document -> document.accepted().revision()).orElse(0L);
        switch (arrival) {
            case NEWER -> accept(key, known, parsed, payload);
            case SAME -> engine.accept(key);
            case OLDER ->
                refuse(
                        key,
                        Refusal.STALE,
                        new Problem(
                                "stale",
                                "revision " + parsed.document().revision() + " is older than " + newest
                                        + ", which this device has taken: publish a higher one"));
            case OTHER ->
                refuse(
                        key,
                        Refusal.REFUSED,
                        new Problem(
                                "revision_reused",
                                "this device has taken revision " + newest
                                        + " with another content: a change needs a higher revision"));
        }
    }

    private static CommandException unkept(int size) {
        if (size > DocumentParser.MAX_BYTES) return DocumentParser.tooLarge(size);
        return new CommandException(
                ErrorCode.BUSY,
                "too many documents came at once, more than " + Inbox.MAX_BYTES
                        + " bytes: it is read again at the next connection");
    }

    private void accept(DocumentKey key, Optional<Document> known, Parsed parsed, byte[] payload)
            throws CommandException {
        if (known.isEmpty() && !engine.makesRoom()) {
            throw new CommandException(
                    ErrorCode.BUSY,
                    "this device has " + Inbox.MAX_DOCUMENTS
                            + " documents, and takes no more: remove one, and clear its topic");
        }
        if (engine.bytesBeside(key) + payload.length > MAX_BYTES) {
            throw new CommandException(
                    ErrorCode.BUSY,
                    "the documents of this device may have " + MAX_BYTES
                            + " bytes together, and would have more: bring larger files as an artifact");
        }
        String text = new String(payload, StandardCharsets.UTF_8);
        Accepted accepted =
                Accepted.of(parsed, topics.device(), text, ports.timers().now());
        try {
            engine.take(known.map(document -> document.take(accepted)).orElseGet(() -> Document.first(key, accepted)));
        } catch (StoreException e) {
            boolean isKept = unsaved.size() < MAX_UNSAVED;
            refuse(
                    key,
                    Refusal.REFUSED,
                    new Problem(
                            ErrorCode.DISK_FULL.word(),
                            "revision " + accepted.revision() + " could not be recorded, and is tried again "
                                    + (isKept ? "every minute: " : "at the next connection: ") + e.getMessage()));
            if (!isKept) return;
            unsaved.put(key, payload);
            ports.timers().schedule(DocumentEngine.RETRY, () -> mailbox.execute(() -> tryAgain(key, payload)));
        }
    }

    /** Unless another one has come meanwhile. */
    private void tryAgain(DocumentKey key, byte[] payload) {
        if (unsaved.get(key) == payload) look(key, new Arrived(Optional.of(payload), payload.length));
    }

    private void refuse(DocumentKey key, String state, Problem problem) {
        engine.refuse(key, new Refusal(state, problem, ports.timers().now()));
    }
}
