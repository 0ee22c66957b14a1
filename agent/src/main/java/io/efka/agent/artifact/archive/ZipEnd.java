package io.efka.agent.artifact.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the end of a zip archive says about its central directory.
 *
 * @param entries of the directory
 * @param from where the directory begins, in bytes
 * @param to where it ends
 */
record ZipEnd(long entries, long from, long to) {
    private static final int SIGNATURE = 0x06054b50;
    private static final int LENGTH = 22;
    private static final int MAX_COMMENT = 0xffff;
    private static final int ZIP64_LOCATOR = 0x07064b50;
    private static final int ZIP64_LOCATOR_LENGTH = 20;
    private static final int ZIP64_SIGNATURE = 0x06064b50;
    private static final int ZIP64_LENGTH = 56;

    /**
     * Finds the end. It must be the only one that fits, or programs could see different archives in the same bytes.
     */
    static ZipEnd find(ArchiveFile file) throws IOException {
        int length = (int) Math.min(file.size(), LENGTH + MAX_COMMENT);
        ByteBuffer tail = bytes(file, file.size() - length, length);
        int found = -1;
        for (int i = length - LENGTH; i >= 0; i--) {
            boolean isEnd = tail.getInt(i) == SIGNATURE && i + LENGTH + u16(tail, i + 20) == length;
            if (!isEnd) continue;
            if (found >= 0) throw BadArchiveException.of("is damaged: zip: two ends");
            found = i;
        }
        if (found < 0) throw BadArchiveException.of("is cut off, or has something behind its end");
        return read(file, tail, found, file.size() - length + found);
    }

    private static ZipEnd read(ArchiveFile file, ByteBuffer tail, int at, long position) throws IOException {
        if (u16(tail, at + 4) != 0 && u16(tail, at + 4) != 0xffff) {
            throw BadArchiveException.of("is a part of an archive of several volumes");
        }
        long from = u32(tail, at + 16);
        var end = new ZipEnd(u16(tail, at + 10), from, from + u32(tail, at + 12));
        boolean isLarge = end.entries == 0xffff || from == 0xffffffffL || u32(tail, at + 12) == 0xffffffffL;
        if (isLarge) return zip64(file, position - ZIP64_LOCATOR_LENGTH);
        return end.requireAt(position);
    }

    private static ZipEnd zip64(ArchiveFile file, long locatorAt) throws IOException {
        ByteBuffer locator = bytes(file, locatorAt, ZIP64_LOCATOR_LENGTH);
        long position = locatorAt - ZIP64_LENGTH;
        ByteBuffer end = bytes(file, position, ZIP64_LENGTH);
        boolean isRight = locator.getInt(0) == ZIP64_LOCATOR
                && locator.getLong(8) == position
                && end.getInt(0) == ZIP64_SIGNATURE;
        if (!isRight) throw BadArchiveException.of("is damaged: zip: zip64 end");
        long from = end.getLong(48);
        long size = end.getLong(40);
        if (from < 0 || size < 0 || from > position || size > position || end.getLong(32) < 0) {
            throw BadArchiveException.of("is damaged: zip: zip64 end");
        }
        return new ZipEnd(end.getLong(32), from, from + size).requireAt(position);
    }

    private ZipEnd requireAt(long position) throws BadArchiveException {
        if (to != position) throw BadArchiveException.of("is damaged: zip: its directory is not where it should be");
        return this;
    }

    static ByteBuffer bytes(ArchiveFile file, long position, int count) throws IOException {
        return ByteBuffer.wrap(file.read(position, count)).order(ByteOrder.LITTLE_ENDIAN);
    }

    static int u16(ByteBuffer bytes, int at) {
        return bytes.getShort(at) & 0xffff;
    }

    static long u32(ByteBuffer bytes, int at) {
        return bytes.getInt(at) & 0xffffffffL;
    }
}
