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
 * What waits to be published and what waits for its acknowledgement, within the broker's window. Replies and statuses
 * overtake output here, and output may fill neither the window nor the socket's buffers: what is handed to Paho cannot
 * be overtaken any more. What has ended several connections goes last and alone. Thread-safe; never blocks; completes
 * no future under its lock.
 */
final class Outgoing {
    // Bulk packets are held to BULK_BYTES before this. Small values need the places: with 32, a round trip of 1 ms on a
    // busy machine was the limit at just 20,000 a second.
    static final int MAX_WINDOW = 128;
    // Output on its way at most: 2 s of a 1 Mbit/s uplink in front of a reply, 2.5 MB/s over 100 ms of round trip.
    static final int BULK_BYTES = 256 * 1024;
    // So many others may go before a suspect has its turn.
    private static final int TURNS = 16;

    private final LongSupplier nanoTime;
    private final BrokerRefusals refusals;

    @GuardedBy("this") private final PendingPublish.Queue control = new PendingPublish.Queue(10_000, 4 << 20);

    @GuardedBy("this") private final PendingPublish.Queue bulk = new PendingPublish.Queue(1_000, 4 << 20);

    @GuardedBy("this") private final PendingPublish.Queue suspects = new PendingPublish.Queue(1_000, 4 << 20);

    @GuardedBy("this") private final Set<PendingPublish> inFlight = new LinkedHashSet<>();

    /** Written at QoS 0, with nothing answered since that was written after it. */
    @GuardedBy("this") private final Deque<PendingPublish> unproven = new ArrayDeque<>();

    /** The last of those that the probe under way is behind. */
    @GuardedBy("this") private Optional<PendingPublish> probed = Optional.empty();

    @GuardedBy("this") private long probedSince;

    @GuardedBy("this") private final PacketLimit limit = new PacketLimit();

    @GuardedBy("this") private final PoisonDetector poison = new PoisonDetector();

    @GuardedBy("this") private Optional<Wire> wire = Optional.empty();

    @GuardedBy("this") private Optional<PendingPublish> onTrial = Optional.empty();

    @GuardedBy("this") private int turns;

    @GuardedBy("this") private int window;

    @GuardedBy("this") private int bulkInFlight;

    @GuardedBy("this") private int bulkBytesInFlight;

    @GuardedBy("this") private long sent;

    @GuardedBy("this") private long acknowledged;

    @GuardedBy("this") private long oldestSince;

    @GuardedBy("this") private long givenUp;

    /** @param refusals hears of every message that the broker does not take */
    Outgoing(LongSupplier nanoTime, BrokerRefusals refusals) {
        this.nanoTime = nanoTime;
        this.refusals = refusals;
    }

    /** The network. Called under the lock of {@link Outgoing}: must neither block nor call back. */
    interface Wire {
        /** Hands one publish over. */
        void send(PendingPublish pending);

        /** Asks the broker for an answer, behind all that was written before; {@link #probeAnswered} tells of it. */
        void probe();
    }

    /**
     * Takes what is to be published.
     *
     * @return the future of {@code pending}, or a failed one if it was not taken
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
                    "several messages to this topic ended the connection; it is not published to for a while"));
        }
        PendingPublish.Queue queue = queueFor(pending);
        if (!queue.offer(pending)) {
            return Optional.of(
                    new LinkException("too much waits to be published already: " + queue.size() + " messages"));
        }
        pump();
        return Optional.empty();
    }

    @GuardedBy("this") private PendingPublish.Queue queueFor(PendingPublish pending) {
        // Behind what waits there of its topic: nothing is overtaken within a topic.
        if (poison.isSuspect(pending.topic) || suspects.hasTopic(pending.topic)) return suspects;
        return pending.lane == Lane.CONTROL ? control : bulk;
    }

    /**
     * A connection is ready.
     *
     * @param receiveMaximum as the broker said: unacknowledged publishes it takes, at least 1
     * @param maxPacketSize in bytes, as the broker said
     */
    synchronized void up(Wire network, URI broker, int receiveMaximum, long maxPacketSize) {
        wire = Optional.of(network);
        // One less than granted: Paho and the broker count a publish as done at different moments.
        window = Math.max(1, Math.min(receiveMaximum - 1, MAX_WINDOW));
        limit.connected(broker, maxPacketSize);
        acknowledged = 0;
        turns = 0;
    }

    synchronized boolean isUp() {
        return wire.isPresent();
    }

    synchronized long maxPacket() {
        return limit.room(nanoTime.getAsLong());
    }

