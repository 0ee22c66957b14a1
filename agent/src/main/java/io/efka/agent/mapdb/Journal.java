package io.efka.agent.mapdb;

import java.io.Closeable;
import java.io.IOException;

/**
 * The segment that grows: one record a group of commits, one sync a record. So at any moment only the last record can be
 * unsynced, and a power cut can tear nothing that was acknowledged. Confined to one thread at a time.
 */
final class Journal implements Closeable {
    private final Disk.AppendFile file;
    private final long generation;
    private long end;
    private boolean ragged;

    private Journal(Disk.AppendFile file, long generation, long end) {
        this.file = file;
        this.generation = generation;
        this.end = end;
    }

    /** A new segment, durable and empty when it returns. */
    static Journal create(Disk disk, StateFiles files, long generation) throws IOException {
        Disk.AppendFile file = disk.create(files.journal(generation));
        try {
            file.append(JournalFormat.header(generation));
            file.force();
            disk.forceFolder(files.folder());
        } catch (IOException e) {
            // Else the segment before, which is gone on with, would not be the last one to the next start.
            file.close();
            disk.delete(files.journal(generation));
            throw e;
        }
        return new Journal(file, generation, JournalFormat.HEADER);
    }

    /** Goes on with a segment; what stands after {@code end} is cut off. */
    static Journal resume(Disk disk, StateFiles files, long generation, long end) throws IOException {
        var journal = new Journal(disk.open(files.journal(generation)), generation, end);
        try {
            if (journal.file.length() != end) journal.cutBack();
        } catch (IOException e) {
            journal.close();
            throw e;
        }
        return journal;
    }

    long generation() {
        return generation;
    }

    /** How many bytes are in it. */
    long length() {
        return end;
    }

    boolean isEmpty() {
        return end == JournalFormat.HEADER;
    }

    /**
     * Writes one record; durable when it returns, at the price of one sync. When it fails, what was written of it is cut
     * off again, now or before the next record: the earlier ones stand.
     */
    void append(byte[] payload) throws IOException {
        if (ragged) cutBack();
        byte[] record = JournalFormat.record(generation, end, payload);
        try {
            file.append(record);
            file.force();
        } catch (IOException e) {
            ragged = true;
            tryCutBack(e);
            throw e;
        }
        end += record.length;
    }

    /** Nothing will be written any more: what is there is whole and durable. */
    void seal() throws IOException {
        if (ragged) cutBack();
    }

    private void tryCutBack(IOException reason) {
        try {
            cutBack();
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    // Forced, so that a record that was reported as failed does not come back with the next start.
    private void cutBack() throws IOException {
        file.truncate(end);
        file.force();
        ragged = false;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
