package io.efka.agent.output.store;

import io.efka.agent.output.store.Segment.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** Reads a stream's kept bytes by offset, across its files, while they grow and are freed. One thread. */
final class StreamReader implements AutoCloseable {
    private final StreamFiles files;
    private final SegmentReader reader = new SegmentReader();

    StreamReader(StreamFiles files) {
        this.files = files;
    }

    /**
     * Reads the bytes from {@code from} to {@code to}, up to the first gap. If they begin with a gap, reads those after
     * it. Bytes that are freed during the read are a gap, too.
     */
    Piece read(long from, long to) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(Math.max(0, to - from)));
        long begin = from;
        while (begin + bytes.position() < to) {
            long at = begin + bytes.position();
            Optional<Extent> next = files.locate(at).filter(extent -> extent.from() < to);
            if (next.isEmpty()) break;
            Extent extent = next.get();
            if (extent.from() > at) {
                if (bytes.position() > 0) break;
                begin = extent.from();
                continue;
            }
            int count = fill(bytes, extent, Math.min(extent.end(), to));
            if (files.oldest() > begin) {
                bytes.clear();
                begin = files.oldest();
            } else if (count == 0) {
                if (bytes.position() > 0) break;
                begin = Math.min(extent.end(), to);
            }
        }
        return new Piece(begin, Arrays.copyOf(bytes.array(), bytes.position()));
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }

    private int fill(ByteBuffer bytes, Extent extent, long end) throws IOException {
        int before = bytes.position();
        bytes.limit(before + (int) (end - extent.from()));
        reader.read(extent, bytes);
        bytes.limit(bytes.capacity());
        return bytes.position() - before;
    }

    /** @param offset of the first byte */
    record Piece(long offset, byte[] bytes) {
        long end() {
            return offset + bytes.length;
        }
    }
}
