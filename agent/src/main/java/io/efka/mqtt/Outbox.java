package io.efka.mqtt;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.threads.FatalErrors;
import io.efka.threads.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Sends replies and events across lost connections: in order, at least once, for as long as this process lives. When it
 * is full, it drops the oldest message and counts it. A topic for which the broker is busy waits alone and holds up no
 * other. Thread-safe; never blocks.
 */
public final class Outbox {
    // Enough to hide a round trip; few enough that little is sent twice after a lost connection.
    private static final int IN_FLIGHT = 8;
    // After a failure without a new connection, such as a full queue of the link.
    private static final Duration RETRY = Duration.ofSeconds(1);

    // About five minutes, with waits that double up to a minute.
    private static final int MAX_ATTEMPTS = 10;

    private final MqttLink link;
    private final Timers timers;
    private final int maxMessages;
    private final long maxBytes;

    @GuardedBy("this") private final TreeMap<Long, QueuedMessage> waiting = new TreeMap<>();

    @GuardedBy("this") private final Set<QueuedMessage> inFlight = new HashSet<>();

    @GuardedBy("this") private long next;

    @GuardedBy("this") private long waitingBytes;

    @GuardedBy("this") private long dropped;

    @GuardedBy("this") private boolean stalled;
    /** Topics for which the broker was busy. */
    @GuardedBy("this") private final Map<String, BusyTopic> busy = new HashMap<>();

    private static final class BusyTopic {
        private final RetryDelay delay = RetryDelay.ofBusyBroker();
        private boolean paused;
    }

    /**
     * @param maxMessages how many messages may wait, besides the few in flight; at least 1
     * @param maxBytes limit of the payloads of all waiting messages; a larger message cannot wait
     */
    public Outbox(MqttLink link, Timers timers, int maxMessages, long maxBytes) {
        if (maxMessages < 1 || maxBytes < 1) {
            throw new IllegalArgumentException(
                    "an outbox needs room for at least 1 message and 1 byte, was " + maxMessages + " and " + maxBytes);
        }
        this.link = link;
        this.timers = timers;
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
    }

    /**
     * Sends a message as soon as there is a connection, after those sent before. Its expiry counts from now.
     *
     * @return completes when the broker has acknowledged the message; fails with a {@link LinkException} when it
     *     expired, was refused, was too large to wait, or was dropped for newer ones
     */
    public CompletableFuture<Void> send(Message message) {
        var queued = new QueuedMessage(message, timers.now());
        var afterwards = new ArrayList<Runnable>();
        synchronized (this) {
            long number = next++;
            enqueue(number, queued);
            pump(afterwards);
            if (waiting.containsKey(number) && isTooLargeToWait(queued)) {
                drop(dequeue(number), new LinkException("too large to wait for the broker"), afterwards);
            }
            makeRoom(afterwards);
        }
        afterwards.forEach(Runnable::run);
        return queued.done();
    }

    /** A connection is up: sends again what was not acknowledged. */
    public void connected() {
        var afterwards = new ArrayList<Runnable>();
        synchronized (this) {
            stalled = false;
            busy.clear();
            pump(afterwards);
        }
        afterwards.forEach(Runnable::run);
    }

    /** How many messages were dropped: for newer ones, expired, too large to wait, or refused. */
    public synchronized long dropped() {
        return dropped;
    }

    /** How many messages wait or are in flight. */
    public synchronized int size() {
        return waiting.size() + inFlight.size();
    }

    /** Publishes what may be sent. Futures are completed only in {@code afterwards}, never under the lock. */
    @GuardedBy("this") private void pump(List<Runnable> afterwards) {
        while (!stalled && inFlight.size() < IN_FLIGHT && link.isUp()) {
            Optional<Long> next = next();
            if (next.isEmpty()) return;
            long number = next.get();
            QueuedMessage queued = dequeue(number);
            Optional<Message> message = queued.at(timers.now());
            if (message.isEmpty()) {
                drop(queued, new LinkException("expired before the broker could be reached"), afterwards);
                continue;
            }
            CompletableFuture<Void> sent = link.publish(message.get(), MqttLink.Lane.CONTROL);
            if (sent.isCompletedExceptionally()) {
                giveBack(number, queued, problemOf(sent), afterwards);
            } else {
                inFlight.add(queued);
                afterwards.add(
                        () -> sent.whenComplete(FatalErrors.top((none, problem) -> settle(number, queued, problem))));
            }
        }
    }

    @GuardedBy("this") private Optional<Long> next() {
        for (Map.Entry<Long, QueuedMessage> entry : waiting.entrySet()) {
            if (!isPaused(entry.getValue().topic())) return Optional.of(entry.getKey());
        }
        return Optional.empty();
    }

    @GuardedBy("this") private boolean isPaused(String topic) {
        BusyTopic known = busy.get(topic);
        return known != null && known.paused;
    }

