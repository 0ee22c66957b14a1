package io.efka.agent.output.store;

import io.efka.agent.output.store.Segment.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Reads a stream's files by position, and keeps the last one open. Reads only the file that the agent created, and no
 * link or FIFO. One thread.
 */
public final class SegmentReader implements AutoCloseable {
    private Optional<Open> open = Optional.empty();

    /**
     * Fills {@code buffer} from the beginning of the extent; reads less if the file is shorter, nothing if it is gone.
     */
    public void read(Extent extent, ByteBuffer buffer) throws IOException {
        try {
            FileChannel channel = channel(extent.segment());
            long position = extent.position();
            while (buffer.hasRemaining()) {
                int count = channel.read(buffer, position);
                if (count < 0) return;
                position += count;
            }
        } catch (NoSuchFileException gone) {
            close();
        }
    }

    @Override
    public void close() throws IOException {
        if (open.isEmpty()) return;
        FileChannel channel = open.get().channel();
        open = Optional.empty();
        channel.close();
    }

    private FileChannel channel(Segment segment) throws IOException {
        if (open.isPresent() && open.get().segment().equals(segment))
            return open.get().channel();
        close();
        requireOwn(segment); // checked first: opening a FIFO would block
        FileChannel channel = FileChannel.open(segment.path(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        try {
            requireOwn(segment);
        } catch (IOException replaced) {
            channel.close();
            throw replaced;
        }
        open = Optional.of(new Open(segment, channel));
        return channel;
    }

    private static void requireOwn(Segment segment) throws IOException {
        if (RegularFile.at(segment.path())
                .filter(file -> file.key().equals(segment.key()))
                .isEmpty()) {
            throw new NoSuchFileException(segment.path() + ": something else is there");
        }
    }

    private record Open(Segment segment, FileChannel channel) {}
}
