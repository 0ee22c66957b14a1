package io.efka.agent.channel;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Cuts a stream of bytes into lines, whatever pieces they come in. A line that is longer than allowed is never kept: its
 * bytes are let go as they come, and it is reported once, when it turns out to be too long. Not thread-safe.
 */
final class LineSplitter {
    private static final int KEPT_ROOM = 1024;

    private final Taker taker;
    private int max;
    private ByteArrayOutputStream begun = new ByteArrayOutputStream(0);
    private boolean skipping;

    /** Takes what was found; returns false to be given nothing more. */
    interface Taker {
        boolean line(String line);

        boolean tooLong(int max);
    }

    /** @param max bytes of a line, its end not counted */
    LineSplitter(int max, Taker taker) {
        this.max = max;
        this.taker = taker;
    }

    /** From the next line on. */
    void allow(int bytes) {
        max = bytes;
    }

    /** Takes all of {@code bytes}; false once the taker wants no more. */
    boolean take(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            int end = endOfLine(bytes);
            boolean isWhole = end < bytes.limit();
            if (!piece(bytes, end)) return false;
            if (!isWhole) return true;
            bytes.get();
            if (!finish()) return false;
        }
        return true;
    }

    /** Whether a line was begun and not ended. */
    boolean isAmidLine() {
        return skipping || begun.size() > 0;
    }

    private static int endOfLine(ByteBuffer bytes) {
        for (int i = bytes.position(); i < bytes.limit(); i++) {
            if (bytes.get(i) == '\n') return i;
        }
        return bytes.limit();
    }

    private boolean piece(ByteBuffer bytes, int end) {
        int length = end - bytes.position();
        if (!skipping && begun.size() + length > max) {
            skipping = true;
            begun = new ByteArrayOutputStream(0);
            if (!taker.tooLong(max)) return false;
        }
        if (skipping) {
            bytes.position(end);
            return true;
        }
        var piece = new byte[length];
        bytes.get(piece);
        begun.write(piece, 0, length);
        return true;
    }

    private boolean finish() {
        if (skipping) {
            skipping = false;
            return true;
        }
        String line = begun.toString(StandardCharsets.UTF_8);
        // A big line must not keep its room for as long as the service lives.
        if (begun.size() > KEPT_ROOM) begun = new ByteArrayOutputStream(0);
        else begun.reset();
        return line.isBlank() || taker.line(line);
    }
}
