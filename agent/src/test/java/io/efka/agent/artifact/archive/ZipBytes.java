package io.efka.agent.artifact.archive;

import static io.efka.agent.artifact.archive.TarBytes.utf8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/** Builds zip archives byte by byte, with stored entries as made on Unix, also such as no program makes. */
final class ZipBytes {
    static final int FILE = 0100644;
    static final int FOLDER = 0040755;
    static final int LINK = 0120777;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream directory = new ByteArrayOutputStream();
    private int entries;
    private int flags;
    private int method;
    private long crcError;
    private long sizeError;
    private String localName = "";

    ZipBytes file(String name, String content) {
        return entry(name, FILE, utf8(content));
    }

    ZipBytes flags(int next) {
        flags = next;
        return this;
    }

    ZipBytes method(int next) {
        method = next;
        return this;
    }

    /** The directory says another sum and size than is true. */
    ZipBytes lie(long crc, long size) {
        crcError = crc;
        sizeError = size;
        return this;
    }

    /** The local header says another name than the directory. */
    ZipBytes localName(String next) {
        localName = next;
        return this;
    }

    ZipBytes entry(String name, int mode, byte[] content) {
        return entry(utf8(name), mode, content, content.length);
    }

    ZipBytes entry(byte[] name, int mode, byte[] packed, long size) {
        var sum = new CRC32();
        sum.update(packed);
        long crc = sum.getValue() ^ crcError;
        int offset = out.size();
        byte[] local = localName.isEmpty() ? name : utf8(localName);
        out.writeBytes(little(30)
                .putInt(0x04034b50)
                .putShort((short) 20)
                .putShort((short) flags)
                .putShort((short) method)
                .putInt(0x58210000)
                .putInt((int) crc)
                .putInt(packed.length)
                .putInt((int) (size + sizeError))
                .putShort((short) local.length)
                .putShort((short) 0)
                .array());
        out.writeBytes(local);
        out.writeBytes(packed);
        directory.writeBytes(little(46)
                .putInt(0x02014b50)
                .putShort((short) (3 << 8 | 20))
                .putShort((short) 20)
                .putShort((short) flags)
                .putShort((short) method)
                .putInt(0x58210000)
                .putInt((int) crc)
                .putInt(packed.length)
                .putInt((int) (size + sizeError))
                .putShort((short) name.length)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 0)
                .putInt(mode << 16)
                .putInt(offset)
                .array());
        directory.writeBytes(name);
        entries++;
        return this;
    }

    private static ByteBuffer little(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    byte[] end() {
        return end(entries, 0);
    }

    /** @param shift added to the place of the directory */
    byte[] end(int saidEntries, int shift) {
        int at = out.size();
        out.writeBytes(directory.toByteArray());
        out.writeBytes(little(22)
                .putInt(0x06054b50)
                .putInt(0)
                .putShort((short) saidEntries)
                .putShort((short) saidEntries)
                .putInt(directory.size())
                .putInt(at + shift)
                .putShort((short) 0)
                .array());
        return out.toByteArray();
    }
}
