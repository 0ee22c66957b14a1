package io.efka.agent.telemetry;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.protocol.Sha256;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.Optional;

/**
 * Detects that somebody else has written or cleared a topic that this agent keeps retained. It compares the messages on
 * the topic with what was published; echoes are recognised by their content, however late they arrive. Thread-safe;
 * never blocks, and holds no lock while it calls out.
 */
public final class OverwriteDetector {
    /** Wait from a foreign message to the correction: it may have been replaced meanwhile. */
    public static final Duration DELAY = Duration.ofSeconds(1);

    /** Limit of awaited echoes; more than there ever are, since a document has one publish in flight. */
    private static final int MAX_AWAITED = 16;

    private final Timers timers;
    private final Runnable correct;

    @GuardedBy("this") private final Deque<String> awaited = new ArrayDeque<>();

    @GuardedBy("this") private Optional<String> newest = Optional.empty();

    @GuardedBy("this") private boolean isForeign;

    @GuardedBy("this") private boolean looking;

    /** @param correct publishes the document again. Called on a timer's thread, without a lock */
    public OverwriteDetector(Timers timers, Runnable correct) {
        this.timers = timers;
        this.correct = correct;
    }

    /** Notes a payload that is about to be published, and returns it. */
    public byte[] publishing(byte[] payload) {
        String digest = digest(payload);
        synchronized (this) {
            newest = Optional.of(digest);
            awaited.addLast(digest);
            if (awaited.size() > MAX_AWAITED) awaited.removeFirst();
        }
        return payload;
    }

    /**
     * A message arrived on the topic. Before the first {@link #publishing} it is ignored: it will be replaced anyway.
     */
    public void received(byte[] payload) {
        String digest = digest(payload);
        synchronized (this) {
            isForeign = newest.isPresent() && !isOurs(digest);
            if (!isForeign || looking) return;
            looking = true;
        }
        timers.schedule(DELAY, this::look);
    }

    @GuardedBy("this") private boolean isOurs(String digest) {
        if (awaited.contains(digest)) {
            // The broker keeps the order: earlier echoes have arrived or never will.
            while (!awaited.removeFirst().equals(digest)) {}
            return true;
        }
        return newest.filter(digest::equals).isPresent();
    }

    private void look() {
        synchronized (this) {
            looking = false;
            if (!isForeign) return;
            isForeign = false;
        }
        correct.run();
    }

    private static String digest(byte[] payload) {
        return Base64.getEncoder().encodeToString(Sha256.newDigest().digest(payload));
    }
}
