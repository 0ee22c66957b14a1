package io.efka.agent.telemetry;

import io.efka.mqtt.Message;
import io.efka.mqtt.RetryDelay;
import io.efka.protocol.ServiceId;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The data of one service that waits or is in flight, in order. Guarded by its {@link DataPublisher}. */
final class DataStream {
    /** More messages than this wait only if the link is slower than the service. */
    static final int CROWDED = 1_000;

    private static final long CROWDED_BYTES = 256 * 1024;

    final ServiceId service;
    /** Waits after failed attempts. */
    final RetryDelay delay = RetryDelay.ofBusyBroker();

    private final Backlog all;
    private final ArrayDeque<Item> waiting = new ArrayDeque<>();
    private final ArrayDeque<Item> inFlight = new ArrayDeque<>();
    /** The newest item of every name that is, or will be, retained; empty if it was published by an earlier agent. */
    private final Map<String, Optional<Item>> retained = new LinkedHashMap<>();

    private long waitingBytes;
    private long dropped;
    private boolean failing;
    private boolean paused;

    /** @param all counts the waiting bytes of all streams together */
    DataStream(ServiceId service, Set<String> retained, Backlog all) {
        this.service = service;
        this.all = all;
        retained.forEach(name -> this.retained.put(name, Optional.empty()));
    }

    /** The waiting bytes of all streams together: a sum that need not be computed for every message. */
    static final class Backlog {
        private long bytes;

        long bytes() {
            return bytes;
        }
    }

    /** A message and its state. */
    static final class Item {
        final String name;
        final Message message;
        private ItemState state = ItemState.PENDING;
        private int attempts;

        Item(String name, Message message) {
            this.name = name;
            this.message = message;
        }

        /** Counts a failed attempt; returns how many there were. */
        int countAttempt() {
            return ++attempts;
        }

        private boolean clears() {
            return message.retain() && message.payload().length == 0;
        }
    }

    private enum ItemState {
        PENDING,
        SETTLED,
        FAILED
    }

    void add(Item item) {
        waiting.add(item);
        grow(item.message.payload().length);
        if (item.message.retain()) retained.put(item.name, Optional.of(item));
    }

    private void grow(int bytes) {
        waitingBytes += bytes;
        all.bytes += bytes;
    }

    /** The next item to send; empty while {@code window} items are in flight, or while one must be sent again. */
    Optional<Item> next(int window) {
        if (inFlight.size() >= window || failing || paused) return Optional.empty();
        Item item = waiting.poll();
        if (item == null) return Optional.empty();
        grow(-item.message.payload().length);
        inFlight.add(item);
        return Optional.of(item);
    }

    /** The broker has accepted or refused the item. Returns whether the set of retained names has changed. */
    boolean settled(Item item) {
        item.state = ItemState.SETTLED;
        while (!inFlight.isEmpty() && inFlight.element().state == ItemState.SETTLED) inFlight.remove();
        boolean isLast = retained.getOrDefault(item.name, Optional.empty())
                .filter(item::equals)
                .isPresent();
        return item.clears() && isLast && retained.remove(item.name) != null;
    }

    /**
     * The item must be sent again, and all later ones as well: otherwise an older value would be the last one received.
     * Returns whether all of them are queued again.
     */
    boolean failed(Item item) {
        item.state = ItemState.FAILED;
        failing = true;
        return requeue();
    }

    /** After a failure: queues what must be sent again, once nothing is in flight. Returns whether it has done so. */
    boolean requeue() {
        if (!failing || inFlight.stream().anyMatch(item -> item.state == ItemState.PENDING)) return false;
        for (Iterator<Item> newest = inFlight.descendingIterator(); newest.hasNext(); ) {
            Item item = newest.next();
            item.state = ItemState.PENDING;
            waiting.addFirst(item);
            grow(item.message.payload().length);
        }
        inFlight.clear();
        failing = false;
        return true;
    }

    /** Sends nothing until {@link #resume}. */
    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
    }

    /** Drops the oldest waiting message and counts it. */
    void dropOldest() {
        Item oldest = waiting.remove();
        grow(-oldest.message.payload().length);
        dropped++;
    }

    void countDropped() {
        dropped++;
    }

    /** How many messages were dropped since the last call. */
    long takeDropped() {
        long count = dropped;
        dropped = 0;
        return count;
    }

    boolean hasDropped() {
        return dropped > 0;
    }

    /** Whether the service should be held back; earlier when all streams together hold much. */
    boolean isCrowded() {
        boolean isRoomy = all.bytes() < DataPublisher.MAX_BYTES / 2;
        return waiting.size() >= CROWDED || waitingBytes >= (isRoomy ? CROWDED_BYTES : CROWDED_BYTES / 16);
    }

    long waitingBytes() {
        return waitingBytes;
    }

    int waiting() {
        return waiting.size();
    }

    boolean isIdle() {
        return waiting.isEmpty() && inFlight.isEmpty();
    }

    boolean retains(String name) {
        return retained.containsKey(name);
    }

    int retainedCount() {
        return retained.size();
    }

    Set<String> retained() {
        return Set.copyOf(retained.keySet());
    }
}
