package io.efka.mqtt.paho;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.LinkException.Kind;
import io.efka.mqtt.MqttLink.Lane;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * Queues publishes and sends them within the broker's window. Replies and statuses overtake output here. What has been
 * handed to Paho cannot be overtaken, so output may fill neither the window nor the socket's buffers. Messages that may
 * have ended connections are sent last and alone. Thread-safe; never blocks; completes no future under its lock.
 */
final class Outgoing {
    // BULK_BYTES is the tighter limit for output. Small messages need the places: with 32, a round trip of 1 ms on a
    // busy machine limited them to 20,000 a second.
    static final int MAX_WINDOW = 128;
    // Output in flight: delays a reply by at most 2 s at 1 Mbit/s, and allows 2.5 MB/s at a round trip of 100 ms.
    static final int BULK_BYTES = 256 * 1024;
    // How many other messages may be sent before a suspect.
    private static final int OTHERS_BEFORE_SUSPECT = 16;

    private final LongSupplier nanoTime;
    private final BrokerRefusals refusals;

    @GuardedBy("this") private final PendingPublish.Queue control = new PendingPublish.Queue(10_000, 4 << 20);

    @GuardedBy("this") private final PendingPublish.Queue bulk = new PendingPublish.Queue(1_000, 4 << 20);

    @GuardedBy("this") private final PendingPublish.Queue suspects = new PendingPublish.Queue(1_000, 4 << 20);

    @GuardedBy("this") private final Set<PendingPublish> inFlight = new LinkedHashSet<>();

    /** Sent at QoS 0, and nothing sent after them has been answered yet. */
    @GuardedBy("this") private final Deque<PendingPublish> unproven = new ArrayDeque<>();

    /** The last unproven message before the probe in flight. */
    @GuardedBy("this") private Optional<PendingPublish> probed = Optional.empty();

    @GuardedBy("this") private long probedSince;

    @GuardedBy("this") private final PacketLimit limit = new PacketLimit();

    @GuardedBy("this") private final PoisonDetector poison = new PoisonDetector();

    @GuardedBy("this") private Optional<Wire> wire = Optional.empty();

    @GuardedBy("this") private Optional<PendingPublish> sentAlone = Optional.empty();

    @GuardedBy("this") private int othersSent;

    @GuardedBy("this") private int window;

    @GuardedBy("this") private int bulkInFlight;

    @GuardedBy("this") private int bulkBytesInFlight;

    @GuardedBy("this") private long sent;

    @GuardedBy("this") private long acknowledged;

    @GuardedBy("this") private long oldestSince;

    @GuardedBy("this") private long givenUp;

    /** @param refusals told of every message that the broker refuses */
    Outgoing(LongSupplier nanoTime, BrokerRefusals refusals) {
        this.nanoTime = nanoTime;
        this.refusals = refusals;
    }

    /** The connection. Called under the lock of {@link Outgoing}: must neither block nor call back. */
    interface Wire {
        /** Sends one publish. */
        void send(PendingPublish pending);

        /** Asks the broker for an answer after everything sent before; {@link #probeAnswered} reports it. */
        void probe();
    }

    /**
     * Queues a publish.
     *
     * @return the future of {@code pending}, or a failed one if it was not accepted
     */
    CompletableFuture<Void> offer(PendingPublish pending) {
        Optional<LinkException> problem = admit(pending);
        if (problem.isEmpty()) return pending.done;
        refusals.messageRefused(pending.topic, problem.get());
        return CompletableFuture.failedFuture(problem.get());
    }

    private synchronized Optional<LinkException> admit(PendingPublish pending) {
        if (wire.isEmpty()) return Optional.of(new LinkException("not connected to the broker"));
        long now = nanoTime.getAsLong();
        if (!limit.admits(pending.bytes, now)) {
            return Optional.of(
                    LinkException.tooLarge("the packet has up to " + pending.bytes + " bytes; " + limit.words()));
        }
        if (poison.isClosed(pending.topic, now)) {
            return Optional.of(LinkException.refused(
                    "several messages to this topic ended the connection; nothing is published to it for a while"));
        }
        PendingPublish.Queue queue = queueFor(pending);
        if (!queue.offer(pending)) {
            return Optional.of(
                    new LinkException("the queue is full: " + queue.size() + " messages wait to be published"));
        }
        pump();
        return Optional.empty();
    }

