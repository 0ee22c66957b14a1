package io.efka.agent.state;

import io.efka.agent.files.PrivateFiles;
import io.efka.threads.AgentThread;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.mapdb.Serializer;
import org.mapdb.SortedTableMap;
import org.mapdb.volume.RandomAccessFileVol;
import org.mapdb.volume.Volume;

/**
 * All documents in one MapDB file that is written once and never changed: MapDB's sorted table, which opens in a third of
 * the time of a MapDB database and needs none of its transactions. The only class that uses MapDB.
 */
final class Checkpoint {
    // A table is made of pages, and an entry must fit into one. A power of two; the file is a multiple of it.
    private static final int MIN_PAGE = 1 << 16;

    // Generous: the table itself needs some dozens of bytes per page.
    private static final int PAGE_OVERHEAD = 1024;

    // Entries in one node, which must fit into a page, too; MapDB does not ensure that. One entry always fits.
    private static final int NODE_ENTRIES = 1;

    private Checkpoint() {}

    /** Writes a new file and reads it again: what returns normally can be read, but is not durable yet. */
    static void write(SortedMap<String, String> documents, Path file) throws IOException {
        PrivateFiles.create(file); // MapDB would make it readable by everybody
        try {
            Volume volume = RandomAccessFileVol.FACTORY.makeVolume(file.toString(), false);
            try {
                fill(volume, documents);
            } finally {
                volume.close();
            }
        } catch (RuntimeException | AssertionError e) { // MapDB throws both for what does not fit
            throw new IOException("cannot write the checkpoint " + file + ": " + e.getMessage(), e);
        }
        if (!read(file).equals(documents)) {
            throw new IOException("the checkpoint " + file + " does not hold what was written");
        }
    }

    private static void fill(Volume volume, SortedMap<String, String> documents) {
        SortedTableMap.Sink<String, String> sink = SortedTableMap.create(volume, Serializer.STRING, Serializer.STRING)
                .pageSize(pageSize(documents))
                .nodeSize(NODE_ENTRIES)
                .createFromSink();
        documents.forEach((key, value) -> {
            sink.put(key, value);
            AgentThread.step();
        });
        sink.create();
    }

    private static long pageSize(SortedMap<String, String> documents) {
        long largest = 0;
        for (var entry : documents.entrySet()) {
            largest = Math.max(largest, encodedLength(entry.getKey()) + encodedLength(entry.getValue()));
        }
        return Math.max(MIN_PAGE, Long.highestOneBit(largest + PAGE_OVERHEAD) * 2);
    }

    // MapDB packs a character into 1 byte if it is ASCII, else into 2 or 3.
    private static long encodedLength(String text) {
        return text.length()
                + 2 * text.chars().filter(character -> character > 127).count();
    }

    static SortedMap<String, String> read(Path file) throws IOException {
        try {
            Volume volume = RandomAccessFileVol.FACTORY.makeVolume(file.toString(), true);
            try {
                var documents = new TreeMap<String, String>();
                SortedTableMap.open(volume, Serializer.STRING, Serializer.STRING)
                        .forEach((key, value) -> {
                            documents.put(key, value);
                            AgentThread.step();
                        });
                return documents;
            } finally {
                volume.close();
            }
        } catch (RuntimeException | AssertionError e) {
            throw new IOException("MapDB cannot read it: " + e.getMessage(), e);
        }
    }

    /** The CRC-32C of a whole file: MapDB never reads a damaged one. */
    static int crc(Path file) throws IOException {
        var crc = new CRC32C();
        var buffer = new byte[1 << 16];
        try (var in = new FileInputStream(file.toFile())) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                crc.update(buffer, 0, read);
                AgentThread.step();
            }
        }
        return (int) crc.getValue();
    }
}
