package io.efka.agent.output.ship;

import io.efka.agent.output.store.OffsetStore;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Saves the acknowledged offsets, each at most once a second. Confined to the shipper's thread. */
final class OffsetCheckpoints {
    private static final Logger LOG = LoggerFactory.getLogger(OffsetCheckpoints.class);
    private static final long SPACING = TimeUnit.SECONDS.toNanos(1);

    private final OffsetStore store;
    /** Feeds whose offset was saved less than a second ago or is yet to be, and when the next save may be. */
    private final Map<StreamShipment, Saved> recent = new LinkedHashMap<>();

    OffsetCheckpoints(OffsetStore store) {
        this.store = store;
    }

    /** The broker has more of it. */
    void moved(StreamShipment feed, long now) {
        if (recent.containsKey(feed)) return;
        recent.put(feed, save(feed, now));
    }

    /** Saves what is due; returns the nanoseconds until more will be. */
    long save(long now) {
        long wait = Long.MAX_VALUE;
        for (Iterator<Map.Entry<StreamShipment, Saved>> entries =
                        recent.entrySet().iterator();
                entries.hasNext(); ) {
            Map.Entry<StreamShipment, Saved> entry = entries.next();
            StreamShipment feed = entry.getKey();
            long remaining = entry.getValue().at() + SPACING - now;
            if (remaining > 0) {
                wait = Math.min(wait, remaining);
            } else if (feed.cursor().acknowledged() != entry.getValue().offset()) {
                entry.setValue(save(feed, now));
                wait = Math.min(wait, SPACING);
            } else {
                rest(feed);
                entries.remove();
            }
        }
        return wait;
    }

    /** Saves all there is, at once. */
    void saveAll() {
        recent.forEach((feed, saved) -> {
            if (feed.cursor().acknowledged() != saved.offset()) save(feed, saved.at());
            rest(feed);
        });
        recent.clear();
    }

    /** The stream is gone. */
    void forget(StreamShipment feed) {
        recent.remove(feed);
        rest(feed);
        store.delete(feed.id().toString());
    }

    private Saved save(StreamShipment feed, long now) {
        long offset = feed.cursor().acknowledged();
        store.saveSoon(feed.id().toString(), offset);
        return new Saved(now, offset);
    }

    private static void rest(StreamShipment feed) {
        try {
            feed.rest();
        } catch (IOException e) {
            LOG.debug("stream={} closing its file: {}", feed.id(), e.toString());
        }
    }

    private record Saved(long at, long offset) {}
}
