package io.efka.agent.artifact;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.runtime.TokenBucket;
import io.efka.threads.AgentThread;
import io.efka.threads.Timers;
import java.time.Duration;

/** Bytes per second of all downloads together. Thread-safe. */
public final class RateLimit {
    private static final int LEAST_PIECE = 1024;
    private static final int MOST_PIECE = 16 * 1024;

    private final Timers timers;

    @GuardedBy("this") private final TokenBucket bucket;

    /** @param rate bytes per second; 0: no limit */
    public RateLimit(long rate, Timers timers) {
        this.timers = timers;
        this.bucket = new TokenBucket(rate, 4, timers.nanos());
    }

    /** Bytes to read at once. */
    synchronized int piece() {
        return bucket.piece(LEAST_PIECE, MOST_PIECE);
    }

    /** So many bytes were read: waits until the next may be. Fails with a {@code CancellationException} if it is cancelled. */
    public void take(int bytes, Cancellation cancellation) {
        long nanos;
        synchronized (this) {
            bucket.take(bytes);
            nanos = bucket.delay(timers.nanos());
        }
        if (nanos <= 0) return;
        // A chunk of 128 KiB at 1 KiB/s takes two minutes.
        AgentThread.idle();
        cancellation.sleep(Duration.ofNanos(nanos));
        AgentThread.step();
    }
}
