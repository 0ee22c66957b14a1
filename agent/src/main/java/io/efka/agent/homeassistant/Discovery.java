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
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the device's retained discovery document equal to the services there are, and publishes it again when Home
 * Assistant has started, or somebody else has written there. An entity that is no more is retracted by name in one document and left out of the next, as
 * Home Assistant wants it; what an earlier life of the agent announced is known from the broker. Thread-safe; never
 * blocks.
 */
public final class Discovery implements StatusListener {
    /** Services come and go in batches: one document for all of them. */
    static final Duration GATHER = Duration.ofSeconds(1);

    /** A fleet answers a start of Home Assistant over so long, not at once. */
    static final Duration SPREAD = Duration.ofSeconds(10);

    /** Of 4 to 9 KB each, by the length of names: within the 1 MiB that the agent itself can read back. */
    static final int MAX_SERVICES = 100;

    /** More than was ever announced by an agent: beyond it somebody else wrote the document. */
    private static final int MAX_ANNOUNCED = 10_000;

    private static final Logger log = LoggerFactory.getLogger(Discovery.class);

    private final Target target;
    private final Device device;
    private final DiscoveryCodec codec;
    private final Supplier<List<ServiceId>> services;
    private final Timers timers;
    private final RandomGenerator random;
    private final RetainedDocument document;
    private final OverwriteDetector detector;

    private final Set<ServiceId> known = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean gathering = new AtomicBoolean();
    private final AtomicBoolean answering = new AtomicBoolean();
    private final AtomicBoolean warned = new AtomicBoolean();
    private final AtomicBoolean saidShortened = new AtomicBoolean();

    /** Key and platform of all that Home Assistant may have been told of and not yet been told to forget. */
    @GuardedBy("this") private final Map<String, String> announced = new HashMap<>();

    /** Of these, what the newest document retracts. */
    @GuardedBy("this") private Map<String, String> retracted = Map.of();

    /** Whether the broker's document still names what it retracted. */
    @GuardedBy("this") private boolean namesRetracted;

    /**
     * What Home Assistant is told about the device itself.
     *
     * @param hasMetrics whether the agent publishes metrics; without them there are no sensors that show them
     */
    public record Device(Topics topics, Version version, MachineFacts machine, boolean hasMetrics) {}

    /**
     * @param prefix Home Assistant's discovery prefix
     * @param services all there are at this moment, in a stable order; asked from any thread
     */
    public Discovery(
            String prefix,
            Device device,
            Supplier<List<ServiceId>> services,
            MqttLink link,
            Timers timers,
            RandomGenerator random) {
        this.target = new Target(prefix, device.topics());
        this.device = device;
        this.codec = new DiscoveryCodec(target, device);
        this.services = services;
        this.timers = timers;
        this.random = random;
        this.document = new RetainedDocument(target.config(), link, timers, this::compose, this::settled, false);
        this.detector = new OverwriteDetector(timers, document::changed);
        document.changed();
    }

    /** Home Assistant's own status, and what is retained as this device's document. */
    public List<MqttLink.Subscription> subscriptions() {
        return List.of(
                new MqttLink.Subscription(target.status(), false), new MqttLink.Subscription(target.config(), true));
    }

    @Override
    public void changed(ServiceStatus status) {
        if (known.add(status.id())) publishSoon();
    }

    @Override
    public void removed(ServiceId id) {
        if (known.remove(id)) publishSoon();
    }

    /** This agent speaks for the device; see {@link RetainedDocument#online}. */
    public void online(boolean sessionPresent) {
        document.online(sessionPresent);
    }

    public void offline() {
        document.offline();
    }

    /** A message came on a topic this agent is subscribed to; any but those of {@link #subscriptions} is ignored. */
    public void received(Message message) {
        if (message.topic().equals(target.config())) {
            heard(DiscoveryCodec.read(message.payload()));
            // Empty: a person has deleted the device in Home Assistant. It is back when that or the agent starts again.
            if (message.payload().length > 0) detector.received(message.payload());
        }
        if (message.topic().equals(target.status()) && isOnline(message)) publishWithinSpread();
    }

    private static boolean isOnline(Message message) {
        return new String(message.payload(), StandardCharsets.UTF_8).equals("online");
    }

    private void publishSoon() {
        if (!gathering.compareAndSet(false, true)) return;
        timers.schedule(GATHER, () -> {
            gathering.set(false);
            if (hasChanged()) document.changed();
        });
    }

    /** Not so when a service came and went meanwhile, or when the first document had all that was found at the start. */
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

    /** Our own echo, or what somebody left there: an earlier life of this agent, or another agent of this name. */
    private void heard(Map<String, String> entities) {
        Set<String> ours = components().keySet();
        boolean hasStrangers = false;
        synchronized (this) {
            for (Map.Entry<String, String> entity : entities.entrySet()) {
                if (ours.contains(entity.getKey()) || announced.size() >= MAX_ANNOUNCED) continue;
                announced.put(entity.getKey(), entity.getValue());
                hasStrangers = true;
            }
        }
        if (hasStrangers) publishSoon();
    }

    private byte[] compose(long bytes) {
        Map<String, JsonObject> components = components();
        Map<String, String> gone;
        synchronized (this) {
            components.forEach((key, component) -> announced.put(key, DiscoveryCodec.platform(component)));
            gone = new TreeMap<>(announced);
            gone.keySet().removeAll(components.keySet());
        }
        // What there is no room for stays announced: neither named nor retracted, it is in a later document.
        int left = codec.fit(components, gone, bytes);
        if (left > 0 && saidShortened.compareAndSet(false, true)) {
            log.warn("Home Assistant is not told of {} entities: the broker takes no larger document", left);
        }
        synchronized (this) {
            retracted = gone;
            namesRetracted = false;
        }
        return detector.publishing(codec.write(components, gone));
    }

    /** The broker has the newest document: what that retracts is done with, and not said again. */
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
            log.warn("Home Assistant is told of the first {} services only, there are {}", MAX_SERVICES, all.size());
        }
        return Entities.of(device, all.stream().limit(MAX_SERVICES).toList());
    }

    /**
     * Where Home Assistant is met.
     *
     * @param prefix its discovery prefix, {@code homeassistant} unless somebody changed it there
     */
    record Target(String prefix, Topics topics) {
        private static final String ONE_LEVEL_EACH = "[A-Za-z0-9-]+/[A-Za-z0-9_-]+";

        /** Where it says {@code online} when it has started. */
        String status() {
            return prefix + "/status";
        }

        /** Where it looks for this device's discovery document. */
        String config() {
            return prefix + "/device/" + objectId() + "/config";
        }

        /** The device's name among all devices that Home Assistant knows, {@code efka/dev1}. */
        String identity() {
            String leaf = topics.device("");
            return leaf.substring(0, leaf.length() - 1);
        }

        /** Home Assistant ignores topics with anything but letters, digits, _ and -: what is lost by that a hash makes up for. */
        private String objectId() {
            String identity = identity();
            String legal = identity.replaceAll("[^A-Za-z0-9_-]", "_");
            return identity.matches(ONE_LEVEL_EACH) ? legal : legal + "-" + Integer.toHexString(identity.hashCode());
        }
    }
}
