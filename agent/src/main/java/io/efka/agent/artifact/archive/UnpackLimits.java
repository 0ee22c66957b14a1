package io.efka.agent.artifact.archive;

/**
 * What an archive may become. What is counted is what is really unpacked, whatever the archive says about itself.
 *
 * @param entries most files, folders and links, including folders that are only named as a part of a path; at least 1
 * @param bytes most bytes; at least 1
 * @param ratio most bytes for one byte of the archive; at least 1. A mebibyte is always allowed, because small files of
 *     zeros are harmless
 * @param room bytes that the disk has for it; more is no fault of the archive
 */
public record UnpackLimits(int entries, long bytes, int ratio, long room) {
    /** 100,000 entries, 2 GiB, 200 times the archive. */
    public static final UnpackLimits DEFAULT = new UnpackLimits(100_000, 2L << 30, 200, Long.MAX_VALUE);

    private static final long ALWAYS_ALLOWED = 1 << 20;

    public UnpackLimits {
        requirePositive("entries", entries);
        requirePositive("bytes", bytes);
        requirePositive("ratio", ratio);
    }

    private static void requirePositive(String name, long value) {
        if (value < 1) throw new IllegalArgumentException(name + " must be at least 1, was " + value);
    }

    /** The same with another limit of bytes. */
    public UnpackLimits withBytes(long most) {
        return new UnpackLimits(entries, most, ratio, room);
    }

    /** The same on a disk with so many bytes left for it. */
    public UnpackLimits withRoom(long left) {
        return new UnpackLimits(entries, bytes, ratio, left);
    }

    /** Most bytes for an archive of this size. */
    long bytesFor(long archiveSize) {
        long byRatio = archiveSize > Long.MAX_VALUE / ratio ? Long.MAX_VALUE : archiveSize * ratio;
        return Math.min(bytes, Math.max(ALWAYS_ALLOWED, byRatio));
    }
}
