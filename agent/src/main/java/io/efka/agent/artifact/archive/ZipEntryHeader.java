package io.efka.agent.artifact.archive;

import static io.efka.agent.artifact.archive.ZipEnd.u16;
import static io.efka.agent.artifact.archive.ZipEnd.u32;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.attribute.FileTime;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * One entry of a zip archive's central directory.
 *
 * @param name raw bytes
 * @param flags as in the format
 * @param method of compression
 * @param crc of the content
 * @param packed bytes in the archive
 * @param size of the content, in bytes
 * @param offset of the local header
 * @param unixMode type and permissions; 0 if the archive was not made on Unix
 * @param modified the zone of a time without one is taken for UTC: it is the packer's, which nobody knows
 * @param length of this header in the directory
 */
record ZipEntryHeader(
        byte[] name,
        int flags,
        int method,
        long crc,
        long packed,
        long size,
        long offset,
        int unixMode,
        FileTime modified,
        int length) {
    private static final int SIGNATURE = 0x02014b50;
    private static final int FIXED = 46;
    private static final int ZIP64 = 0x0001;
    private static final int EXTENDED_TIME = 0x5455;
    private static final long IN_ZIP64 = 0xffffffffL;
    private static final int UNIX = 3;
    private static final int MAC = 19;

    /** @param end of the directory */
    static ZipEntryHeader read(ArchiveFile file, long position, long end) throws IOException {
        if (position + FIXED > end) throw damaged();
        ByteBuffer fixed = ZipEnd.bytes(file, position, FIXED);
        if (fixed.getInt(0) != SIGNATURE) throw damaged();
        int nameLength = u16(fixed, 28);
        int extraLength = u16(fixed, 30);
        int length = FIXED + nameLength + extraLength + u16(fixed, 32);
        if (position + length > end) throw damaged();
        byte[] rest = file.read(position + FIXED, nameLength + extraLength);
        byte[] name = Arrays.copyOf(rest, nameLength);
        var extra = new Extra(ByteBuffer.wrap(rest, nameLength, extraLength).slice());
        var large = extra.find(ZIP64);
        long size = wide(u32(fixed, 24), large);
        long packed = wide(u32(fixed, 20), large);
        long offset = wide(u32(fixed, 42), large);
        int madeOn = u16(fixed, 4) >> 8;
        return new ZipEntryHeader(
                name,
                u16(fixed, 8),
                u16(fixed, 10),
                u32(fixed, 16),
                packed,
                size,
                offset,
                madeOn == UNIX || madeOn == MAC ? u16(fixed, 40) : 0,
                modified(extra.find(EXTENDED_TIME), u16(fixed, 14), u16(fixed, 12)),
                length);
    }

    private static BadArchiveException damaged() {
        return BadArchiveException.of("is damaged: zip: its directory");
    }

    /** The value, or the next one of the zip64 field. */
    private static long wide(long value, ByteBuffer large) throws BadArchiveException {
        if (value != IN_ZIP64) return value;
        if (large.remaining() < 8) throw damaged();
        long wide = large.getLong();
        if (wide < 0) throw damaged();
        return wide;
    }

    private record Extra(ByteBuffer bytes) {
        /** The content of a field; empty if there is none. */
        ByteBuffer find(int id) {
            ByteBuffer all = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
            while (all.remaining() >= 4) {
                int found = all.getShort() & 0xffff;
                int length = Math.min(all.getShort() & 0xffff, all.remaining());
                ByteBuffer content = all.slice(all.position(), length).order(ByteOrder.LITTLE_ENDIAN);
                if (found == id) return content;
                all.position(all.position() + length);
            }
            return ByteBuffer.allocate(0);
        }
    }

    private static FileTime modified(ByteBuffer extended, int date, int time) {
        boolean hasTime = extended.remaining() >= 5 && (extended.get(0) & 1) != 0;
        if (hasTime) return FileTime.from(Math.max(0, extended.getInt(1)), TimeUnit.SECONDS);
        try {
            return FileTime.from(LocalDateTime.of(
                            1980 + (date >> 9),
                            (date >> 5) & 15,
                            date & 31,
                            time >> 11,
                            (time >> 5) & 63,
                            (time & 31) * 2)
                    .toInstant(ZoneOffset.UTC));
        } catch (DateTimeException unset) {
            return FileTime.fromMillis(0);
        }
    }
}
