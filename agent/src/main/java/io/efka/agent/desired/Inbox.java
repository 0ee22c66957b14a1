package io.efka.agent.desired;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Documents that arrived and were not looked at yet: of each only the newest, since that is all that matters. They come all at once
 * at a new connection. Thread-safe; never blocks.
 */
final class Inbox {
    /** More than a device has use for, and few enough for a small device's memory. */
    static final int MAX_DOCUMENTS = 64;

    static final long MAX_BYTES = 4 << 20;

    @GuardedBy("this") private SortedMap<DocumentKey, Arrived> waiting = new TreeMap<>();

    @GuardedBy("this") private long bytes;

    /**
     * A document as it arrived.
     *
     * @param payload empty if it is not kept
     * @param size of the payload, in bytes; 0: the topic was cleared
     */
    record Arrived(Optional<byte[]> payload, int size) {
        private static final Optional<byte[]> DROPPED = Optional.empty();
    }

    /** In place of an earlier one. What is too large is not kept, nor what is too much together: it is told of, though. */
    synchronized boolean offer(DocumentKey key, byte[] payload) {
        Arrived before = waiting.remove(key);
        if (before != null) bytes -= kept(before);
        if (waiting.size() >= MAX_DOCUMENTS) return false;
        boolean isKept = payload.length <= DocumentParser.MAX_BYTES && bytes + payload.length <= MAX_BYTES;
        var arrived = new Arrived(isKept ? Optional.of(payload) : Arrived.DROPPED, payload.length);
        waiting.put(key, arrived);
        bytes += kept(arrived);
        return true;
    }

    /** All that waits, in the order of their keys; they wait no longer. */
    synchronized SortedMap<DocumentKey, Arrived> takeAll() {
        SortedMap<DocumentKey, Arrived> all = waiting;
        waiting = new TreeMap<>();
        bytes = 0;
        return all;
    }

    private static long kept(Arrived arrived) {
        return arrived.payload().map(payload -> payload.length).orElse(0);
    }
}
