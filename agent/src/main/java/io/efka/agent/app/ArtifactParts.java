package io.efka.agent.app;

import io.efka.agent.artifact.ArtifactCache;
import io.efka.agent.artifact.Downloads;
import io.efka.agent.artifact.FileSource;
import io.efka.agent.artifact.HttpSource;
import io.efka.agent.release.Artifacts;
import io.efka.threads.TaskPool;
import io.efka.threads.Timers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
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

    private ArtifactParts(HttpSource web, Downloads downloads, long maxUnpacked) {
        this.web = web;
        this.downloads = downloads;
        this.forReleases = new Artifacts(downloads, maxUnpacked, unpackers);
    }

    /** @param data the agent's folder */
    static ArtifactParts of(Settings.Artifacts settings, Path data, Timers timers, RandomGenerator random) {
        var web = new HttpSource(
                new HttpSource.Settings(
                        settings.allowHttp(),
                        settings.credentials(),
                        settings.rate(),
                        System.getenv(),
                        settings.authorities()),
                timers);
        var cache = new ArtifactCache(data.resolve("artifacts"), settings.cache(), timers);
        var downloads = new Downloads(cache, List.of(web, new FileSource(settings.roots())), timers, random);
        return new ArtifactParts(web, downloads, settings.maxUnpacked());
    }

    Artifacts forReleases() {
        return forReleases;
    }

    /** Gives up what is under way; waits for it, for a few seconds at most. */
    @Override
    public void close() {
        downloads.close();
        web.close();
        unpackers.close();
    }
}
