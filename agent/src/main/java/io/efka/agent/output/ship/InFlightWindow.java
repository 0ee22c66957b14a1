package io.efka.agent.output.ship;

/**
 * Bounds what is published and not acknowledged, over all streams: it is what the heap holds of output. 2 MiB are 32
 * full messages, enough for 400 MB/s at 5 ms to the acknowledgement. Confined to the shipper's thread.
 */
final class InFlightWindow {
    private static final int MESSAGES = 64;
    private static final long BYTES = 2 << 20;

    private int messages;
    private long bytes;

    boolean isFull() {
        return messages >= MESSAGES || bytes >= BYTES;
    }

    boolean isEmpty() {
        return messages == 0;
    }

    void take(int length) {
        messages++;
        bytes += length;
    }

    void give(int length) {
        messages--;
        bytes -= length;
    }

    /** The connection is gone, and with it everything that was in the window. */
    void reset() {
        messages = 0;
        bytes = 0;
    }
}
