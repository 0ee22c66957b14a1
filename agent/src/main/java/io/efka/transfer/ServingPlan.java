package io.efka.transfer;

import io.efka.protocol.artifact.ArtifactInfo;
import io.efka.protocol.artifact.ChunkNumbers;
import io.efka.protocol.artifact.ChunkNumbers.Range;
import io.efka.protocol.artifact.Wish;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides what is sent of one artifact, and in which order: what was asked for, in the order of the wishes, once. Not
 * thread-safe. Times are monotonic nanoseconds.
 */
final class ServingPlan {
    /**
     * Who asks for a chunk that was sent just now had not received it yet when it asked. Covers two devices that ask for
     * the same because they could not hear each other in time.
     */
    static final Duration RECENT = Duration.ofSeconds(2);

    /** The same for what a device needs before it can use any chunk. */
    private static final Duration RECENT_HASHES = Duration.ofSeconds(1);

    /** Sixteen wishes. What is asked for beyond is asked for again. */
    static final int MAX_QUEUED = 1_024;

    private final ArtifactInfo info;
    private final int hashesPerMessage;

    private final Deque<Sending> first = new ArrayDeque<>();
    private final Set<Integer> chunks = new LinkedHashSet<>();
    private final Map<Sending, Long> recent = new HashMap<>();

    /** @param hashesPerMessage that fit into a message */
    ServingPlan(ArtifactInfo info, int hashesPerMessage) {
        this.info = info;
        this.hashesPerMessage = hashesPerMessage;
    }

    /** A device asks for something. What does not exist is left out. */
    void wished(Wish wish, long now) {
        forget(now);
        boolean isAnswered = wish.info() && sendFirst(new Sending.Info());
        if (wish.pieces().isPresent()) isAnswered |= sendHashes(wish.pieces().get());
        var added = new ArrayList<Integer>();
        for (int number : wish.chunks().all()) {
            boolean isWanted = number < info.chunks() && !recent.containsKey(new Sending.Chunk(number));
            if (isWanted && chunks.size() < MAX_QUEUED && chunks.add(number)) added.add(number);
        }
        if (isAnswered || !added.isEmpty()) first.addFirst(new Sending.Announcement(ChunkNumbers.of(added)));
    }

    private static Duration recent(Sending sending) {
        return sending instanceof Sending.Chunk ? RECENT : RECENT_HASHES;
    }

    private void forget(long now) {
        recent.entrySet()
                .removeIf(sent -> now - sent.getValue() > recent(sent.getKey()).toNanos());
    }

    /** Sends the info, whether anybody asks for it or not. */
    void offer(long now) {
        forget(now);
        sendFirst(new Sending.Info());
    }

    private boolean sendHashes(Range range) {
        boolean isAnswered = false;
        int start = range.first() / hashesPerMessage * hashesPerMessage;
        int end = Math.min(range.last(), info.chunks() - 1);
        for (int at = start; at <= end; at += hashesPerMessage) {
            isAnswered |= sendFirst(new Sending.Hashes(at, Math.min(hashesPerMessage, info.chunks() - at)));
        }
        return isAnswered;
    }

    private boolean sendFirst(Sending sending) {
        return !recent.containsKey(sending) && !first.contains(sending) && first.add(sending);
    }

    /** Somebody else sends these. */
    void withdraw(ChunkNumbers others) {
        others.all().forEach(chunks::remove);
    }

    /** What to send now. It counts as sent until {@link #failed}. */
    Optional<Sending> next(long now) {
        Optional<Sending> next = Optional.ofNullable(first.poll()).or(this::nextChunk);
        next.ifPresent(sending -> recent.put(sending, now));
        return next;
    }

    private Optional<Sending> nextChunk() {
        Optional<Integer> number = chunks.stream().findFirst();
        number.ifPresent(chunks::remove);
        return number.map(Sending.Chunk::new);
    }

    /** The broker has it. */
    void acknowledged(Sending sending, long now) {
        recent.put(sending, now);
    }

    /** The broker has not got it: it is sent again. */
    void failed(Sending sending) {
        recent.remove(sending);
        if (sending instanceof Sending.Chunk chunk) chunks.add(chunk.number());
        else if (!first.contains(sending)) first.add(sending);
    }

    /** Whether there is nothing to send. */
    boolean isIdle() {
        return first.isEmpty() && chunks.isEmpty();
    }
}
