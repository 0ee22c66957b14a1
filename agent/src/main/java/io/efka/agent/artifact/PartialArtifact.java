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
 *
 * <p>A source that receives pieces in any order writes them ahead, and {@link #advance advances} over them when what is
 * before them is there. Which these are it writes into the notes, which are in the same file behind the content: eight
 * bytes that say how much is received, then the source's own. So the file is longer than the artifact.
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

    /** Whether there are notes: the length of the file says nothing then. */
    private boolean hasNotes;

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
            hasNotes = channel.size() > size;
            long there = hasNotes ? noted() : channel.size();
            if (there <= size && isReadBack(there)) return;
            restart();
        } catch (IOException e) {
            closeQuietly();
            throw e instanceof DiskFailure failure ? failure : new DiskFailure(e);
        }
    }

    /** How much is received, as the notes say; more than there can be if they are damaged. */
    private long noted() throws IOException {
        ByteBuffer number = ByteBuffer.allocate(Long.BYTES);
        while (number.hasRemaining()) {
            if (channel.read(number, size + number.position()) < 0) return Long.MAX_VALUE;
        }
        long there = number.getLong(0);
        return there < 0 ? Long.MAX_VALUE : there;
    }

    /** Whether all that is there could be read. */
    private boolean isReadBack(long there) {
        try {
            readTo(there);
        } catch (IOException unreadable) {
            return false;
        }
        isContinued = received > 0;
        return true;
    }

    /** Reads what is in the file, for the hash. */
    private void readTo(long end) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(BUFFER, Math.max(1, end - received)));
        while (received < end) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), end - received));
            if (channel.read(buffer, received) < 0) throw new IOException(file + " has become shorter");
            buffer.flip();
            received += buffer.remaining();
            digest.update(buffer);
            AgentThread.step();
        }
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
        noteReceived();
        AgentThread.step();
        progress.accept(received);
    }

    /** Writes bytes beyond those that are received. They are part of it only after {@link #advance}. */
    public void writeAhead(long offset, byte[] bytes) throws IOException {
        if (offset < 0 || offset > size - bytes.length) {
            throw new IllegalArgumentException(bytes.length + " bytes at " + offset + " of " + size);
        }
        write(offset, bytes);
    }

    /** What is in the file, whether it is received, written ahead or neither. Fewer bytes than asked for at its end. */
    public byte[] read(long offset, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(count, size - offset));
        readFully(bytes, offset);
        return bytes.array();
    }

    /** Bytes up to this offset are in the file, and right: they are received. */
    public void advance(long end) throws IOException {
        try {
            readTo(end);
        } catch (IOException e) {
            throw new DiskFailure(e);
        }
        noteReceived();
    }

    /** Counts the received bytes anew, from the beginning: what is in the file stays there. */
    public void recount() {
        digest.reset();
        received = 0;
    }

    /** Tells of bytes that are there, received or not. */
    public void progress(long bytes) {
        AgentThread.step();
        progress.accept(bytes);
    }

    /** Writes notes of the source, which begin at 0. They are gone after {@link #restart}. */
    public void writeNotes(long at, byte[] notes) throws IOException {
        hasNotes = true;
        noteReceived();
        write(size + Long.BYTES + at, notes);
    }

    /** Notes that an earlier source wrote, perhaps of another kind; zeros where there are none. */
    public byte[] readNotes(long at, int count) throws IOException {
        ByteBuffer notes = ByteBuffer.allocate(count);
        readFully(notes, size + Long.BYTES + at);
        return notes.array();
    }

    private void noteReceived() throws IOException {
        if (hasNotes) {
            write(size, ByteBuffer.allocate(Long.BYTES).putLong(received).array());
        }
    }

    private void write(long at, byte[] bytes) throws DiskFailure {
        try {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) channel.write(rest, at + rest.position());
        } catch (IOException e) {
            throw new DiskFailure(e);
        }
    }

    private void readFully(ByteBuffer into, long at) throws DiskFailure {
        try {
            while (into.hasRemaining()) {
                if (channel.read(into, at + into.position()) < 0) return;
            }
        } catch (IOException e) {
            throw new DiskFailure(e);
        }
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
        hasNotes = false;
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

    /** Whether it is complete and has its hash. */
    public boolean isRight() {
        try {
            return isComplete() && Sha256.of((MessageDigest) digest.clone()).equals(hash);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's SHA-256 can be cloned", e);
        }
    }

    /** The hash of what is there. The next call must be {@link #restart}, {@link #keepAs} or {@link #close}. */
    Sha256 found() {
        return Sha256.of(digest);
    }

    /** Gives the file its name; durable when it returns. It must be complete, with the right hash. */
    void keepAs(Path artifact) throws DiskFailure {
        try {
            if (hasNotes) channel.truncate(size);
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
