package io.efka.agent.output.ship;

import io.efka.agent.output.store.FolderWatch;
import io.efka.agent.output.store.ServiceStreams;
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
 * The services whose output is shipped, and when to look at those that are not watched: every 5 ms while they write a
 * lot, twice a second where watching cannot be had. Confined to the shipper's thread.
 */
final class WatchedServices {
    private static final long HOT = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long SLOW = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long SPAN = TimeUnit.MILLISECONDS.toNanos(100);

    private final FolderWatch watch;
    private final Map<ServiceId, Source> byService = new LinkedHashMap<>();

    WatchedServices(FolderWatch watch) {
        this.watch = watch;
    }

    /** The source of a service, watched from now on. */
    Source add(ServiceStreams streams, Supplier<List<StreamShipment>> feeds, long now) {
        Source source = byService.computeIfAbsent(streams.id(), id -> new Source(streams, feeds.get(), now));
        if (!source.isPolled) source.isPolled = !watch.watch(streams.id(), streams.folder());
        return source;
    }

    Optional<Source> remove(ServiceId id) {
        watch.unwatch(id);
        return Optional.ofNullable(byService.remove(id));
    }

    Optional<Source> find(ServiceId id) {
        return Optional.ofNullable(byService.get(id));
    }

    Collection<Source> all() {
        return byService.values();
    }

    List<StreamShipment> feeds() {
        var feeds = new ArrayList<StreamShipment>(2 * byService.size());
        for (Source source : byService.values()) feeds.addAll(source.feeds);
        return feeds;
    }

    /** The source is to be looked at by the clock. */
    void poll(Source source, long now) {
        source.isPolled = true;
        source.begin(HOT, now);
        source.dueAt = now;
    }

    /** The polled sources that are to be looked at now. */
    List<Source> due(long now) {
        var due = new ArrayList<Source>();
        for (Source source : byService.values()) {
            if (source.isPolled && source.dueAt - now <= 0) due.add(source);
        }
        return due;
    }

    /** A polled source was looked at; one that does not grow at most looks is watched again, if that can be had. */
    void looked(Source source, boolean grew, long now) {
        source.looks++;
        if (grew) source.grown++;
        source.dueAt = now + source.interval;
        if (now - source.spanBegan < SPAN) return;
        boolean isHot = source.grown * 4 >= source.looks * 3;
        source.begin(isHot ? HOT : SLOW, now);
        if (isHot) return;
        source.isPolled = !watch.watch(source.streams.id(), source.streams.folder());
        // Once more: something may have been written since the look and before the watch.
        source.feeds.forEach(StreamShipment::observe);
    }

    /** Nanoseconds until a source is due. */
    long untilDue(long now) {
        long wait = Long.MAX_VALUE;
        for (Source source : byService.values()) {
            if (source.isPolled) wait = Math.min(wait, Math.max(0, source.dueAt - now));
        }
        return wait;
    }

    /** A service's feeds, and the rate that they share. */
    static final class Source {
        private final ServiceStreams streams;
        private final List<StreamShipment> feeds;
        private TokenBucket bucket;
        private boolean isPolled;
        private long interval = HOT;
        private long spanBegan;
        private int looks;
        private int grown;
        private long dueAt;

        private Source(ServiceStreams streams, List<StreamShipment> feeds, long now) {
            this.streams = streams;
            this.feeds = List.copyOf(feeds);
            this.bucket = new TokenBucket(streams.rule().rate(), now);
        }

        private void begin(long newInterval, long now) {
            interval = newInterval;
            dueAt = now + newInterval;
            spanBegan = now;
            looks = 0;
            grown = 0;
        }

        List<StreamShipment> feeds() {
            return feeds;
        }

        TokenBucket bucket(long now) {
            long rate = streams.rule().rate();
            if (bucket.rate() != rate) bucket = new TokenBucket(rate, now);
            return bucket;
        }
    }
}