    private void settle(long number, QueuedMessage queued, @Nullable Throwable problem) {
        var afterwards = new ArrayList<Runnable>();
        synchronized (this) {
            inFlight.remove(queued);
            if (problem == null) {
                busy.remove(queued.topic());
                afterwards.add(() -> queued.done().complete(null));
            } else {
                giveBack(number, queued, problem, afterwards);
            }
            pump(afterwards);
        }
        afterwards.forEach(Runnable::run);
    }

    @GuardedBy("this") private void giveBack(long number, QueuedMessage queued, Throwable problem, List<Runnable> afterwards) {
        if (isTooLargeToWait(queued)) {
            drop(queued, problem, afterwards);
            return;
        }
        switch (LinkException.kindOf(problem)) {
            case TOO_LARGE, REFUSED, POISON -> drop(queued, problem, afterwards);
            case BUSY -> pause(number, queued, problem, afterwards);
            case LOST -> stall(number, queued, afterwards);
        }
    }

    @GuardedBy("this") private void stall(long number, QueuedMessage queued, List<Runnable> afterwards) {
        enqueue(number, queued);
        if (stalled) return;
        stalled = true;
        afterwards.add(() -> timers.schedule(RETRY, this::retry));
    }

    @GuardedBy("this") private void pause(long number, QueuedMessage queued, Throwable problem, List<Runnable> afterwards) {
        String topic = queued.topic();
        if (queued.countAttempt() >= MAX_ATTEMPTS) {
            drop(queued, problem, afterwards);
            return;
        }
        enqueue(number, queued);
        BusyTopic known = busy.computeIfAbsent(topic, none -> new BusyTopic());
        if (known.paused) return;
        known.paused = true;
        Duration wait = known.delay.next();
        afterwards.add(() -> timers.schedule(wait, () -> resume(topic, known)));
    }

    private void resume(String topic, BusyTopic known) {
        var afterwards = new ArrayList<Runnable>();
        synchronized (this) {
            known.paused = false;
            boolean isNeeded =
                    waiting.values().stream().anyMatch(queued -> queued.topic().equals(topic));
            if (!isNeeded) busy.remove(topic, known);
            pump(afterwards);
        }
        afterwards.forEach(Runnable::run);
    }

    private void retry() {
        if (link.isUp()) connected();
    }

    /** It would push out all others, and then go itself. */
    private boolean isTooLargeToWait(QueuedMessage queued) {
        return queued.bytes() > maxBytes;
    }

    @GuardedBy("this") private void makeRoom(List<Runnable> afterwards) {
        while (waiting.size() > maxMessages || waitingBytes > maxBytes) {
            drop(dequeue(waiting.firstKey()), new LinkException("dropped for newer messages"), afterwards);
        }
    }

    @GuardedBy("this") private void drop(QueuedMessage queued, Throwable why, List<Runnable> afterwards) {
        dropped++;
        afterwards.add(() -> queued.done().completeExceptionally(why));
    }

    @GuardedBy("this") private void enqueue(long number, QueuedMessage queued) {
        waiting.put(number, queued);
        waitingBytes += queued.bytes();
    }

    @GuardedBy("this") private QueuedMessage dequeue(long number) {
        QueuedMessage queued = Objects.requireNonNull(waiting.remove(number));
        waitingBytes -= queued.bytes();
        return queued;
    }

    private static Throwable problemOf(CompletableFuture<Void> failed) {
        return failed.<Throwable>handle((none, problem) -> problem).join();
    }

    /** A message in the outbox, with the time it was queued and its result. */
    private static final class QueuedMessage {
        private final Message message;
        private final Instant since;
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        private int attempts;

        QueuedMessage(Message message, Instant since) {
            this.message = message;
            this.since = since;
        }

        CompletableFuture<Void> done() {
            return done;
        }

        String topic() {
            return message.topic();
        }

        /** Counts a failed attempt; returns how many there were. */
        int countAttempt() {
            return ++attempts;
        }

        int bytes() {
            return message.payload().length;
        }

        /** The message to publish now, with the rest of its expiry; empty if it has expired. */
        Optional<Message> at(Instant now) {
            OptionalLong expiry = message.properties().expirySeconds();
            if (expiry.isEmpty()) return Optional.of(message);
            long waited = Math.max(0, Duration.between(since, now).toSeconds());
            if (waited >= expiry.getAsLong()) return Optional.empty();
            return Optional.of(expiringIn(expiry.getAsLong() - waited));
        }

        private Message expiringIn(long seconds) {
            Message.Properties old = message.properties();
            var left = new Message.Properties(
                    old.contentType(),
                    old.responseTopic(),
                    old.correlationData(),
                    OptionalLong.of(seconds),
                    old.user());
            return new Message(message.topic(), message.payload(), message.qos(), message.retain(), left);
        }
    }
}
