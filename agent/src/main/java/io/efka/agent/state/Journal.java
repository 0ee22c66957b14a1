package io.efka.agent.state;

import java.io.Closeable;
import java.io.IOException;

/**
 * The segment that grows: one record a group of commits, one sync a record. So at any moment only the last record can be
 * unsynced, and a power cut can tear nothing that was acknowledged.
 *
 * <p>Behind the last record there are zeros, the reserve: blocks that the file has already, so that what took effect can
 * be written down on a disk that has become full since. That holds where files are written in place (ext4, xfs, tmpfs);
 * a file system that copies on write gives no such promise. Confined to one thread at a time.
 */
final class Journal implements Closeable {
    private final StateDisk.OpenFile file;
    private final long generation;
    private final int reserve;
    private long end;
    private long allocated;
    private boolean ragged;

    private Journal(StateDisk.OpenFile file, long generation, int reserve, long end) throws IOException {
        this.file = file;
        this.generation = generation;
        this.reserve = reserve;
        this.end = end;
        this.allocated = file.length();
    }

    /** A new segment, durable and empty when it returns, with its reserve. */
    static Journal create(StateDisk disk, StateFiles files, long generation, int reserve) throws IOException {
        StateDisk.OpenFile file = disk.create(files.journal(generation));
        try {
            file.write(0, JournalFormat.header(generation));
            var journal = new Journal(file, generation, reserve, JournalFormat.HEADER);
            journal.allocate(reserve);
            file.force();
            disk.forceFolder(files.folder());
            return journal;
        } catch (IOException e) {
            // Else the segment before, which is gone on with, would not be the last one to the next start.
            file.close();
            disk.delete(files.journal(generation));
            throw e;
        }
    }

    /**
     * Continues a segment. When it returns, all its records are durable and what stands after {@code end} is wiped. Its
     * reserve may be smaller: an agent must be able to start on a full disk.
     */
    static Journal resume(StateDisk disk, StateFiles files, long generation, int reserve, long end) throws IOException {
        StateDisk.OpenFile file = disk.open(files.journal(generation));
        try {
            var journal = new Journal(file, generation, reserve, end);
            journal.wipe();
            return journal;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    long generation() {
        return generation;
    }

    /** How many bytes of records, and header, are in it. */
    long length() {
        return end;
    }

    boolean isEmpty() {
        return end == JournalFormat.HEADER;
    }

    /**
     * Writes one record; durable when it returns, at the price of one sync. When it fails, what was written of it is wiped
     * out again, now or before the next record: the earlier ones stand. It leaves the reserve as it is, and fails where
     * the disk has no room besides.
     */
    void append(byte[] payload) throws IOException {
        byte[] record = JournalFormat.record(generation, end, payload);
        allocate(record.length + reserve);
        write(record);
    }

    /** The same, at the cost of the reserve where the disk has no more room; the next {@link #append} fills it again. */
    void appendFromReserve(byte[] payload) throws IOException {
        byte[] record = JournalFormat.record(generation, end, payload);
        try {
            allocate(record.length);
        } catch (IOException full) {
            throw new IOException(full.getMessage() + "; the reserve of " + reserve + " bytes is used up", full);
        }
        write(record);
    }

    // A little more, so that not every commit pays for it: but on a full disk commits are to be refused soon.
    private void allocate(int bytes) throws IOException {
        if (end + bytes <= allocated) return;
        try {
            file.write(allocated, new byte[Math.toIntExact(end + bytes + reserve / 32 - allocated)]);
        } finally {
            allocated = file.length();
        }
    }

    private void write(byte[] record) throws IOException {
        if (ragged) wipe();
        try {
            file.write(end, record);
            file.force();
        } catch (IOException e) {
            ragged = true;
            tryWipe(e);
            throw e;
        }
        end += record.length;
    }

    /** Nothing will be written any more: what is there is whole and durable. */
    void seal() throws IOException {
        if (ragged) wipe();
    }

    private void tryWipe(IOException reason) {
        try {
            wipe();
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    // Forced, so that a record that was reported as failed does not come back with the next start.
    private void wipe() throws IOException {
        file.write(end, new byte[Math.toIntExact(allocated - end)]);
        file.force();
        ragged = false;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
