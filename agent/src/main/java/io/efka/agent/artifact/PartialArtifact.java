package io.efka.agent.artifact;

import io.efka.agent.files.AtomicFiles;
import io.efka.agent.files.PrivateFiles;
import io.efka.protocol.Sha256;
import io.efka.threads.AgentThread;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * An artifact that is being written, in the file {@code artifacts/{sha256}.part}. Its hash is computed on the way. What
 * is there survives a restart of the agent. Confined to the thread of the download; its methods fail with a
 * {@link DiskFailure}.
 */
public final class PartialArtifact implements Closeable {
    private static final int BUFFER = 64 * 1024;

    private final Path file;
    private final Sha256 hash;
    private final long size;
    private final LongConsumer progress;
    private final FileChannel channel;
    private final MessageDigest digest = Sha256.newDigest();
    private long received;
    private boolean isContinued;

    /**
     * Opens the file, or creates it. Reads what is there, for the hash.
     *
     * @param progress told the number of bytes that are there, often
     */
    PartialArtifact(Path file, Sha256 hash, long size, LongConsumer progress) throws DiskFailure {
        this.file = file;
        this.hash = hash;
        this.size = size;
        this.progress = progress;
        try {
            PrivateFiles.create(file);
            channel = FileChannel.open(
                    file, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
        } catch (IOException e) {
            throw new DiskFailure(e);
        }
        try {
            if (channel.size() <= size && isReadBack()) return;
            restart();
        } catch (IOException e) {
            closeQuietly();
            throw e instanceof DiskFailure failure ? failure : new DiskFailure(e);
        }
    }

    /** Whether all that is there could be read. */
    private boolean isReadBack() {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        try {
            while (channel.read(buffer, received) > 0) {
                buffer.flip();
                received += buffer.remaining();
                digest.update(buffer);
                buffer.clear();
                AgentThread.step();
            }
        } catch (IOException unreadable) {
            return false;
        }
        isContinued = received > 0;
        return true;
    }

    private void closeQuietly() {
        try {
            channel.close();
        } catch (IOException e) {
            // the failure before is the one to report
        }
    }

    /** Size of the whole artifact, in bytes. */
    public long size() {
        return size;
    }

    /** SHA-256 of the whole artifact. */
    public Sha256 hash() {
        return hash;
    }

    /** Bytes that are there; the next one to append is at this offset. */
    public long received() {
        return received;
    }

    public boolean isComplete() {
        return received == size;
    }

    /** Appends bytes. There must not be more than are missing. */
    public void append(byte[] bytes, int count) throws IOException {
        if (count > size - received) {
            throw new IllegalArgumentException(count + " bytes, but only " + (size - received) + " are missing");
        }
        try {
            ByteBuffer rest = ByteBuffer.wrap(bytes, 0, count);
            for (long at = received; rest.hasRemaining(); ) at += channel.write(rest, at);
        } catch (IOException e) {
            throw new DiskFailure(e);
        }
        digest.update(bytes, 0, count);
        received += count;
        AgentThread.step();
        progress.accept(received);
    }

    /** Forgets all bytes: the source cannot continue. */
    public void restart() throws IOException {
        try {
            channel.truncate(0);
        } catch (IOException e) {
            throw new DiskFailure(e);
        }
        digest.reset();
        received = 0;
        isContinued = false;
        progress.accept(0);
    }

    /** What follows is appended to bytes of an earlier answer, which may have been of another version. */
    public void continues() {
        isContinued = true;
    }

    /** Whether its bytes come from more than one answer: if the hash is wrong, it may be right from the beginning. */
    boolean isContinued() {
        return isContinued;
    }

    /** The hash of what is there. The next call must be {@link #restart}, {@link #keepAs} or {@link #close}. */
    Sha256 found() {
        return Sha256.of(digest);
    }

    /** Gives the file its name; durable when it returns. It must be complete, with the right hash. */
    void keepAs(Path artifact) throws DiskFailure {
        try {
            channel.force(true);
            channel.close();
            Files.move(file, artifact, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            AtomicFiles.sync(artifact.resolveSibling("."));
        } catch (IOException e) {
            throw new DiskFailure(e);
        }
    }

    /** Keeps what is there for the next time. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
