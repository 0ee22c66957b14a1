package io.efka.fleet.logs;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * How far one stream has been shown. What comes out of turn waits until what is missing before it has been asked for, or is
 * known to be gone. Used by one thread.
 */
final class StreamCursor {
    /** Of messages that wait for what is missing. Beyond it they are asked for again, instead of kept. */
    private static final long MAX_WAITING_BYTES = 1 << 20;

    private final Consumer<OutputChunk> shown;
    private final TreeMap<Long, OutputChunk> waiting = new TreeMap<>();
    private OptionalLong next = OptionalLong.empty();
    private long waitingBytes;
    private boolean isBehind;

    /** @param shown is given what is next, in order */
    StreamCursor(Consumer<OutputChunk> shown) {
        this.shown = shown;
    }

    /** Where to go on; empty as long as nothing was ever shown. */
    OptionalLong next() {
        return next;
    }

    /** A message came. */
    void live(OutputChunk chunk) {
        if (next.isEmpty() && !isBehind) next = OptionalLong.of(chunk.offset());
        if (isBehind || chunk.offset() > next.orElse(0)) {
            isBehind = true;
            keep(chunk);
        } else {
            show(chunk);
        }
    }

    private void keep(OutputChunk chunk) {
        if (waitingBytes + chunk.bytes().length > MAX_WAITING_BYTES) return;
        if (waiting.putIfAbsent(chunk.offset(), chunk) == null) waitingBytes += chunk.bytes().length;
    }

    /** What was asked for came; it may begin later than asked if what is before it is gone. */
    void answered(OutputChunk chunk) {
        if (next.isEmpty() || chunk.offset() > next.getAsLong()) next = OptionalLong.of(chunk.offset());
        show(chunk);
    }

    /**
     * All that was there when it was asked for has been shown. Goes on with what came meanwhile.
     *
     * @param end where what is on the device ended; what is before it and was not shown is gone
     */
    void caughtUp(long end) {
        if (next.isEmpty() || end > next.getAsLong()) next = OptionalLong.of(end);
        isBehind = false;
        while (!waiting.isEmpty() && waiting.firstKey() <= next.getAsLong()) {
            Map.Entry<Long, OutputChunk> first = waiting.pollFirstEntry();
            waitingBytes -= first.getValue().bytes().length;
            show(first.getValue());
        }
        isBehind = !waiting.isEmpty();
    }

    /** Nobody can say what was there: goes on with what came first. */
    void beginAnywhere() {
        if (next.isPresent()) return;
        isBehind = false;
        if (!waiting.isEmpty()) caughtUp(waiting.firstKey());
    }

    /** Whether something may be missing: ask for what is on the device from {@link #next} on. */
    boolean isBehind() {
        return isBehind;
    }

    /** From now on what comes waits: the connection was lost, or nothing has been asked for yet. */
    void fallBehind() {
        isBehind = true;
    }

    private void show(OutputChunk chunk) {
        OutputChunk rest = next.isPresent() ? chunk.from(next.getAsLong()) : chunk;
        if (rest.bytes().length == 0) return;
        next = OptionalLong.of(rest.end());
        shown.accept(rest);
    }

    /** How many bytes were skipped if the answer begins here. */
    Optional<Long> gapBefore(long offset) {
        return next.isPresent() && offset > next.getAsLong()
                ? Optional.of(offset - next.getAsLong())
                : Optional.empty();
    }
}
