package io.efka.agent.artifact.mqtt;

import io.efka.agent.artifact.ArtifactCache;
import io.efka.agent.artifact.CachedArtifact;
import io.efka.agent.artifact.Cancellation;
import io.efka.mqtt.MqttLink;
import io.efka.mqtt.MqttLink.Subscription;
import io.efka.protocol.DeviceId;
import io.efka.protocol.Sha256;
import io.efka.protocol.Topics.GroupId;
import io.efka.protocol.artifact.ArtifactTopics;
import io.efka.protocol.artifact.Holding;
import io.efka.protocol.artifact.Wish;
import io.efka.threads.FatalErrors;
import io.efka.threads.TaskPool;
import io.efka.threads.Timers;
import io.efka.transfer.ArtifactSender;
import io.efka.transfer.ArtifactServer;
import io.efka.transfer.SenderId;
import io.efka.transfer.ServedArtifact;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Helps out where a device asks for an artifact that this one has, and nobody answers (setting {@code serve_artifacts}). It
 * has a connection of its own, and the thread {@code agent-artifact-peer-1}.
 */
public final class ArtifactPeer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ArtifactPeer.class);

    /** Half of what a publisher sends: a device has services that need its network too. */
    private static final long RATE = 512 * 1024;

    private static final int MAX_USELESS = 64;
    private static final Duration AGAIN = Duration.ofMinutes(1);
    private static final Duration IDLE = Duration.ofSeconds(1);

    private final Supplier<MqttLink> links;
    private final ArtifactCache cache;
    private final String prefix;
    private final DeviceId device;
    private final List<GroupId> groups;
    private final Timers timers;
    private final RandomGenerator chance;
    private final TaskPool thread = TaskPool.onDemand("agent-artifact-peer", 1, IDLE, new LinkedBlockingQueue<>(), 0);
    private final Cancellation ending = new Cancellation();

    /**
     * Does nothing before {@link #start}.
     *
     * @param links makes links that are not open yet
     * @param groups of the device, {@code all} among them
     */
    public ArtifactPeer(
            Supplier<MqttLink> links,
            ArtifactCache cache,
            String prefix,
            DeviceId device,
            List<GroupId> groups,
            Timers timers,
            RandomGenerator chance) {
        this.links = links;
        this.cache = cache;
        this.prefix = prefix;
        this.device = device;
        this.groups = List.copyOf(groups);
        this.timers = timers;
        this.chance = chance;
    }

    /** Listens from now on. */
    public void start() {
        thread.execute(this::serve);
    }

    /** Whatever goes wrong, devices can be helped again a minute later. */
    private void serve() {
        while (!ending.isCancelled()) {
            try (MqttLink link = links.get()) {
                serve(link);
            } catch (IOException e) {
                LOG.warn("cannot help other devices to artifacts for now: {}", e.getMessage());
            } catch (InterruptedException | CancellationException e) {
                return;
            } catch (RuntimeException bug) {
                FatalErrors.thrown("helping other devices to artifacts", bug);
            }
            pause();
        }
    }

    private void serve(MqttLink link) throws IOException, InterruptedException {
        try (var held = new HeldArtifacts(link)) {
            var server = new ArtifactServer(
                    new SenderId(device.value(), true), prefix, held, link, RATE, timers::nanos, chance);
            ending.onCancel(server::close);
            var subscriptions = new ArrayList<Subscription>();
            for (GroupId group : groups) {
                subscriptions.add(new Subscription(ArtifactTopics.anyArtifact(prefix, group, "want"), false));
                subscriptions.add(new Subscription(ArtifactTopics.anyArtifact(prefix, group, "answer"), false));
            }
            server.run(subscriptions, new Unwatched());
        } finally {
            ending.clear();
        }
    }

    private void pause() {
        try {
            if (!ending.isCancelled()) ending.sleep(AGAIN);
        } catch (CancellationException ended) {
            // the loop ends
        }
    }

    @Override
    public void close() {
        ending.cancel();
        thread.close();
    }

    /** Artifacts of the cache that are being sent: they are not deleted meanwhile. Confined to the thread. */
    private final class HeldArtifacts implements ArtifactServer.Library, AutoCloseable {
        private final MqttLink link;
        private final Map<ArtifactTopics, CachedArtifact> held = new HashMap<>();
        /** Those that could not be sent, which reading them again would not change soon. */
        private final Set<Sha256> useless = new LinkedHashSet<>();

        HeldArtifacts(MqttLink link) {
            this.link = link;
        }

        @Override
        public Optional<ArtifactSender.Loader> find(ArtifactTopics topics) {
            if (useless.contains(topics.artifact())) return Optional.empty();
            Optional<CachedArtifact> artifact = cache.hold(topics.artifact());
            artifact.ifPresent(one -> held.put(topics, one));
            return artifact.map(one -> chunk -> {
                LOG.info("nobody else sends artifact {} in group {}: this device does", one.hash(), topics.group());
                return ServedArtifact.read(
                        one.path(), prefix, topics.group(), Optional.of(topics.artifact()), link.maxPacket(), chunk);
            });
        }

        @Override
        public void failed(ArtifactTopics topics, IOException problem) {
            if (useless.size() < MAX_USELESS) useless.add(topics.artifact());
            LOG.warn("artifact {} cannot be sent to other devices: {}", topics.artifact(), problem.getMessage());
        }

        @Override
        public void released(ArtifactTopics topics) {
            CachedArtifact artifact = held.remove(topics);
            if (artifact != null) artifact.close();
        }

        @Override
        public void close() {
            held.values().forEach(CachedArtifact::close);
        }
    }

    private static final class Unwatched implements ArtifactServer.Watcher {
        @Override
        public void connected() {}

        @Override
        public void holds(Holding holding) {}

        @Override
        public void wishes(Wish wish) {}

        @Override
        public void refused(Map<String, String> filters) {
            filters.forEach(
                    (filter, reason) -> LOG.warn("the broker refuses the subscription to {}: {}", filter, reason));
        }

        @Override
        public boolean isOver(long now) {
            return false;
        }
    }
}
