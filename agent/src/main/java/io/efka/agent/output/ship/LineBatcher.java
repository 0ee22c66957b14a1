package io.efka.agent.output.ship;

import java.nio.ByteBuffer;

/**
 * Decides how many of the available bytes make the next message: whole lines, in few messages. A complete line is sent
 * at once if nothing of its stream is unacknowledged. Otherwise it waits for more lines, for {@code linger} at most. An
 * incomplete line waits for its end for the same time. Confined to the shipper's thread.
 */
public final class LineBatcher {
    private static final int NEWLINE = '\n';

    private long waitingSince;
    private boolean waiting;

    /**
     * The number of bytes to publish now, from the start of the buffer; 0: wait.
     *
     * @param full whether the buffer contains as much as one message can
     * @param isFinal whether nothing will be appended to these bytes any more
     * @param busy whether earlier bytes of the stream are unacknowledged
     * @param due whether {@code linger} is over
     */
    public int length(ByteBuffer bytes, boolean full, boolean isFinal, boolean busy, boolean due) {
        int lines = lastNewline(bytes) + 1;
        if (full) return lines > 0 ? lines : bytes.limit();
        if (isFinal) return bytes.limit();
        if (lines > 0) return busy && !due ? 0 : lines;
        return due ? bytes.limit() : 0;
    }

    /** Nanoseconds for which the bytes may still wait; at least 0. */
    long remaining(long linger, long now) {
        if (!waiting) {
            waiting = true;
            waitingSince = now;
        }
        return Math.max(0, waitingSince + linger - now);
    }

    /** The bytes were published; the next ones begin to wait. */
    void published() {
        waiting = false;
    }

    private static int lastNewline(ByteBuffer bytes) {
        int at = bytes.limit() - 1;
        while (at >= 0 && bytes.get(at) != NEWLINE) at--;
        return at;
    }
}
