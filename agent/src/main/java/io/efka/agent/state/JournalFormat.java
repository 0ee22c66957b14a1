package io.efka.agent.state;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The bytes of a journal: a header of {@value #HEADER} bytes (magic, version, generation, CRC), then records of length,
 * CRC and payload. A record's CRC covers its generation and position too, so that old bytes of a reused disk block, or a
 * record in a wrong place, are not taken for good. Numbers are big-endian.
 */
final class JournalFormat {
    static final int VERSION = 1;
    static final int HEADER = 24;
    static final int RECORD_HEADER = 8;
    private static final long MAGIC = 0x65666b614a6f7572L; // "efkaJour"

    private JournalFormat() {}

    static byte[] header(long generation) {
        ByteBuffer header =
                ByteBuffer.allocate(HEADER).putLong(MAGIC).putInt(VERSION).putLong(generation);
        return header.putInt(headerCrc(header)).array();
    }

    static byte[] record(long generation, long position, byte[] payload) {
        return ByteBuffer.allocate(RECORD_HEADER + payload.length)
                .putInt(payload.length)
                .putInt(crc(generation, position, ByteBuffer.wrap(payload)))
                .put(payload)
                .array();
    }

    /** Whether a whole header stands there, of whatever version. */
    static boolean isHeader(ByteBuffer file, long generation) {
        return file.limit() >= HEADER
                && file.getLong(0) == MAGIC
                && file.getLong(12) == generation
                && file.getInt(20) == headerCrc(file);
    }

    static int version(ByteBuffer file) {
        return file.getInt(8);
    }

    /** The payload's length if a whole and good record stands at {@code position}, or else -1. */
    static int goodRecord(ByteBuffer file, long generation, int position) {
        if (file.limit() - position < RECORD_HEADER) return -1;
        int length = file.getInt(position);
        if (length < 1 || length > file.limit() - position - RECORD_HEADER) return -1;
        int crc = crc(generation, position, payload(file, position, length));
        return crc == file.getInt(position + 4) ? length : -1;
    }

    static ByteBuffer payload(ByteBuffer file, int position, int length) {
        return file.slice(position + RECORD_HEADER, length);
    }

    private static int headerCrc(ByteBuffer file) {
        var crc = new CRC32C();
        crc.update(file.slice(0, 20));
        return (int) crc.getValue();
    }

    private static int crc(long generation, long position, ByteBuffer payload) {
        var crc = new CRC32C();
        crc.update(ByteBuffer.allocate(16).putLong(generation).putLong(position).flip());
        crc.update(payload);
        return (int) crc.getValue();
    }
}
