package io.efka.mqtt;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.threads.FatalErrors;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Carries replies and events over lost connections: in order, at least once, for as long as this process lives. When it
 * is full the oldest message gives way to the newest, and is counted. A topic for which the broker is busy waits by
 * itself, and holds up nobody else. Thread-safe; never blocks.
 */
public final class Outbox {
    // Enough to hide a round trip; a handful keeps what is sent twice after a lost connection small.
    private static final int IN_FLIGHT = 8;
    // For failures that no new connection follows, as when the link's own queue is full for a moment.
    private static final Duration RETRY = Duration.ofSeconds(1);

    // With waits that double to a minute: about five minutes.
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
        private boolean resting;
    }

    /**
     * @param maxMessages that may wait, beside the few on their way; at least 1
     * @param maxBytes of the payloads of those that wait; a larger message is not taken at all
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
     * Sends as soon as there is a connection, behind what was sent before. A message expiry counts from now.
     *
     * @return completes when the broker has acknowledged it; fails with {@link LinkException} when it expired, was
     *     refused, or gave way to newer ones
     */
    public CompletableFuture<Void> send(Message message) {
        var letter = new QueuedMessage(message, timers.now());
        var aftermath = new ArrayList<Runnable>();
        synchronized (this) {
            enqueue(next++, letter);
            pump(aftermath);
            makeRoom(aftermath);
        }
        aftermath.forEach(Runnable::run);
        return letter.done();
    }

    /** A connection is up: what was not acknowledged goes out again. */
    public void connected() {
        var aftermath = new ArrayList<Runnable>();
        synchronized (this) {
            stalled = false;
            busy.clear();
            pump(aftermath);
        }
        aftermath.forEach(Runnable::run);
    }

    /** How many messages were given up: pushed out by newer ones, expired, or refused. */
    public synchronized long dropped() {
        return dropped;
    }

    /** How many messages wait or are on their way. */
    public synchronized int size() {
        return waiting.size() + inFlight.size();
    }

    /** Publishes what may go. Futures are touched in the {@code aftermath} only: never under the lock. */
    @GuardedBy("this") private void pump(List<Runnable> aftermath) {
        while (!stalled && inFlight.size() < IN_FLIGHT && link.isUp()) {
            Optional<Long> next = next();
            if (next.isEmpty()) return;
            long number = next.get();
            QueuedMessage letter = dequeue(number);
            Optional<Message> message = letter.at(timers.now());
            if (message.isEmpty()) {
                drop(letter, new LinkException("expired before the broker could be reached"), aftermath);
                continue;
            }
            CompletableFuture<Void> sent = link.publish(message.get(), MqttLink.Lane.CONTROL);
            if (sent.isCompletedExceptionally()) {
                giveBack(number, letter, problemOf(sent), aftermath);
            } else {
                inFlight.add(letter);
                aftermath.add(
                        () -> sent.whenComplete(FatalErrors.top((none, problem) -> settle(number, letter, problem))));
            }
        }
    }

    @GuardedBy("this") private Optional<Long> next() {
        for (Map.Entry<Long, QueuedMessage> entry : waiting.entrySet()) {
            if (!isResting(entry.getValue().topic())) return Optional.of(entry.getKey());
        }
        return Optional.empty();
    }

    @GuardedBy("this") private boolean isResting(String topic) {
        BusyTopic known = busy.get(topic);
        return known != null && known.resting;
    }

    private void settle(long number, QueuedMessage letter, @Nullable Throwable problem) {
        var aftermath = new ArrayList<Runnable>();
        synchronized (this) {
            inFlight.remove(letter);
            if (problem == null) {
                busy.remove(letter.topic());
                aftermath.add(() -> letter.done().complete(null));
            } else {
                giveBack(number, letter, problem, aftermath);
            }
            pump(aftermath);
        }
        aftermath.forEach(Runnable::run);
    }

    @GuardedBy("this") private void giveBack(long number, QueuedMessage letter, Throwable problem, List<Runnable> aftermath) {
        switch (LinkException.kindOf(problem)) {
            case TOO_LARGE, REFUSED, POISON -> drop(letter, problem, aftermath);
            case BUSY -> rest(number, letter, problem, aftermath);
            case LOST -> stall(number, letter, aftermath);
        }
    }

    @GuardedBy("this") private void stall(long number, QueuedMessage letter, List<Runnable> aftermath) {
        enqueue(number, letter);
        if (stalled) return;
        stalled = true;
        aftermath.add(() -> timers.schedule(RETRY, this::retry));
    }

    @GuardedBy("this") private void rest(long number, QueuedMessage letter, Throwable problem, List<Runnable> aftermath) {
        String topic = letter.topic();
        if (letter.countAttempt() >= MAX_ATTEMPTS) {
            drop(letter, problem, aftermath);
            return;
        }
        enqueue(number, letter);
        BusyTopic known = busy.computeIfAbsent(topic, none -> new BusyTopic());
        if (known.resting) return;
        known.resting = true;
        Duration wait = known.delay.next();
        aftermath.add(() -> timers.schedule(wait, () -> wake(topic, known)));
    }

    private void wake(String topic, BusyTopic known) {
        var aftermath = new ArrayList<Runnable>();
        synchronized (this) {
            known.resting = false;
            boolean isNeeded =
                    waiting.values().stream().anyMatch(letter -> letter.topic().equals(topic));
            if (!isNeeded) busy.remove(topic, known);
            pump(aftermath);
        }
        aftermath.forEach(Runnable::run);
    }

    private void retry() {
        if (link.isUp()) connected();
    }

    @GuardedBy("this") private void makeRoom(List<Runnable> aftermath) {
        while (waiting.size() > maxMessages || waitingBytes > maxBytes) {
            drop(dequeue(waiting.firstKey()), new LinkException("gave way to newer messages"), aftermath);
        }
    }

    @GuardedBy("this") private void drop(QueuedMessage letter, Throwable why, List<Runnable> aftermath) {
        dropped++;
        aftermath.add(() -> letter.done().completeExceptionally(why));
    }

    @GuardedBy("this") private void enqueue(long number, QueuedMessage letter) {
        waiting.put(number, letter);
        waitingBytes += letter.bytes();
    }

    @GuardedBy("this") private QueuedMessage dequeue(long number) {
        QueuedMessage letter = Objects.requireNonNull(waiting.remove(number));
        waitingBytes -= letter.bytes();
        return letter;
    }

    private static Throwable problemOf(CompletableFuture<Void> failed) {
        return failed.<Throwable>handle((none, problem) -> problem).join();
    }
}
