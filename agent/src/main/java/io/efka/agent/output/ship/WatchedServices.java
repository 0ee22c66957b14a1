package io.efka.agent.output.ship;

import io.efka.agent.output.store.FolderWatch;
import io.efka.agent.output.store.ServiceStreams;
import io.efka.agent.runtime.TokenBucket;
import io.efka.protocol.ServiceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The services whose output is shipped, and when to poll those whose folders are not watched: every 5 ms while they
 * write a lot, twice a second if their folders cannot be watched. Confined to the shipper's thread.
 */
final class WatchedServices {
    private static final long HOT = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long SLOW = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long SPAN = TimeUnit.MILLISECONDS.toNanos(100);

    private final FolderWatch watch;
    private final Map<ServiceId, WatchedService> byService = new LinkedHashMap<>();

    WatchedServices(FolderWatch watch) {
        this.watch = watch;
    }

    /** Adds a service and watches it. */
    WatchedService add(ServiceStreams streams, Supplier<List<StreamShipment>> shipments, long now) {
        WatchedService service =
                byService.computeIfAbsent(streams.id(), id -> new WatchedService(streams, shipments.get(), now));
        if (!service.isPolled) service.isPolled = !watch.watch(streams.id(), streams.folder());
        return service;
    }

    Optional<WatchedService> remove(ServiceId id) {
        watch.unwatch(id);
        return Optional.ofNullable(byService.remove(id));
    }

    Optional<WatchedService> find(ServiceId id) {
        return Optional.ofNullable(byService.get(id));
    }

    Collection<WatchedService> all() {
        return byService.values();
    }

    List<StreamShipment> shipments() {
        var shipments = new ArrayList<StreamShipment>(2 * byService.size());
        for (WatchedService service : byService.values()) shipments.addAll(service.shipments);
        return shipments;
    }

    /** Polls the service from now on: its folder cannot be watched. */
    void poll(WatchedService service, long now) {
        service.isPolled = true;
        service.begin(HOT, now);
        service.dueAt = now;
    }

    /** The services whose poll is due. */
    List<WatchedService> due(long now) {
        var due = new ArrayList<WatchedService>();
        for (WatchedService service : byService.values()) {
            if (service.isPolled && service.dueAt - now <= 0) due.add(service);
        }
        return due;
    }

    /** A service was polled. If few polls found something new, watches it again, if possible. */
    void looked(WatchedService service, boolean grew, long now) {
        service.looks++;
        if (grew) service.grown++;
        service.dueAt = now + service.interval;
        if (now - service.spanBegan < SPAN) return;
        boolean isHot = service.grown * 4 >= service.looks * 3;
        service.begin(isHot ? HOT : SLOW, now);
        if (isHot) return;
        service.isPolled = !watch.watch(service.streams.id(), service.streams.folder());
        // Once more: something may have been written after the poll and before the watch began.
        service.shipments.forEach(StreamShipment::observe);
    }

    /** Nanoseconds until the next poll. */
    long untilDue(long now) {
        long wait = Long.MAX_VALUE;
        for (WatchedService service : byService.values()) {
            if (service.isPolled) wait = Math.min(wait, Math.max(0, service.dueAt - now));
        }
        return wait;
    }

    /** A service's shipments, and the rate that they share. */
    static final class WatchedService {
        /** Four, so that a low rate gives a steady flow. */
        private static final int BURSTS_PER_SECOND = 4;

        private final ServiceStreams streams;
        private final List<StreamShipment> shipments;
        private TokenBucket bucket;
        private boolean isPolled;
        private long interval = HOT;
        private long spanBegan;
        private int looks;
        private int grown;
        private long dueAt;

        private WatchedService(ServiceStreams streams, List<StreamShipment> shipments, long now) {
            this.streams = streams;
            this.shipments = List.copyOf(shipments);
            this.bucket = new TokenBucket(streams.rule().rate(), BURSTS_PER_SECOND, now);
        }

        private void begin(long newInterval, long now) {
            interval = newInterval;
            dueAt = now + newInterval;
            spanBegan = now;
            looks = 0;
            grown = 0;
        }

        List<StreamShipment> shipments() {
            return shipments;
        }

        TokenBucket bucket(long now) {
            long rate = streams.rule().rate();
            if (bucket.rate() != rate) bucket = new TokenBucket(rate, BURSTS_PER_SECOND, now);
            return bucket;
        }
    }
}
