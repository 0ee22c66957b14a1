package io.efka.agent.output.store;

import io.efka.protocol.ServiceId;
import io.efka.threads.AgentThread;
import io.efka.threads.FatalErrors;
import io.efka.words.FileFailure;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports writes to the services' folders. Each {@code write} of a service is an event that takes microseconds on both
 * sides. So a folder with too many of them is no longer watched: the user of this class polls it, and watches it again
 * when it has become quiet. Thread-safe; its own thread is {@code agent-output-watch}.
 */
public final class FolderWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);
    /** More wake-ups than this within {@link #HEAT_SPAN}, 500 per second, cost more than polling every 5 ms. */
    private static final int HEAT_LIMIT = 25;

    private static final long HEAT_SPAN = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long JOIN_MILLIS = 1000;

    private final Sink sink;
    private final Optional<WatchService> watcher;
    private final Map<ServiceId, Watched> byService = new ConcurrentHashMap<>();
    private final Map<WatchKey, Watched> byKey = new ConcurrentHashMap<>();
    private final Thread thread = new AgentThread("agent-output-watch", this::run);

    public FolderWatch(Sink sink) {
        this.sink = sink;
        this.watcher = newWatcher();
    }

    public void start() {
        if (watcher.isPresent()) thread.start();
    }

    /** Starts or continues watching. Returns false if that is impossible: then the folder must be polled. */
    public boolean watch(ServiceId id, Path folder) {
        Watched present = byService.get(id);
        if (watcher.isEmpty()) return false;
        try {
            // If the folder was moved, the old watch follows it.
            BasicFileAttributes found =
                    Files.readAttributes(folder, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            // Never follows a link. A new folder at the path may even have the inode of the old one.
            if (!found.isDirectory()) {
                unwatch(id);
                return false;
            }
            Object identity = found.fileKey();
            if (present != null && present.key.isValid() && present.folder.equals(identity)) return true;
            unwatch(id);
            WatchKey key = folder.register(
                    watcher.get(), StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_DELETE);
            Watched watched = new Watched(id, identity, key);
            byService.put(id, watched);
            byKey.put(key, watched);
            return true;
        } catch (IOException e) {
            LOG.debug("service={} cannot be watched: {}", id, e.toString());
            return false;
        } catch (ClosedWatchServiceException closing) {
            return false;
        }
    }

    public void unwatch(ServiceId id) {
        Watched watched = byService.remove(id);
        if (watched == null) return;
        watched.key.cancel();
        byKey.remove(watched.key);
    }

    @Override
    public void close() {
        try {
            if (watcher.isPresent()) watcher.get().close();
            thread.join(JOIN_MILLIS);
        } catch (IOException e) {
            LOG.debug("closing the watch service: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (true) {
                AgentThread.idle();
                WatchKey key = watcher.orElseThrow().take();
                AgentThread.step();
                FatalErrors.run(() -> take(key));
            }
        } catch (ClosedWatchServiceException | InterruptedException closed) {
            LOG.debug("watch ends");
        }
    }

    private void take(WatchKey key) {
        boolean overflow = false;
        for (WatchEvent<?> event : key.pollEvents()) overflow |= event.kind() == StandardWatchEventKinds.OVERFLOW;
        Watched watched = byKey.get(key);
        boolean valid = key.reset();
        // The kernel has one queue for all folders: the lost events may be of any of them.
        if (overflow) sink.touchedAny();
        if (watched == null) return;
        if (!valid) {
            byKey.remove(key);
            sink.unwatched(watched.id);
        } else if (watched.isHot(System.nanoTime())) {
            unwatch(watched.id);
            sink.unwatched(watched.id);
        } else {
            sink.touched(watched.id);
        }
    }

    private static Optional<WatchService> newWatcher() {
        try {
            return Optional.of(FileSystems.getDefault().newWatchService());
        } catch (IOException e) {
            LOG.warn("output cannot be watched, and is polled instead: {}", FileFailure.words(e));
            LOG.debug("output cannot be watched", e);
            return Optional.empty();
        }
    }

    /** Hears of writes; must not block. */
    public interface Sink {
        /** Something in a service's folder was written or deleted. */
        void touched(ServiceId id);

        /** Events were lost: any folder may have changed. */
        void touchedAny();

        /** A service's folder is not watched any more. */
        void unwatched(ServiceId id);
    }

    /** A watched folder, and the number of its recent wake-ups, which is confined to the watch's thread. */
    private static final class Watched {
        private final ServiceId id;
        private final Object folder;
        private final WatchKey key;
        private long spanBegan;
        private int wakeups;

        private Watched(ServiceId id, Object folder, WatchKey key) {
            this.id = id;
            this.folder = folder;
            this.key = key;
        }

        private boolean isHot(long now) {
            if (now - spanBegan > HEAT_SPAN) {
                spanBegan = now;
                wakeups = 0;
            }
            return ++wakeups > HEAT_LIMIT;
        }
    }
}
