package io.efka.agent.output.ship;

import java.nio.ByteBuffer;

/**
 * Decides how many of the available bytes make the next message: whole lines, in few messages. A finished line goes at
 * once when nothing of its stream is unacknowledged. Otherwise more lines are collected, for {@code linger} at most. The
 * end of an unfinished line is awaited as long. Confined to the shipper's thread.
 */
public final class LineBatcher {
    private static final int NEWLINE = '\n';

    private long waitingSince;
    private boolean waiting;

    /**
     * Bytes to publish now, from the buffer's start; 0: wait.
     *
     * @param full whether the buffer holds as much as one message may
     * @param isFinal whether nothing will ever be appended to these bytes
     * @param busy whether earlier bytes of the stream are unacknowledged
     */
    public int length(ByteBuffer bytes, boolean full, boolean isFinal, boolean busy, boolean due) {
        int lines = lastNewline(bytes) + 1;
        if (full) return lines > 0 ? lines : bytes.limit();
        if (isFinal) return bytes.limit();
        if (lines > 0) return busy && !due ? 0 : lines;
        return due ? bytes.limit() : 0;
    }

    /** Nanoseconds that the waiting bytes may still wait, from 0. */
    long remaining(long linger, long now) {
        if (!waiting) {
            waiting = true;
            waitingSince = now;
        }
        return Math.max(0, waitingSince + linger - now);
    }

    /** The waiting bytes were published; the rest begins to wait. */
    void published() {
        waiting = false;
    }

    private static int lastNewline(ByteBuffer bytes) {
        int at = bytes.limit() - 1;
        while (at >= 0 && bytes.get(at) != NEWLINE) at--;
        return at;
    }
}
