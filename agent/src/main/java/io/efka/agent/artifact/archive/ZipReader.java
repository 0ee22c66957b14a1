package io.efka.agent.artifact.archive;

import static io.efka.agent.artifact.archive.ZipEnd.u16;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.Inflater;

/**
 * Reads a zip archive along its central directory, one entry in memory at a time. The local header of an entry must say
 * the same as the directory. Not thread-safe.
 */
final class ZipReader {
    private static final int LOCAL_SIGNATURE = 0x04034b50;
    private static final int LOCAL_LENGTH = 30;

    /** Encrypted, patched, strongly encrypted, with a hidden header. */
    private static final int UNREADABLE_FLAGS = 1 | (1 << 5) | (1 << 6) | (1 << 13);

    private static final int ENCRYPTED = 1;
    private static final int STORED = 0;
    private static final int DEFLATED = 8;

    private static final int TYPE = 0170000;
    private static final int IS_FOLDER = 0040000;
    private static final int IS_FILE = 0100000;
    private static final int IS_LINK = 0120000;
    private static final int DEFAULT_FILE = 0644;
    private static final int DEFAULT_FOLDER = 0755;

    private final ArchiveFile file;
    private final UnpackBudget budget;
    private final UnpackedFolder folder;

    ZipReader(ArchiveFile file, UnpackBudget budget, UnpackedFolder folder) {
        this.file = file;
        this.budget = budget;
        this.folder = folder;
    }

    void read() throws IOException {
        ZipEnd end = ZipEnd.find(file);
        budget.announced(end.entries());
        var inflater = new Inflater(true);
        try {
            long at = end.from();
            for (long i = 0; i < end.entries(); i++) {
                ZipEntryHeader entry = ZipEntryHeader.read(file, at, end.to());
                entry(entry, end, inflater);
                at += entry.length();
            }
            if (at != end.to()) throw BadArchiveException.of("is damaged: zip: wrong number of entries");
        } finally {
            inflater.end();
        }
    }

    private void entry(ZipEntryHeader entry, ZipEnd end, Inflater inflater) throws IOException {
        requireReadable(entry);
        EntryPath path = EntryPath.of(entry.name());
        int permissions = entry.unixMode() & 07777;
        boolean isNamedFolder = entry.name()[entry.name().length - 1] == '/';
        try (InputStream content = content(entry, end, inflater)) {
            switch (entry.unixMode() & TYPE) {
                case 0 -> {
                    int mode = entry.unixMode() == 0 ? isNamedFolder ? DEFAULT_FOLDER : DEFAULT_FILE : permissions;
                    if (isNamedFolder) folder(path, mode, entry);
                    else folder.file(path, mode, entry.modified(), content);
                }
                case IS_FOLDER -> folder(path, permissions, entry);
                case IS_FILE -> {
                    if (isNamedFolder) throw BadArchiveException.of(path, "is a file, but has the name of a folder");
                    folder.file(path, permissions, entry.modified(), content);
                }
                case IS_LINK -> folder.symbolicLink(path, target(content, entry));
                default -> throw BadArchiveException.of(path, "is a device, FIFO or socket");
            }
        }
    }

    private static void requireReadable(ZipEntryHeader entry) throws BadArchiveException {
        byte[] name = entry.name();
        if (name.length == 0) throw BadArchiveException.of(name, "has no name");
        if ((entry.flags() & ENCRYPTED) != 0) throw BadArchiveException.of(name, "is encrypted");
        if ((entry.flags() & UNREADABLE_FLAGS) != 0) throw BadArchiveException.of(name, "has unknown flags");
        if (entry.method() != STORED && entry.method() != DEFLATED) {
            throw BadArchiveException.of(
                    name, "is compressed with method " + entry.method() + ", and must be deflated or stored");
        }
        for (byte each : name) {
            if (each == '\\') throw BadArchiveException.of(name, "has a backslash in its path, and must have slashes");
        }
    }

    private void folder(EntryPath path, int mode, ZipEntryHeader entry) throws IOException {
        if (entry.size() != 0) throw BadArchiveException.of(path, "has content, but is a folder");
        folder.folder(path, mode);
    }

    /** All of the content, so that its sum is checked. */
    private static byte[] target(InputStream content, ZipEntryHeader entry) throws IOException {
        if (entry.size() > EntryPath.MAX_BYTES) {
            throw BadArchiveException.of(
                    entry.name(), "has a link target of more than " + EntryPath.MAX_BYTES + " bytes");
        }
        return content.readAllBytes();
    }

    private InputStream content(ZipEntryHeader entry, ZipEnd end, Inflater inflater) throws IOException {
        ByteBuffer local = ZipEnd.bytes(file, entry.offset(), LOCAL_LENGTH);
        int nameLength = u16(local, 26);
        boolean isSame = local.getInt(0) == LOCAL_SIGNATURE
                && (u16(local, 6) & UNREADABLE_FLAGS) == 0
                && u16(local, 8) == entry.method()
                && nameLength == entry.name().length
                && Arrays.equals(file.read(entry.offset() + LOCAL_LENGTH, nameLength), entry.name());
        if (!isSame) throw BadArchiveException.of(entry.name(), "is not what the zip's directory says");
        long from = entry.offset() + LOCAL_LENGTH + nameLength + u16(local, 28);
        if (entry.packed() > end.from() - from) {
            throw BadArchiveException.of(entry.name(), "reaches into the zip's directory");
        }
        InputStream packed = file.range(from, from + entry.packed());
        Optional<Inflater> method = entry.method() == STORED ? Optional.empty() : Optional.of(inflater);
        return new ZipContent(entry, packed, method, budget);
    }
}
