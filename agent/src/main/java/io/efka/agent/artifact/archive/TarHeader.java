package io.efka.agent.artifact.archive;

import java.util.Arrays;
import java.util.Optional;

/**
 * One header block of a tar archive: v7, POSIX ustar or GNU.
 *
 * @param name raw bytes
 * @param mode with the setuid, setgid and sticky bits
 * @param size of the content, in bytes; at least 0
 * @param modified seconds since 1970
 * @param type the letter of the entry's type
 * @param linkName raw bytes; empty for most types
 */
record TarHeader(byte[] name, int mode, long size, long modified, char type, byte[] linkName) {
    static final int BLOCK = 512;

    static final char FILE = '0';
    static final char OLD_FILE = 0;
    static final char CONTIGUOUS_FILE = '7';
    static final char HARD_LINK = '1';
    static final char SYMBOLIC_LINK = '2';
    static final char FOLDER = '5';
    static final char PAX = 'x';
    static final char PAX_GLOBAL = 'g';
    static final char GNU_NAME = 'L';
    static final char GNU_LINK = 'K';

    private static final Field NAME = new Field(0, 100);
    private static final Field MODE = new Field(100, 8);
    private static final Field SIZE = new Field(124, 12);
    private static final Field MODIFIED = new Field(136, 12);
    private static final Field CHECKSUM = new Field(148, 8);
    private static final int TYPE = 156;
    private static final Field LINK_NAME = new Field(157, 100);
    private static final Field MAGIC = new Field(257, 6);
    private static final Field PREFIX = new Field(345, 155);

    /** 9999-12-31, which every file system can at least cut off. */
    private static final long MAX_TIME = 253_402_300_799L;

    private record Field(int offset, int length) {
        /** Up to the first NUL. */
        byte[] text(byte[] block) {
            int end = offset;
            while (end < offset + length && block[end] != 0) end++;
            return Arrays.copyOfRange(block, offset, end);
        }

        /** Octal digits, or GNU's binary numbers, which have the highest bit set; empty if it is neither. */
        Optional<Long> number(byte[] block) {
            return (block[offset] & 0x80) == 0 ? octal(block) : binary(block);
        }

        private Optional<Long> binary(byte[] block) {
            boolean isNegative = (block[offset] & 0x40) != 0;
            long number = isNegative ? -1 : 0;
            for (int i = offset; i < offset + length; i++) {
                int digit = i == offset && !isNegative ? block[i] & 0x7f : block[i] & 0xff;
                long next = (number << 8) | digit;
                if (next >> 8 != number) return Optional.empty();
                number = next;
            }
            return Optional.of(number);
        }

        private Optional<Long> octal(byte[] block) {
            int i = offset;
            int end = offset + length;
            while (i < end && block[i] == ' ') i++;
            long number = 0;
            for (; i < end && block[i] >= '0' && block[i] <= '7'; i++) number = (number << 3) | (block[i] - '0');
            for (; i < end; i++) if (block[i] != ' ' && block[i] != 0) return Optional.empty();
            return Optional.of(number);
        }
    }

    /** Whether a block is a header: its checksum is right. */
    static boolean isHeader(byte[] block) {
        Optional<Long> expected = CHECKSUM.number(block);
        if (expected.isEmpty()) return false;
        long unsigned = 0;
        long signed = 0;
        for (int i = 0; i < BLOCK; i++) {
            boolean isOfChecksum = i >= CHECKSUM.offset && i < CHECKSUM.offset + CHECKSUM.length;
            byte value = isOfChecksum ? (byte) ' ' : block[i];
            unsigned += value & 0xff;
            signed += value;
        }
        // Some old programs added signed bytes.
        return expected.get() == unsigned || expected.get() == signed;
    }

    /** @param block with a right checksum */
    static TarHeader of(byte[] block) throws BadArchiveException {
        byte[] name = name(block);
        long size = required(SIZE, block, name, "size");
        if (size < 0) throw BadArchiveException.of(name, "has a negative size");
        long time = required(MODIFIED, block, name, "time");
        return new TarHeader(
                name,
                (int) required(MODE, block, name, "mode") & 07777,
                size,
                Math.max(0, Math.min(MAX_TIME, time)),
                (char) (block[TYPE] & 0xff),
                LINK_NAME.text(block));
    }

    private static byte[] name(byte[] block) {
        byte[] name = NAME.text(block);
        byte[] prefix = PREFIX.text(block);
        // GNU writes "ustar " there, and other things where POSIX has the prefix.
        boolean isPosix = Arrays.equals(MAGIC.text(block), new byte[] {'u', 's', 't', 'a', 'r'});
        if (!isPosix || prefix.length == 0) return name;
        byte[] whole = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
        whole[prefix.length] = '/';
        System.arraycopy(name, 0, whole, prefix.length + 1, name.length);
        return whole;
    }

    private static long required(Field field, byte[] block, byte[] name, String what) throws BadArchiveException {
        return field.number(block)
                .orElseThrow(() -> BadArchiveException.of(name, "has a " + what + " that is no number"));
    }

    TarHeader with(byte[] newName, byte[] newLinkName, long newSize, long newTime) {
        return new TarHeader(newName, mode, newSize, newTime, type, newLinkName);
    }
}
