package io.efka.agent.artifact.archive;

import java.io.IOException;

/** Counts what comes out of one archive, and refuses what is beyond the limits. Not thread-safe. */
final class UnpackBudget {
    /** Bytes of names that must be remembered until the end. Real archives need a few kilobytes. */
    private static final int MAX_REMEMBERED = 4 << 20;

    /** Names in the targets of all links together, as often as one is passed. Real archives need a few for each link. */
    private static final int MAX_FOLLOWED = 1_000_000;

    private final UnpackLimits limits;
    private final long archiveSize;
    private final long maxBytes;
    private long bytes;
    private int entries;
    private int remembered;
    private int followed;

    UnpackBudget(UnpackLimits limits, long archiveSize) {
        this.limits = limits;
        this.archiveSize = archiveSize;
        this.maxBytes = limits.bytesFor(archiveSize);
    }

    /** One more file, folder, link or header. */
    void entry() throws BadArchiveException {
        if (entries == limits.entries()) throw tooManyEntries();
        entries++;
    }

    /** The archive says how many entries it has. */
    void announced(long count) throws BadArchiveException {
        if (count > limits.entries()) throw tooManyEntries();
    }

    private BadArchiveException tooManyEntries() {
        return BadArchiveException.of("has more than " + limits.entries() + " entries");
    }

    /** So many more bytes were unpacked. */
    void unpacked(int count) throws IOException {
        bytes += count;
        if (bytes > limits.room()) throw new NoRoomException(limits.room());
        if (bytes <= maxBytes) return;
        if (maxBytes == limits.bytes()) {
            throw BadArchiveException.of("unpacks to more than " + maxBytes + " bytes (max_unpacked)");
        }
        throw BadArchiveException.of("unpacks to more than " + maxBytes + " bytes, " + limits.ratio()
                + " times its size of " + archiveSize + " bytes");
    }

    /** A name that is kept in memory until the end. */
    void remember(String name) throws BadArchiveException {
        remembered += name.length();
        if (remembered > MAX_REMEMBERED) {
            throw BadArchiveException.of(
                    "has links and unlisted folders with names of more than " + MAX_REMEMBERED + " bytes together");
        }
    }

    /** One more name on the way of a link: a chain of long ones is short in the archive, and each link may lead into it. */
    void followed() throws BadArchiveException {
        if (++followed > MAX_FOLLOWED) {
            throw BadArchiveException.of("has links of more than " + MAX_FOLLOWED + " steps together");
        }
    }

    int entries() {
        return entries;
    }
}