    @GuardedBy("this") private PendingPublish.Queue queueFor(PendingPublish pending) {
        // Keeps the order within a topic.
        if (poison.isSuspect(pending.topic) || suspects.hasTopic(pending.topic)) return suspects;
        return pending.lane == Lane.CONTROL ? control : bulk;
    }

    /**
     * A connection is ready.
     *
     * @param receiveMaximum how many unacknowledged publishes the broker accepts, at least 1
     * @param maxPacketSize limit of the broker in bytes
     */
    synchronized void up(Wire network, URI broker, int receiveMaximum, long maxPacketSize) {
        wire = Optional.of(network);
        // One less than granted, since Paho and the broker count a publish as done at different moments.
        window = Math.max(1, Math.min(receiveMaximum - 1, MAX_WINDOW));
        limit.connected(broker, maxPacketSize);
        acknowledged = 0;
        othersSent = 0;
    }

    synchronized boolean isUp() {
        return wire.isPresent();
    }

    synchronized long maxPacket() {
        return limit.largest(nanoTime.getAsLong());
    }

    /** How long the oldest message in flight, or the probe, has waited for its answer. */
    synchronized Duration stalled() {
        long now = nanoTime.getAsLong();
        long since = Math.max(inFlight.isEmpty() ? 0 : now - oldestSince, probed.isEmpty() ? 0 : now - probedSince);
        return Duration.ofNanos(since);
    }

    /** How many messages and probes the broker has answered on this connection. */
    synchronized long acknowledged() {
        return acknowledged;
    }

    /**
     * The connection is lost. Fails all publishes that were not acknowledged, in the order they were sent.
     *
     * @param byMessage whether a message in flight may have ended it
     */
    void down(String reason, boolean byMessage) {
        var lost = new ArrayList<PendingPublish>();
        var problems = new LinkedHashMap<PendingPublish, LinkException>();
        synchronized (this) {
            if (byMessage && wire.isPresent()) problems.putAll(findPoison());
            wire = Optional.empty();
            sentAlone = Optional.empty();
            lost.addAll(inFlight);
            inFlight.clear();
            unproven.clear();
            probed = Optional.empty();
            suspects.drainTo(lost);
            control.drainTo(lost);
            bulk.drainTo(lost);
            bulkInFlight = 0;
            bulkBytesInFlight = 0;
        }
        problems.forEach((pending, problem) -> refusals.messageRefused(pending.topic, problem));
        for (PendingPublish pending : lost) {
            pending.done.completeExceptionally(problems.getOrDefault(pending, new LinkException(reason)));
        }
    }

    @GuardedBy("this") private Map<PendingPublish, LinkException> findPoison() {
        var unacknowledged = new ArrayList<PendingPublish>(inFlight);
        unacknowledged.addAll(unproven);
        var problems = new LinkedHashMap<PendingPublish, LinkException>();
        for (PendingPublish poisonous : poison.ended(unacknowledged)) problems.put(poisonous, giveUp(poisonous));
        return problems;
    }

    @GuardedBy("this") private LinkException giveUp(PendingPublish poisonous) {
        givenUp++;
        long now = nanoTime.getAsLong();
        if (limit.isSuspicious(poisonous.bytes)) {
            limit.endedConnections(poisonous.bytes, now);
            poison.giveUpForSize(poisonous.topic);
            return LinkException.tooLarge("the packet of " + poisonous.bytes
                    + " bytes ended several connections in a row, perhaps because of its size; smaller ones are tried");
        }
        poison.giveUp(poisonous.topic, now);
        return LinkException.poison(
                "the message of " + poisonous.bytes + " bytes ended several connections in a row and is given up");
    }

    /** The broker has answered a publish; {@code problem} says why it refused it. */
    void settle(PendingPublish pending, Optional<LinkException> problem) {
        synchronized (this) {
            if (!inFlight.contains(pending)) return;
            boolean wasOldest = inFlight.iterator().next() == pending;
            inFlight.remove(pending);
            if (wasOldest) oldestSince = nanoTime.getAsLong();
            if (pending.lane == Lane.BULK) {
                bulkInFlight--;
                bulkBytesInFlight -= pending.bytes;
            }
            learn(pending, problem);
            pump();
        }
        problem.ifPresentOrElse(
                why -> refusals.messageRefused(pending.topic, why), () -> refusals.messageAccepted(pending.topic));
        problem.ifPresentOrElse(pending.done::completeExceptionally, () -> pending.done.complete(null));
    }

