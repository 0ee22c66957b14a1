package io.efka.it;

import io.efka.agent.artifact.ArtifactCache;
import io.efka.agent.artifact.ArtifactRef;
import io.efka.agent.artifact.CachedArtifact;
import io.efka.agent.artifact.DownloadListener;
import io.efka.agent.artifact.Downloads;
import io.efka.agent.artifact.RateLimit;
import io.efka.agent.artifact.mqtt.MqttSource;
import io.efka.agent.runtime.SystemTimers;
import io.efka.mqtt.BrokerSettings;
import io.efka.mqtt.paho.PahoLink;
import io.efka.protocol.CommandException;
import io.efka.protocol.DeviceId;
import io.efka.protocol.Topics.GroupId;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;

/** Devices that fetch artifacts from a broker, all in this process: the downloads of an agent, and nothing else of it. */
public final class ArtifactReceivers implements AutoCloseable {
    private static final long CACHE = 1L << 30;

    private final ScheduledExecutorService pool = Executors.newScheduledThreadPool(2);
    private final SystemTimers timers = new SystemTimers(pool);
    private final List<Downloads> devices = new ArrayList<>();

    /** @param folder each device has its cache below it */
    public ArtifactReceivers(int count, String broker, Path folder) {
        for (int number = 1; number <= count; number++) devices.add(device("dev" + number, broker, folder));
    }

    private Downloads device(String name, String broker, Path folder) {
        var settings = new BrokerSettings(
                List.of(URI.create(broker)),
                "efka-" + name,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        RandomGenerator chance = RandomGenerator.getDefault();
        var source = new MqttSource(
                suffix -> new PahoLink(settings.withClientIdSuffix(suffix), timers, chance),
                "efka",
                new DeviceId(name),
                List.of(GroupId.ALL),
                new RateLimit(0, timers),
                timers,
                chance);
        var cache = new ArtifactCache(folder.resolve(name), CACHE, timers);
        return new Downloads(cache, List.of(source), timers, chance);
    }

    /** Each device begins to fetch it from the broker. */
    public List<CompletableFuture<CachedArtifact>> fetch(Archive archive) {
        var ref = new ArtifactRef(List.of(ArtifactRef.source("mqtt:")), archive.hash(), archive.size());
        var results = new ArrayList<CompletableFuture<CachedArtifact>>();
        for (Downloads device : devices) {
            try {
                results.add(device.start(ref, new Silent()).result());
            } catch (CommandException e) {
                throw new AssertionError(e);
            }
        }
        return results;
    }

    private static final class Silent implements DownloadListener {
        @Override
        public void progress(long received) {}

        @Override
        public void waiting(String reason, Duration wait) {}
    }

    @Override
    public void close() {
        devices.forEach(Downloads::close);
        timers.close();
        pool.shutdownNow();
    }
}
