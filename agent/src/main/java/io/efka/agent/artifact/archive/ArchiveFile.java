package io.efka.agent.artifact.archive;

import io.efka.threads.AgentThread;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/** The bytes of an archive. Every read is a {@link #step}. */
final class ArchiveFile implements Closeable {
    private final FileChannel channel;
    private final long size;
    private final BooleanSupplier isCancelled;

    ArchiveFile(Path path, BooleanSupplier isCancelled) throws IOException {
        this.channel = FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        this.size = channel.size();
        this.isCancelled = isCancelled;
    }

    long size() {
        return size;
    }

    /** Shows that the thread makes progress, and ends it if the caller cancels. */
    void step() {
        if (isCancelled.getAsBoolean()) throw new CancellationException("unpacking was cancelled");
        AgentThread.step();
    }

    /** @throws BadArchiveException if the archive ends before */
    byte[] read(long position, int count) throws IOException {
        if (position < 0 || count > size - position) throw BadArchiveException.of("is cut off");
        var bytes = new byte[count];
        for (int done = 0; done < count; ) {
            int more = read(position + done, bytes, done, count - done);
            if (more < 0) throw BadArchiveException.of("is cut off");
            done += more;
        }
        return bytes;
    }

    private int read(long position, byte[] into, int offset, int count) throws IOException {
        step();
        return channel.read(ByteBuffer.wrap(into, offset, count), position);
    }

    /** The bytes from {@code from} to {@code to}, which may be beyond the end. */
    InputStream range(long from, long to) {
        return new Range(from, Math.min(to, size));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private final class Range extends BlockInput {
        private final long to;
        private long at;

        Range(long from, long to) {
            this.at = from;
            this.to = to;
        }

        @Override
        public int read(byte[] into, int offset, int count) throws IOException {
            if (at >= to) return -1;
            if (count == 0) return 0;
            int done = ArchiveFile.this.read(at, into, offset, (int) Math.min(count, to - at));
            if (done > 0) at += done;
            return done;
        }
    }
}
