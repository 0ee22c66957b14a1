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
    /** Streams whose offset was saved less than a second ago, or has changed since. */
    private final Map<StreamShipment, Saved> recent = new LinkedHashMap<>();

    OffsetCheckpoints(OffsetStore store) {
        this.store = store;
    }

    /** The acknowledged offset of a stream has advanced. */
    void moved(StreamShipment shipment, long now) {
        if (recent.containsKey(shipment)) return;
        recent.put(shipment, save(shipment, now));
    }

    /** Saves the offsets that are due; returns the nanoseconds until the next one is. */
    long save(long now) {
        long wait = Long.MAX_VALUE;
        for (Iterator<Map.Entry<StreamShipment, Saved>> entries =
                        recent.entrySet().iterator();
                entries.hasNext(); ) {
            Map.Entry<StreamShipment, Saved> entry = entries.next();
            StreamShipment shipment = entry.getKey();
            long remaining = entry.getValue().at() + SPACING - now;
            if (remaining > 0) {
                wait = Math.min(wait, remaining);
            } else if (shipment.cursor().acknowledged() != entry.getValue().offset()) {
                entry.setValue(save(shipment, now));
                wait = Math.min(wait, SPACING);
            } else {
                closeFile(shipment);
                entries.remove();
            }
        }
        return wait;
    }

    /** Saves all offsets now. */
    void saveAll() {
        recent.forEach((shipment, saved) -> {
            if (shipment.cursor().acknowledged() != saved.offset()) save(shipment, saved.at());
            closeFile(shipment);
        });
        recent.clear();
    }

    /** The stream was removed. */
    void forget(StreamShipment shipment) {
        recent.remove(shipment);
        closeFile(shipment);
        store.delete(shipment.id().toString());
    }

    private Saved save(StreamShipment shipment, long now) {
        long offset = shipment.cursor().acknowledged();
        store.saveSoon(shipment.id().toString(), offset);
        return new Saved(now, offset);
    }

    private static void closeFile(StreamShipment shipment) {
        try {
            shipment.closeFile();
        } catch (IOException e) {
            LOG.debug("stream={} closing its file: {}", shipment.id(), e.toString());
        }
    }

    private record Saved(long at, long offset) {}
}
