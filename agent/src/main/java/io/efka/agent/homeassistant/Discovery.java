package io.efka.agent.homeassistant;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.gson.JsonObject;
import io.efka.agent.supervision.StatusListener;
import io.efka.agent.telemetry.MachineFacts;
import io.efka.agent.telemetry.OverwriteDetector;
import io.efka.agent.telemetry.RetainedDocument;
import io.efka.agent.telemetry.Version;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.Topics;
import io.efka.threads.Timers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the device's retained discovery document in line with its services. Publishes it again when Home Assistant has
 * started, or when somebody else has written it. A removed entity is retracted in one document and left out of the
 * next, as Home Assistant requires. What an earlier start of the agent announced is learned from the broker.
 * Thread-safe; never blocks.
 */
public final class Discovery implements StatusListener {
    /** Delay after a change: services come and go in batches, and one document is enough for a batch. */
    static final Duration BATCH_DELAY = Duration.ofSeconds(1);

    /** A fleet spreads its answers to a start of Home Assistant over this time. */
    static final Duration SPREAD = Duration.ofSeconds(10);

    /** Each takes 4 to 9 KB, depending on names: all fit into the 1 MiB that the agent itself can receive. */
    static final int MAX_SERVICES = 100;

    /** More than an agent ever announces: a larger document is from somebody else. */
    private static final int MAX_ANNOUNCED = 10_000;

    private static final Logger log = LoggerFactory.getLogger(Discovery.class);

    private final Target target;
    private final Device device;
    private final DiscoveryCodec codec;
    private final Supplier<List<ServiceId>> services;
    private final Predicate<ServiceId> hasReleases;
    private final Timers timers;
    private final RandomGenerator random;
    private final RetainedDocument document;
    private final OverwriteDetector detector;

    private final Set<ServiceId> known = ConcurrentHashMap.newKeySet();
    private final Set<ServiceId> deployed = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean batching = new AtomicBoolean();
    private final AtomicBoolean answering = new AtomicBoolean();
    private final AtomicBoolean warned = new AtomicBoolean();
    private final AtomicBoolean loggedShortened = new AtomicBoolean();

    /** Key and platform of all entities that were announced to Home Assistant and not yet retracted. */
    @GuardedBy("this") private final Map<String, String> announced = new HashMap<>();

    /** Those of them that the newest document retracts. */
    @GuardedBy("this") private Map<String, String> retracted = Map.of();

    /** Whether the broker's document still has retractions. */
    @GuardedBy("this") private boolean namesRetracted;

    /**
     * What Home Assistant is told about the device itself.
     *
     * @param hasMetrics whether the agent publishes metrics; without them there are no sensors that show them
     */
    public record Device(Topics topics, Version version, MachineFacts machine, boolean hasMetrics) {}

    /**
     * @param prefix Home Assistant's discovery prefix
     * @param services all services now, in a stable order; called on any thread
     * @param hasReleases whether a service has releases; called on any thread
     */
    public Discovery(
            String prefix,
            Device device,
            Supplier<List<ServiceId>> services,
            Predicate<ServiceId> hasReleases,
            MqttLink link,
            Timers timers,
            RandomGenerator random) {
        this.target = new Target(prefix, device.topics());
        this.device = device;
        this.codec = new DiscoveryCodec(target, device);
        this.services = services;
        this.hasReleases = hasReleases;
        this.timers = timers;
        this.random = random;
        this.document = new RetainedDocument(target.config(), link, timers, this::compose, this::settled, false);
        this.detector = new OverwriteDetector(timers, document::changed);
        document.changed();
    }

    /** Home Assistant's own status, and the retained document of this device. */
    public List<MqttLink.Subscription> subscriptions() {
        return List.of(
                new MqttLink.Subscription(target.status(), false), new MqttLink.Subscription(target.config(), true));
    }

    @Override
    public void changed(ServiceStatus status) {
        if (known.add(status.id())) publishSoon();
    }

    /** What a service's status says of its releases has changed. Thread-safe; never blocks. */
    public void releasesChanged(ServiceId id) {
        if (!deployed.contains(id) && hasReleases.test(id) && deployed.add(id)) publishSoon();
    }

    @Override
    public void removed(ServiceId id) {
        deployed.remove(id);
        if (known.remove(id)) publishSoon();
    }

    /** That of the retained document. */
    public String topic() {
        return target.config();
    }

    /** This agent speaks for the device; see {@link RetainedDocument#online}. */
    public void online(boolean sessionPresent) {
        document.online(sessionPresent);
    }