    /** How long the oldest message in flight, or the probe, has waited for its turn to be answered. */
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
     * The connection is gone; fails all that was not acknowledged, in the order it was sent.
     *
     * @param byMessage whether one of the messages in flight may have ended it
     */
    void down(String reason, boolean byMessage) {
        var lost = new ArrayList<PendingPublish>();
        var problems = new LinkedHashMap<PendingPublish, LinkException>();
        synchronized (this) {
            if (byMessage && wire.isPresent()) problems.putAll(judge());
            wire = Optional.empty();
            onTrial = Optional.empty();
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

    @GuardedBy("this") private Map<PendingPublish, LinkException> judge() {
        var unacknowledged = new ArrayList<PendingPublish>(inFlight);
        unacknowledged.addAll(unproven);
        var problems = new LinkedHashMap<PendingPublish, LinkException>();
        for (PendingPublish culprit : poison.ended(unacknowledged)) problems.put(culprit, giveUp(culprit));
        return problems;
    }

    @GuardedBy("this") private LinkException giveUp(PendingPublish culprit) {
        givenUp++;
        long now = nanoTime.getAsLong();
        if (limit.isSuspicious(culprit.bytes)) {
            limit.endedConnections(culprit.bytes, now);
            poison.shrink(culprit.topic);
            return LinkException.tooLarge("the packet of " + culprit.bytes
                    + " bytes ended several connections in a row, perhaps by its size; smaller ones are tried");
        }
        poison.convict(culprit.topic, now);
        return LinkException.poison(
                "the message of " + culprit.bytes + " bytes ended several connections in a row and is given up");
    }

    /** The broker has answered; {@code problem} says what it had against the message. */
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

    /** At QoS 0 nothing is answered: a message is known to be harmless when something written after it was. */
    @GuardedBy("this") private void learn(PendingPublish pending, Optional<LinkException> problem) {
        if (pending.message.getQos() == 0) {
            unproven.addLast(pending);
            if (unproven.size() > MAX_WINDOW) unproven.removeFirst();
            probeIfUseful();
            return;
        }
        acknowledged++;
        acquitUnproven(pending.number);
        acquit(pending);
        if (problem.isEmpty()) limit.taken(pending.bytes);
        else if (problem.get().kind() == Kind.TOO_LARGE) limit.refused(pending.bytes, nanoTime.getAsLong());
    }

    @GuardedBy("this") private void acquitUnproven(long upTo) {
        while (!unproven.isEmpty() && unproven.getFirst().number <= upTo) acquit(unproven.removeFirst());
    }

    @GuardedBy("this") private void acquit(PendingPublish harmless) {
        poison.acquit(harmless.topic);
        if (onTrial.filter(harmless::equals).isPresent()) onTrial = Optional.empty();
    }

    /** Nobody is suspected most of the time, and then nothing is asked. */
    @GuardedBy("this") private void probeIfUseful() {
        PoisonDetector detector = poison;
        if (unproven.stream().anyMatch(pending -> detector.isKnown(pending.topic))) probe();
    }

    /** One at a time: an answer is to one of them, not known to which. */
    @GuardedBy("this") private void probe() {
        if (probed.isPresent() || unproven.isEmpty() || wire.isEmpty()) return;
        probed = Optional.of(unproven.getLast());
        probedSince = nanoTime.getAsLong();
        wire.get().probe();
    }

    /** The broker has answered the probe: it lives, after all that was written before. */
    synchronized void probeAnswered() {
        if (probed.isEmpty()) return;
        acknowledged++;
        acquitUnproven(probed.get().number);
        probed = Optional.empty();
        probeIfUseful();
        pump();
    }

    @GuardedBy("this") private void pump() {
        if (wire.isEmpty()) return;
        while (inFlight.size() < window && onTrial.isEmpty()) {
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
        Optional<PendingPublish> suspect = suspects.lightest(pending -> detector.evidence(pending.topic));
        if (suspect.isPresent() && !poison.isSuspect(suspect.get().topic)) {
            suspects.remove(suspect.get());
            return suspect;
        }
        if (suspect.isPresent() && (turns >= TURNS || (control.isEmpty() && bulk.isEmpty()))) {
            if (inFlight.isEmpty() && unproven.isEmpty()) return Optional.of(tried(suspect.get()));
            probe();
            return Optional.empty();
        }
        Optional<PendingPublish> next = control.poll();
        if (next.isEmpty() && bulkMayGo()) next = bulk.poll();
        if (next.isPresent() && suspect.isPresent()) turns++;
        return next;
    }

    /** Goes alone, and at QoS 1 where the broker has that, so that it is known what becomes of it. */
    @GuardedBy("this") private PendingPublish tried(PendingPublish suspect) {
        suspects.remove(suspect);
        if (suspect.message.getQos() == 0) suspect.message.setQos(1);
        onTrial = Optional.of(suspect);
        turns = 0;
        return suspect;
    }

    /** Bulk leaves a quarter of the window, one place at least, to control; unless there is only one place. */
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