    /** QoS 0 has no answers: a message is known to be harmless once something sent after it is answered. */
    @GuardedBy("this") private void learn(PendingPublish pending, Optional<LinkException> problem) {
        if (pending.message.getQos() == 0) {
            unproven.addLast(pending);
            if (unproven.size() > MAX_WINDOW) unproven.removeFirst();
            probeIfUseful();
            return;
        }
        acknowledged++;
        clearUnproven(pending.number);
        clear(pending);
        if (problem.isEmpty()) limit.accepted(pending.bytes);
        else if (problem.get().kind() == Kind.TOO_LARGE) limit.refused(pending.bytes, nanoTime.getAsLong());
    }

    @GuardedBy("this") private void clearUnproven(long upTo) {
        while (!unproven.isEmpty() && unproven.getFirst().number <= upTo) clear(unproven.removeFirst());
    }

    @GuardedBy("this") private void clear(PendingPublish harmless) {
        poison.clear(harmless.topic);
        if (sentAlone.filter(harmless::equals).isPresent()) sentAlone = Optional.empty();
    }

    /** Sends a probe only while an unproven message has a record; usually none has. */
    @GuardedBy("this") private void probeIfUseful() {
        PoisonDetector detector = poison;
        if (unproven.stream().anyMatch(pending -> detector.hasRecord(pending.topic))) probe();
    }

    /** One probe at a time, since answers do not say to which probe they belong. */
    @GuardedBy("this") private void probe() {
        if (probed.isPresent() || unproven.isEmpty() || wire.isEmpty()) return;
        probed = Optional.of(unproven.getLast());
        probedSince = nanoTime.getAsLong();
        wire.get().probe();
    }

    /** The broker has answered the probe: everything sent before it was harmless. */
    synchronized void probeAnswered() {
        if (probed.isEmpty()) return;
        acknowledged++;
        clearUnproven(probed.get().number);
        probed = Optional.empty();
        probeIfUseful();
        pump();
    }

    @GuardedBy("this") private void pump() {
        if (wire.isEmpty()) return;
        while (inFlight.size() < window && sentAlone.isEmpty()) {
            Optional<PendingPublish> next = next();
            if (next.isEmpty()) return;
            send(next.get(), wire.get());
        }
    }

    @GuardedBy("this") private void send(PendingPublish pending, Wire network) {
        if (inFlight.isEmpty()) oldestSince = nanoTime.getAsLong();
        pending.number = sent++;
        inFlight.add(pending);
        if (pending.lane == Lane.BULK) {
            bulkInFlight++;
            bulkBytesInFlight += pending.bytes;
        }
        network.send(pending);
    }

    @GuardedBy("this") private Optional<PendingPublish> next() {
        PoisonDetector detector = poison;
        Optional<PendingPublish> suspect = suspects.lightest(pending -> detector.endsAlone(pending.topic));
        if (suspect.isPresent() && !poison.isSuspect(suspect.get().topic)) {
            suspects.remove(suspect.get());
            return suspect;
        }
        if (suspect.isPresent() && (othersSent >= OTHERS_BEFORE_SUSPECT || (control.isEmpty() && bulk.isEmpty()))) {
            if (inFlight.isEmpty() && unproven.isEmpty()) return Optional.of(alone(suspect.get()));
            probe();
            return Optional.empty();
        }
        Optional<PendingPublish> next = control.poll();
        if (next.isEmpty() && bulkMayGo()) next = bulk.poll();
        if (next.isPresent() && suspect.isPresent()) othersSent++;
        return next;
    }

    /** Sends a suspect alone, at QoS 1 if the broker has that, so that the outcome is known. */
    @GuardedBy("this") private PendingPublish alone(PendingPublish suspect) {
        suspects.remove(suspect);
        if (suspect.message.getQos() == 0) suspect.message.setQos(1);
        sentAlone = Optional.of(suspect);
        othersSent = 0;
        return suspect;
    }

    /** Bulk leaves a quarter of the window, at least one place, to control, unless there is only one place. */
    @GuardedBy("this") private boolean bulkMayGo() {
        int share = window == 1 ? 1 : Math.min(window - 1, Math.max(1, window * 3 / 4));
        return bulkInFlight < share && bulkBytesInFlight < BULK_BYTES;
    }

    synchronized Map<String, Object> describe() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("max_packet", limit.describe());
        fields.put("given_up", givenUp);
        return fields;
    }
}
