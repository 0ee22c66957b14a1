package io.efka.fleet.logs;

import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * How far one stream has been shown. What comes out of turn waits until what is missing before it has been asked for, or is
 * known to be gone. Used by one thread.
 */
final class StreamCursor {
    private final Consumer<OutputChunk> shown;
    private final Room room;
    private final TreeMap<Long, OutputChunk> waiting = new TreeMap<>();
    private OptionalLong next = OptionalLong.empty();
    private boolean isBehind;

    /** Where everything ends that came or was dropped. */
    private long knownEnd;

    /** The memory that what waits may take, of all streams together. Beyond it, it is asked for again instead of kept. */
    static final class Room {
        private long left;

        Room(long bytes) {
            left = bytes;
        }

        private boolean take(long bytes) {
            if (bytes > left) return false;
            left -= bytes;
            return true;
        }

        private void give(long bytes) {
            left += bytes;
        }
    }

    /** @param shown is given what is next, in order */
    StreamCursor(Room room, Consumer<OutputChunk> shown) {
        this.room = room;
        this.shown = shown;
    }

    /** Where to go on; empty as long as nothing was ever shown. */
    OptionalLong next() {
        return next;
    }

    /** A message came. */
    void live(OutputChunk chunk) {
        if (next.isEmpty() && !isBehind) next = OptionalLong.of(chunk.offset());
        // All of it was shown: it came twice, or the stream began anew, which only the device can say.
        boolean isOld = chunk.bytes().length > 0 && next.isPresent() && chunk.end() <= next.getAsLong();
        if (isBehind || isOld || chunk.offset() > next.orElse(0)) {
            isBehind = true;
            keep(chunk);
        } else {
            show(chunk);
        }
    }

    private void keep(OutputChunk chunk) {
        knownEnd = Math.max(knownEnd, chunk.end());
        if (waiting.containsKey(chunk.offset()) || !room.take(chunk.bytes().length)) return;
        waiting.put(chunk.offset(), chunk);
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
        while (!waiting.isEmpty() && waiting.firstKey() <= next.getAsLong()) show(takeFirst());
        isBehind = knownEnd > next.getAsLong();
    }

    private OutputChunk takeFirst() {
        Map.Entry<Long, OutputChunk> first = waiting.pollFirstEntry();
        room.give(first.getValue().bytes().length);
        return first.getValue();
    }

    /** Nobody can say what was there: goes on with what came first. */
    void beginAnywhere() {
        if (next.isPresent()) return;
        isBehind = false;
        if (!waiting.isEmpty()) caughtUp(waiting.firstKey());
    }

    /**
     * The device does not have what is missing: goes on behind it.
     *
     * @return how many bytes are left out
     */
    long giveUp() {
        long from = next.orElse(0);
        long to = Math.max(from, waiting.isEmpty() ? knownEnd : waiting.firstKey());
        caughtUp(to);
        return to - from;
    }

    /**
     * The stream on the device is shorter than what was shown, so it is another one, or has lost its end. Goes on where
     * the device does, or from the beginning if nothing has come of it yet.
     */
    void restart() {
        next = OptionalLong.of(waiting.isEmpty() ? 0 : waiting.firstKey());
        knownEnd = 0;
        while (!waiting.isEmpty()) takeFirst(); // it comes with the answer
        isBehind = true;
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

    /** How many bytes are skipped if an answer begins here. */
    OptionalLong gapBefore(long offset) {
        return next.isPresent() && offset > next.getAsLong()
                ? OptionalLong.of(offset - next.getAsLong())
                : OptionalLong.empty();
    }
}
