package io.efka.agent.channel;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * Splits a stream of bytes, which may come in pieces of any size, into lines. A line that is too long is reported once,
 * as soon as it is, and never buffered: the rest of its bytes is dropped as it comes. Not thread-safe.
 */
final class LineSplitter {
    /** A larger buffer is released after its line: it must not stay for as long as the service lives. */
    private static final int KEPT_BUFFER = 1024;

    private final Listener listener;
    private int max;
    private ByteArrayOutputStream partial = new ByteArrayOutputStream(0);
    private boolean skipping;

    /** Receives the lines; a method returns false to receive nothing more. */
    interface Listener {
        boolean line(byte[] line);

        boolean tooLong(int max);
    }

    /** @param max bytes of a line, without its end */
    LineSplitter(int max, Listener listener) {
        this.max = max;
        this.listener = listener;
    }

    /** Changes the limit, from the next line on. */
    void setMax(int bytes) {
        max = bytes;
    }

    /** Splits all of {@code bytes}; returns false as soon as the listener did. */
    boolean feed(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            int end = endOfLine(bytes);
            boolean isWhole = end < bytes.limit();
            if (!append(bytes, end)) return false;
            if (!isWhole) return true;
            bytes.get();
            if (!finish()) return false;
        }
        return true;
    }

    /** Whether the end of the last line has not come yet. */
    boolean isAmidLine() {
        return skipping || partial.size() > 0;
    }

    private static int endOfLine(ByteBuffer bytes) {
        for (int i = bytes.position(); i < bytes.limit(); i++) {
            if (bytes.get(i) == '\n') return i;
        }
        return bytes.limit();
    }

    private boolean append(ByteBuffer bytes, int end) {
        int length = end - bytes.position();
        if (!skipping && partial.size() + length > max) {
            skipping = true;
            partial = new ByteArrayOutputStream(0);
            if (!listener.tooLong(max)) return false;
        }
        if (skipping) {
            bytes.position(end);
            return true;
        }
        var piece = new byte[length];
        bytes.get(piece);
        partial.write(piece, 0, length);
        return true;
    }

    private boolean finish() {
        if (skipping) {
            skipping = false;
            return true;
        }
        byte[] line = partial.toByteArray();
        if (partial.size() > KEPT_BUFFER) partial = new ByteArrayOutputStream(0);
        else partial.reset();
        return line.length == 0 || listener.line(line);
    }
}