    /** Publishes nothing from now on. */
    public void offline() {
        document.offline();
    }

    /** A message arrived; those on other topics than {@link #subscriptions} are ignored. */
    public void received(Message message) {
        if (message.topic().equals(target.config())) {
            learn(DiscoveryCodec.read(message.payload()));
            // Empty: a person has deleted the device in Home Assistant. It is back when Home Assistant or the agent
            // restarts.
            if (message.payload().length > 0) detector.received(message.payload());
        }
        if (message.topic().equals(target.status()) && isOnline(message)) publishWithinSpread();
    }

    private static boolean isOnline(Message message) {
        return new String(message.payload(), StandardCharsets.UTF_8).equals("online");
    }

    private void publishSoon() {
        if (!batching.compareAndSet(false, true)) return;
        timers.schedule(BATCH_DELAY, () -> {
            batching.set(false);
            if (hasChanged()) document.changed();
        });
    }

    /** False if a service was added and removed meanwhile, or if the first document already has all services. */
    private boolean hasChanged() {
        Set<String> ours = components().keySet();
        synchronized (this) {
            return !announced.keySet().equals(ours) || !retracted.isEmpty() || namesRetracted;
        }
    }

    private void publishWithinSpread() {
        if (!answering.compareAndSet(false, true)) return;
        timers.schedule(Duration.ofMillis(random.nextLong(SPREAD.toMillis())), () -> {
            answering.set(false);
            document.changed();
        });
    }

    /** Learns entities of a document: our echo, or that of an earlier start or of another agent with this id. */
    private void learn(Map<String, String> entities) {
        Set<String> ours = components().keySet();
        boolean hasUnknown = false;
        synchronized (this) {
            for (Map.Entry<String, String> entity : entities.entrySet()) {
                if (ours.contains(entity.getKey()) || announced.size() >= MAX_ANNOUNCED) continue;
                announced.put(entity.getKey(), entity.getValue());
                hasUnknown = true;
            }
        }
        if (hasUnknown) publishSoon();
    }

    private byte[] compose(long bytes) {
        Map<String, JsonObject> components = components();
        Map<String, String> gone;
        synchronized (this) {
            components.forEach((key, component) -> announced.put(key, DiscoveryCodec.platform(component)));
            gone = new TreeMap<>(announced);
            gone.keySet().removeAll(components.keySet());
        }
        // Entities that do not fit stay announced: they are neither named nor retracted until a later document.
        int left = codec.fit(components, gone, bytes);
        if (left > 0 && loggedShortened.compareAndSet(false, true)) {
            log.warn("Home Assistant is not told of {} entities: the broker accepts no larger document", left);
        }
        synchronized (this) {
            retracted = gone;
            namesRetracted = false;
        }
        return detector.publishing(codec.write(components, gone));
    }

    /** The broker has the newest document: its retractions are done and are left out of the next one. */
    private void settled() {
        synchronized (this) {
            if (retracted.isEmpty()) return;
            announced.keySet().removeAll(retracted.keySet());
            retracted = Map.of();
            namesRetracted = true;
        }
        publishSoon();
    }

    private Map<String, JsonObject> components() {
        List<ServiceId> all = services.get();
        if (all.size() > MAX_SERVICES && warned.compareAndSet(false, true)) {
            log.warn("Home Assistant is told of only the first {} of {} services", MAX_SERVICES, all.size());
        }
        return Entities.of(device, all.stream().limit(MAX_SERVICES).toList(), hasReleases);
    }

    /**
     * The topics of Home Assistant.
     *
     * @param prefix its discovery prefix; default {@code homeassistant}
     */
    record Target(String prefix, Topics topics) {
        private static final String ONE_LEVEL_EACH = "[A-Za-z0-9-]+/[A-Za-z0-9_-]+";

        /** Home Assistant publishes {@code online} here when it has started. */
        String status() {
            return prefix + "/status";
        }

        /** Home Assistant reads this device's discovery document here. */
        String config() {
            return prefix + "/device/" + objectId() + "/config";
        }

        /** The device's unique name in Home Assistant, such as {@code efka/dev1}. */
        String identity() {
            String leaf = topics.device("");
            return leaf.substring(0, leaf.length() - 1);
        }

        /** Home Assistant allows only letters, digits, _ and - here. A hash keeps names apart that become equal. */
        private String objectId() {
            String identity = identity();
            String legal = identity.replaceAll("[^A-Za-z0-9_-]", "_");
            return identity.matches(ONE_LEVEL_EACH) ? legal : legal + "-" + Integer.toHexString(identity.hashCode());
        }
    }
}
