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

/** One service's data on its way: what waits, what is under way, in order. Guarded by its publisher. */
final class DataStream {
    /** More than this waits only because the link is slower than the service. */
    static final int CROWDED = 1_000;

    private static final long CROWDED_BYTES = 256 * 1024;

    final ServiceId service;
    /** Between attempts that failed. */
    final RetryDelay delay = RetryDelay.ofBusyBroker();

    private final Backlog all;
    private final ArrayDeque<Item> waiting = new ArrayDeque<>();
    private final ArrayDeque<Item> underWay = new ArrayDeque<>();
    /** The newest item of every name that is, or will be, retained. */
    private final Map<String, Optional<Item>> retained = new LinkedHashMap<>();

    private long waitingBytes;
    private long dropped;
    private boolean failing;
    private boolean resting;

    /** @param all counts what waits of all streams together */
    DataStream(ServiceId service, Set<String> retained, Backlog all) {
        this.service = service;
        this.all = all;
        retained.forEach(name -> this.retained.put(name, Optional.empty()));
    }

    /** The bytes that wait of all streams together, kept so that nobody has to ask each at every message. */
    static final class Backlog {
        private long bytes;

        long bytes() {
            return bytes;
        }
    }

    /** A message and what became of it. */
    static final class Item {
        final String name;
        final Message message;
        private Fate fate = Fate.PENDING;
        private int attempts;

        Item(String name, Message message) {
            this.name = name;
            this.message = message;
        }

        /** How many attempts have failed, this one included. */
        int countAttempt() {
            return ++attempts;
        }

        private boolean clears() {
            return message.retain() && message.payload().length == 0;
        }
    }

    private enum Fate {
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

    /** The next item to send, if no more than {@code window} are under way and none has to go again. */
    Optional<Item> next(int window) {
        if (underWay.size() >= window || failing || resting) return Optional.empty();
        Item item = waiting.poll();
        if (item == null) return Optional.empty();
        grow(-item.message.payload().length);
        underWay.add(item);
        return Optional.of(item);
    }

    /** The broker has it, or will never take it; says whether what is retained is another set of names now. */
    boolean settled(Item item) {
        item.fate = Fate.SETTLED;
        while (!underWay.isEmpty() && underWay.element().fate == Fate.SETTLED) underWay.remove();
        boolean isLast = retained.getOrDefault(item.name, Optional.empty())
                .filter(item::equals)
                .isPresent();
        return item.clears() && isLast && retained.remove(item.name) != null;
    }

    /**
     * It has to go again, and what was sent behind it as well: else an older value would be the last one seen. True once
     * all of that is back among those that wait.
     */
    boolean failed(Item item) {
        item.fate = Fate.FAILED;
        failing = true;
        return regroup();
    }

    /** After a failure: puts back what has to go again as soon as nothing is under way any more. */
    boolean regroup() {
        if (!failing || underWay.stream().anyMatch(item -> item.fate == Fate.PENDING)) return false;
        for (Iterator<Item> newest = underWay.descendingIterator(); newest.hasNext(); ) {
            Item item = newest.next();
            item.fate = Fate.PENDING;
            waiting.addFirst(item);
            grow(item.message.payload().length);
        }
        underWay.clear();
        failing = false;
        return true;
    }

    /** Nothing is sent until {@link #wake}. */
    void rest() {
        resting = true;
    }

    void wake() {
        resting = false;
    }

    /** Lets the oldest go. */
    void dropOldest() {
        Item oldest = waiting.remove();
        grow(-oldest.message.payload().length);
        dropped++;
    }

    void countDropped() {
        dropped++;
    }

    /** How many were dropped since this was last asked. */
    long takeDropped() {
        long count = dropped;
        dropped = 0;
        return count;
    }

    boolean hasDropped() {
        return dropped > 0;
    }

    /** Whether it had better not grow; the less room is left for all, the sooner. */
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
        return waiting.isEmpty() && underWay.isEmpty();
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
