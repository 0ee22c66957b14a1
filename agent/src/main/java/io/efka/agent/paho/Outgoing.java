package io.efka.agent.paho;

import io.efka.agent.wire.LinkException;
import io.efka.agent.wire.MqttLink.Lane;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * What waits to be published and what waits for its acknowledgement, within the broker's window. Replies and statuses
 * overtake output here, and output may fill neither the window nor the socket's buffers: what is handed to Paho cannot
 * be overtaken any more. Thread-safe; never blocks; completes no future under its lock.
 */
final class Outgoing {
    // Bulk packets are held to BULK_BYTES before this. Small values need the places: with 32, a round trip of 1 ms on a
    // busy machine was the limit at just 20,000 a second.
    static final int MAX_WINDOW = 128;
    // Output on its way at most: 2 s of a 1 Mbit/s uplink in front of a reply, 2.5 MB/s over 100 ms of round trip.
    static final int BULK_BYTES = 256 * 1024;

    private final Queue control = new Queue(10_000, 4 << 20);
    private final Queue bulk = new Queue(1_000, 4 << 20);
    private final Set<Pending> inFlight = new LinkedHashSet<>();
    private Optional<Wire> wire = Optional.empty();
    private int window;
    private long maxPacket;
    private int bulkInFlight;
    private int bulkBytesInFlight;

    /** Hands one publish to the network. Called under the lock of {@link Outgoing}: must neither block nor call back. */
    interface Wire {
        void send(Pending pending);
    }

    /**
     * Takes what is to be published.
     *
     * @return the future of {@code pending}, or a failed one if it was not taken
     */
    synchronized CompletableFuture<Void> offer(Pending pending) {
        if (wire.isEmpty()) return CompletableFuture.failedFuture(new LinkException("not connected to the broker"));
        if (pending.bytes > maxPacket) {
            return CompletableFuture.failedFuture(LinkException.refused("the broker takes packets of " + maxPacket
                    + " bytes, this one to " + pending.topic + " has up to " + pending.bytes));
        }
        Queue queue = pending.lane == Lane.CONTROL ? control : bulk;
        if (!queue.offer(pending)) {
            return CompletableFuture.failedFuture(
                    new LinkException("too much waits to be published already: " + queue.size() + " messages"));
        }
        pump();
        return pending.done;
    }

    /**
     * A connection is ready.
     *
     * @param receiveMaximum as the broker said: unacknowledged publishes it takes, at least 1
     * @param maxPacketSize in bytes, as the broker said
     */
    synchronized void up(Wire network, int receiveMaximum, long maxPacketSize) {
        wire = Optional.of(network);
        // One less than granted: Paho and the broker count a publish as done at different moments.
        window = Math.max(1, Math.min(receiveMaximum - 1, MAX_WINDOW));
        maxPacket = maxPacketSize;
    }

    synchronized boolean isUp() {
        return wire.isPresent();
    }

    /** The connection is gone; fails all that was not acknowledged, in the order it was sent. */
    void down(String reason) {
        List<Pending> lost;
        synchronized (this) {
            wire = Optional.empty();
            lost = new ArrayList<>(inFlight);
            inFlight.clear();
            control.drainTo(lost);
            bulk.drainTo(lost);
            bulkInFlight = 0;
            bulkBytesInFlight = 0;
        }
        for (Pending pending : lost) pending.done.completeExceptionally(new LinkException(reason));
    }

    /** The broker has answered; {@code problem} says what it had against the message. */
    void settle(Pending pending, Optional<LinkException> problem) {
        synchronized (this) {
            if (!inFlight.remove(pending)) return;
            if (pending.lane == Lane.BULK) {
                bulkInFlight--;
                bulkBytesInFlight -= pending.bytes;
            }
            pump();
        }
        problem.ifPresentOrElse(pending.done::completeExceptionally, () -> pending.done.complete(null));
    }

    private void pump() {
        if (wire.isEmpty()) return;
        while (inFlight.size() < window) {
            Optional<Pending> next = control.poll();
            if (next.isEmpty() && bulkMayGo()) next = bulk.poll();
            if (next.isEmpty()) return;
            Pending pending = next.get();
            inFlight.add(pending);
            if (pending.lane == Lane.BULK) {
                bulkInFlight++;
                bulkBytesInFlight += pending.bytes;
            }
            wire.get().send(pending);
        }
    }

    /** Bulk leaves a quarter of the window, one place at least, to control; unless there is only one place. */
    private boolean bulkMayGo() {
        int share = window == 1 ? 1 : Math.min(window - 1, Math.max(1, window * 3 / 4));
        return bulkInFlight < share && bulkBytesInFlight < BULK_BYTES;
    }

    /** First in, first out, bounded in messages and bytes. */
    private static final class Queue {
        private final Deque<Pending> waiting = new ArrayDeque<>();
        private final int maxMessages;
        private final int maxBytes;
        private int bytes;

        Queue(int maxMessages, int maxBytes) {
            this.maxMessages = maxMessages;
            this.maxBytes = maxBytes;
        }

        boolean offer(Pending pending) {
            // An empty queue takes whatever fits into a packet.
            if (!waiting.isEmpty() && (waiting.size() >= maxMessages || bytes + pending.bytes > maxBytes)) return false;
            waiting.addLast(pending);
            bytes += pending.bytes;
            return true;
        }

        Optional<Pending> poll() {
            Optional<Pending> first = Optional.ofNullable(waiting.pollFirst());
            first.ifPresent(pending -> bytes -= pending.bytes);
            return first;
        }

        int size() {
            return waiting.size();
        }

        void drainTo(List<Pending> target) {
            target.addAll(waiting);
            waiting.clear();
            bytes = 0;
        }
    }
}
