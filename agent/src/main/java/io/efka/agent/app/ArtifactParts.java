package io.efka.agent.app;

import io.efka.agent.artifact.ArtifactCache;
import io.efka.agent.artifact.ArtifactSource;
import io.efka.agent.artifact.Downloads;
import io.efka.agent.artifact.FileSource;
import io.efka.agent.artifact.HttpSource;
import io.efka.agent.artifact.mqtt.ArtifactPeer;
import io.efka.agent.artifact.mqtt.MqttSource;
import io.efka.agent.release.Artifacts;
import io.efka.mqtt.MqttLink;
import io.efka.mqtt.paho.PahoLink;
import io.efka.protocol.Topics;
import io.efka.threads.TaskPool;
import io.efka.threads.Timers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** What fetches, keeps and unpacks artifacts. Its threads start when there is something to do. */
final class ArtifactParts implements AutoCloseable {
    /** Unpacking needs up to 19 MiB of a heap of 64. */
    private static final int UNPACKERS = 1;

    private static final Duration IDLE = Duration.ofSeconds(10);

    private final HttpSource web;
    private final Downloads downloads;
    private final TaskPool unpackers =
            TaskPool.onDemand("agent-unpack", UNPACKERS, IDLE, new LinkedBlockingQueue<>(), 0);
    private final Artifacts forReleases;
    private final Optional<ArtifactPeer> peer;

    private ArtifactParts(HttpSource web, Downloads downloads, Optional<ArtifactPeer> peer, long maxUnpacked) {
        this.web = web;
        this.peer = peer;
        this.downloads = downloads;
        this.forReleases = new Artifacts(downloads, maxUnpacked, unpackers);
    }

    /** @param topics of the device: artifacts over the broker are those of its groups */
    static ArtifactParts of(Settings all, Topics topics, Timers timers, RandomGenerator random) {
        Settings.Artifacts settings = all.artifacts();
        Path data = all.folders().data();
        var web = new HttpSource(
                new HttpSource.Settings(
                        settings.allowHttp(),
                        settings.credentials(),
                        settings.rate(),
                        System.getenv(),
                        settings.authorities()),
                timers);
        var cache = new ArtifactCache(data.resolve("artifacts"), settings.cache(), timers);
        // A connection of its own for each transfer: chunks cannot take the place of commands, here or at the broker.
        Function<String, MqttLink> links =
                suffix -> new PahoLink(all.broker().withClientIdSuffix(suffix), timers, random);
        var broker = new MqttSource(links, all.prefix(), all.device(), topics.groups(), web.rate(), timers, random);
        List<ArtifactSource> sources = List.of(web, new FileSource(settings.roots()), broker);
        var downloads = new Downloads(cache, sources, timers, random);
        Optional<ArtifactPeer> peer = Optional.of(settings.serves())
                .filter(serves -> serves)
                .map(serves -> new ArtifactPeer(
                        () -> links.apply("-peer"),
                        cache,
                        all.prefix(),
                        all.device(),
                        topics.groups(),
                        timers,
                        random));
        return new ArtifactParts(web, downloads, peer, settings.maxUnpacked());
    }

    /** Helps other devices from now on, if it is to. */
    void start() {
        peer.ifPresent(ArtifactPeer::start);
    }

    Artifacts forReleases() {
        return forReleases;
    }

    /** Gives up what is under way; waits for it, for a few seconds at most. */
    @Override
    public void close() {
        peer.ifPresent(ArtifactPeer::close);
        downloads.close();
        web.close();
        unpackers.close();
    }
}
