package io.efka.it.chaos;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One stream put together again in a file, each chunk where its offset says. What is sent twice must be the same twice.
 * Thread-safe.
 */
final class StreamAssembly implements AutoCloseable {
    private final RandomAccessFile file;
    private final List<Span> holes = new ArrayList<>();
    private final List<Span> announced = new ArrayList<>();
    private long end;
    private long changed;
    private long repeated;
    private long killsBefore;

    /** Bytes that did not come: {@code excused} if the broker was killed between the chunks around them. */
    record Span(long from, long to, boolean excused) {
        long length() {
            return to - from;
        }
    }

    StreamAssembly(Path path) {
        try {
            file = new RandomAccessFile(path.toFile(), "rw");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param brokerKills how often the broker was killed until now */
    synchronized void add(long offset, byte[] bytes, long brokerKills) {
        try {
            if (offset > end) holes.add(new Span(end, offset, brokerKills != killsBefore));
            killsBefore = brokerKills;
            int known = (int) Math.max(0, Math.min(bytes.length, end - offset));
            if (known > 0) compare(offset, bytes, known);
            if (known == bytes.length) return;
            file.seek(offset + known);
            file.write(bytes, known, bytes.length - known);
            end = offset + bytes.length;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The agent says that these bytes will not come. */
    synchronized void announce(long from, long bytes) {
        announced.add(new Span(from, from + bytes, false));
    }

    private void compare(long offset, byte[] bytes, int known) throws IOException {
        byte[] before = new byte[known];
        file.seek(offset);
        file.readFully(before);
        for (int i = 0; i < known; i++) {
            if (before[i] != bytes[i] && !isInHole(offset + i)) changed++;
        }
        repeated += known;
    }

    private boolean isInHole(long at) {
        return holes.stream().anyMatch(hole -> hole.from() <= at && at < hole.to());
    }

    synchronized long end() {
        return end;
    }

    /** Bytes that came again and were other ones. */
    synchronized long changed() {
        return changed;
    }

    /** Bytes that came again, as they may. */
    synchronized long repeated() {
        return repeated;
    }

    synchronized List<Span> holes() {
        return List.copyOf(holes);
    }

    /** Bytes of a hole that no announcement covers. */
    synchronized long unannounced(Span hole) {
        long missing = 0;
        for (long at = hole.from(); at < hole.to(); ) {
            long here = at;
            var cover = announced.stream()
                    .filter(span -> span.from() <= here && here < span.to())
                    .mapToLong(Span::to)
                    .max();
            if (cover.isPresent()) {
                at = cover.getAsLong();
            } else {
                long next = announced.stream()
                        .mapToLong(Span::from)
                        .filter(from -> from > here)
                        .min()
                        .orElse(hole.to());
                missing += Math.min(next, hole.to()) - here;
                at = next;
            }
        }
        return missing;
    }

    synchronized byte[] read(long from, long to) {
        try {
            byte[] bytes = new byte[(int) (to - from)];
            file.seek(from);
            file.readFully(bytes);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
