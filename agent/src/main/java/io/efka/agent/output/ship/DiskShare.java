package io.efka.agent.output.ship;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Limits the unsent output of all streams together to half of the disk space that would be free without it. Beyond that,
 * the largest streams give up their oldest bytes, but never what their {@code keep} allows. Confined to the shipper's
 * thread.
 */
public final class DiskShare {
    /** A service writes some tens of megabytes meanwhile at most. */
    private static final long SPACING = TimeUnit.MILLISECONDS.toNanos(100);

    /** While nothing is written; somebody else may fill the disk. */
    private static final long IDLE = TimeUnit.SECONDS.toNanos(10);

    private final Supplier<OptionalLong> free;
    private long lookedAt = -SPACING;

    /** @param free bytes that can be written now; empty if nobody knows */
    public DiskShare(Supplier<OptionalLong> free) {
        this.free = free;
    }

    /** Checks the space if that is due; returns the nanoseconds until the next check. */
    long check(Collection<StreamShipment> shipments, long now) {
        if (now - lookedAt < SPACING) return lookedAt + SPACING - now;
        lookedAt = now;
        List<StreamShipment> large = new ArrayList<>();
        long unsent = 0;
        for (StreamShipment shipment : shipments) {
            long here = shipment.unsent();
            unsent += here;
            if (here > shipment.unsentFloor()) large.add(shipment);
        }
        if (large.isEmpty()) return RoundRobin.NEVER;
        OptionalLong room = free.get();
        // With so much less, there is as much free as is used.
        if (room.isPresent() && unsent > room.getAsLong()) giveBack(large, (unsent - room.getAsLong() + 1) / 2);
        return IDLE;
    }

    private static void giveBack(List<StreamShipment> large, long bytes) {
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
