package io.efka.agent.output.ship;

import io.efka.agent.output.ship.WatchedServices.WatchedService;
import io.efka.agent.output.store.FolderWatch;
import io.efka.agent.output.store.LogFiles;
import io.efka.agent.output.store.OffsetStore;
import io.efka.agent.output.store.ServiceStreams;
import io.efka.agent.output.store.StreamFiles;
import io.efka.agent.output.store.StreamId;
import io.efka.agent.telemetry.Events;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Topics;
import io.efka.threads.AgentThread;
import io.efka.threads.Timers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what services write, from their files, at least once and in order. One thread, {@code agent-output}, owns
 * all state; other threads leave it a note and wake it. It has no more output in memory than its window.
 */
public final class Shipper implements LogFiles.Listener, FolderWatch.Sink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Shipper.class);
    private static final long JOIN_MILLIS = 2000;
    /** How long a close waits for the broker's acknowledgements. */
    private static final long DRAIN = TimeUnit.SECONDS.toNanos(1);

    private static final long FAULT_PAUSE = TimeUnit.SECONDS.toNanos(1);

    private final MqttLink link;
    private final Map<String, Long> acknowledged;
    private final OffsetCheckpoints checkpoints;
    private final OutputEvents events;
    private final OutputPublisher publisher;
    private final FolderWatch watch = new FolderWatch(this);
    private final WatchedServices services = new WatchedServices(watch);
    private final DiskShare share;
    private final RoundRobin roundRobin;
    /** Bounded: one note for each touched service, each message in the window and each call. */
    private final Queue<Runnable> notes = new ConcurrentLinkedQueue<>();

    private final Set<ServiceId> touched = ConcurrentHashMap.newKeySet();
    private final Thread thread = new AgentThread("agent-output", this::run);
    private boolean closing;
    private long closeBy;

    /** @param acknowledged the offsets in the store at the start */
    public Shipper(
            OffsetStore store,
            Map<String, Long> acknowledged,
            MqttLink link,
            Topics topics,
            Events events,
            Timers timers,
            DiskShare share) {
        this.share = share;
        this.link = link;
        this.acknowledged = new HashMap<>(acknowledged);
        this.checkpoints = new OffsetCheckpoints(store);
        this.events = new OutputEvents(events, timers);
        this.publisher = new OutputPublisher(link, topics, timers, answer -> note(() -> settle(answer)));
        this.roundRobin = new RoundRobin(publisher);
    }

    public void start() {
        watch.start();
        thread.start();
        if (link.isUp()) connected();
    }

    /** The link is up: continues at the acknowledged offsets. */
    public void connected() {
        note(() -> connection(true));
    }

    /** The link is down. */
    public void disconnected() {
        note(() -> connection(false));
    }

    /** Ships for one more second at most, saves the offsets, and ends. */
    @Override
    public void close() {
        note(() -> {
            closing = true;
            closeBy = System.nanoTime() + DRAIN;
            roundRobin.drain();
            services.all().forEach(this::look);
        });
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        watch.close();
    }

    @Override
    public void found(StreamId id, StreamFiles.Look look, long end) {
        events.seen(id, look, end);
    }

    @Override
    public void shared(StreamId id, long offset, String why) {
        events.shared(id, offset, why);
    }

    @Override
    public void lost(ServiceId id, String why) {
        events.lost(id, why);
    }

    @Override
    public void changed(ServiceStreams streams) {
        note(() -> look(services.add(streams, () -> shipments(streams), System.nanoTime())));
    }

    @Override
    public void gone(ServiceStreams streams) {
        note(() -> services.remove(streams.id()).ifPresent(this::forget));
    }

    @Override
    public void touched(ServiceId id) {
        if (!touched.add(id)) return;
        note(() -> {
            touched.remove(id);
            services.find(id).ifPresent(this::look);
        });
    }

    @Override
    public void touchedAny() {
        note(() -> services.all().forEach(this::look));
    }

    @Override
    public void unwatched(ServiceId id) {
        note(() -> services.find(id).ifPresent(service -> services.poll(service, System.nanoTime())));
    }

    private void note(Runnable note) {
        notes.add(note);
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!isFinished()) {
            try {
                long wait = turn();
                if (wait > 0 && notes.isEmpty() && !isFinished()) {
                    AgentThread.idle();
                    LockSupport.parkNanos(this, wait);
                }
            } catch (RuntimeException bug) {
                LOG.error("output: this is a bug; shipping continues from the acknowledged offsets", bug);
                connection(publisher.isUp());
                LockSupport.parkNanos(this, FAULT_PAUSE);
            }
        }
        checkpoints.saveAll();
    }

    /** Does what can be done now; returns the nanoseconds until more is due. */
    private long turn() {
        AgentThread.step();
        for (Runnable note = notes.poll(); note != null; note = notes.poll()) {
            note.run();
            AgentThread.step();
        }
        for (WatchedService service : services.due(System.nanoTime())) {
            services.looked(service, look(service), System.nanoTime());
            enter(service);
        }
        long wait = roundRobin.round();
        long now = System.nanoTime();
        wait = Math.min(wait, share.check(services.shipments(), now));
        wait = Math.min(wait, checkpoints.save(now));
        if (closing) wait = Math.min(wait, Math.max(0, closeBy - now));
        return Math.min(wait, services.untilDue(now));
    }

    private boolean isFinished() {
        if (!closing || !notes.isEmpty()) return false;
        boolean drained = roundRobin.isEmpty() && publisher.isQuiet();
        return drained || !publisher.isUp() || System.nanoTime() - closeBy >= 0;
    }

    private boolean look(WatchedService service) {
        AgentThread.step();
        boolean grew = false;
        for (StreamShipment shipment : service.shipments()) grew |= shipment.observe();
        enter(service);
        return grew;
    }

    private void enter(WatchedService service) {
        for (StreamShipment shipment : service.shipments()) roundRobin.join(shipment, service);
    }

    private void settle(OutputPublisher.Settled answer) {
        if (publisher.settle(answer)) {
            answer.shipment().acknowledged();
            checkpoints.moved(answer.shipment(), System.nanoTime());
        }
        services.find(answer.shipment().service()).ifPresent(this::enter);
    }

    private void connection(boolean up) {
        publisher.connection(up);
        for (WatchedService service : services.all()) {
            service.shipments().forEach(StreamShipment::rewind);
            if (up) service.shipments().forEach(StreamShipment::resume);
            enter(service);
        }
    }

    private List<StreamShipment> shipments(ServiceStreams streams) {
        return streams.both().stream().map(files -> shipment(streams, files)).toList();
    }

    private StreamShipment shipment(ServiceStreams streams, StreamFiles files) {
        // Nothing of an unknown stream was sent: bytes that are not kept are reported as a gap.
        long from = acknowledged.getOrDefault(files.id().toString(), 0L);
        return new StreamShipment(streams, files, from, events);
    }

    private void forget(WatchedService service) {
        for (StreamShipment shipment : service.shipments()) {
            roundRobin.leave(shipment);
            checkpoints.forget(shipment);
            acknowledged.remove(shipment.id().toString());
        }
    }
}
