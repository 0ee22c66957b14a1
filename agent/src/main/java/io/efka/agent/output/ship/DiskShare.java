package io.efka.agent.output.ship;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Limits the unsent output of all streams together to half of the disk space that would be free without it. Beyond
 * that, the largest streams give up their oldest bytes, but never what their {@code keep} allows. Confined to the
 * shipper's thread.
 */
public final class DiskShare {
    /** A service writes a few tens of megabytes at most in that time. */
    private static final long SPACING = TimeUnit.MILLISECONDS.toNanos(100);

    /** If nothing is written, because others may fill the disk. */
    private static final long IDLE = TimeUnit.SECONDS.toNanos(10);

    private final Supplier<OptionalLong> free;
    private long checkedAt = -SPACING;

    /** @param free bytes that can be written now; empty if unknown */
    public DiskShare(Supplier<OptionalLong> free) {
        this.free = free;
    }

    /** Checks the space if a check is due; returns the nanoseconds until the next one. */
    long check(Collection<StreamShipment> shipments, long now) {
        if (now - checkedAt < SPACING) return checkedAt + SPACING - now;
        checkedAt = now;
        List<StreamShipment> large = new ArrayList<>();
        long unsent = 0;
        for (StreamShipment shipment : shipments) {
            long here = shipment.unsent();
            unsent += here;
            if (here > shipment.unsentFloor()) large.add(shipment);
        }
        if (large.isEmpty()) return RoundRobin.NEVER;
        OptionalLong room = free.get();
        // After that, as much is free as is used.
        if (room.isPresent() && unsent > room.getAsLong()) release(large, (unsent - room.getAsLong() + 1) / 2);
        return IDLE;
    }

    private static void release(List<StreamShipment> large, long bytes) {
        large.sort(Comparator.comparingLong(StreamShipment::unsent).reversed());
        long left = bytes;
        for (StreamShipment shipment : large) {
            if (left <= 0) return;
            long before = shipment.unsent();
            shipment.trim(Math.max(shipment.unsentFloor(), before - left));
            left -= before - shipment.unsent();
        }
    }
}
