package io.efka.agent.artifact.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;

/**
 * Reads a tar archive from a stream: ustar, pax, GNU and v7. Refuses what is not a file, a folder or a link, and an
 * archive without its end mark, or with something behind it. Not thread-safe.
 */
final class TarReader {
    private static final int BLOCK = TarHeader.BLOCK;

    /** Of an extension header: extended attributes, which are ignored, may be 64 KiB each. */
    private static final int MAX_EXTENSION = 1 << 20;

    private final InputStream in;
    private final UnpackBudget budget;
    private final UnpackedFolder folder;
    private final TarExtensions extensions = new TarExtensions();
    private final byte[] block = new byte[BLOCK];

    TarReader(InputStream in, UnpackBudget budget, UnpackedFolder folder) {
        this.in = in;
        this.budget = budget;
        this.folder = folder;
    }

    void read() throws IOException {
        boolean isFirst = true;
        for (requireBlock(); !isZero(); requireBlock()) {
            if (!TarHeader.isHeader(block)) {
                throw BadArchiveException.of(
                        isFirst ? "is no tar, tar.gz, tar.xz or zip" : "is damaged: a tar header has a wrong checksum");
            }
            header(TarHeader.of(block));
            isFirst = false;
        }
        if (!extensions.isEmpty()) throw BadArchiveException.of("ends with a header without its entry");
        requireEnd();
    }

    private void header(TarHeader header) throws IOException {
        switch (header.type()) {
            case TarHeader.PAX -> extensions.addPax(extension(header));
            case TarHeader.GNU_NAME -> extensions.addName(extension(header));
            case TarHeader.GNU_LINK -> extensions.addLinkName(extension(header));
            case TarHeader.PAX_GLOBAL -> TarExtensions.checkGlobal(extension(header));
            default -> entry(extensions.applyTo(header));
        }
    }

    /** Each counts as an entry, or millions of them would keep the agent busy. */
    private byte[] extension(TarHeader header) throws IOException {
        budget.entry();
        if (header.size() > MAX_EXTENSION) {
            throw BadArchiveException.of(
                    header.name(), "is a header of " + header.size() + " bytes, the limit is " + MAX_EXTENSION);
        }
        byte[] content = in.readNBytes((int) header.size());
        if (content.length < header.size()) throw BadArchiveException.of("is cut off");
        skipPadding(header.size());
        return content;
    }

    private void entry(TarHeader header) throws IOException {
        EntryPath path = EntryPath.of(header.name());
        switch (header.type()) {
            case TarHeader.FILE, TarHeader.OLD_FILE, TarHeader.CONTIGUOUS_FILE -> {
                // v7 has no type for folders.
                if (endsWithSlash(header.name())) folder(path, header);
                else file(path, header);
            }
            case TarHeader.FOLDER -> folder(path, header);
            case TarHeader.SYMBOLIC_LINK -> {
                requireNoContent(header);
                folder.symbolicLink(path, header.linkName());
            }
            case TarHeader.HARD_LINK -> {
                requireNoContent(header);
                folder.hardLink(path, header.mode(), existing(header));
            }
            default -> throw BadArchiveException.of(header.name(), name(header.type()));
        }
    }

    private static String name(char type) {
        return switch (type) {
            case '3', '4' -> "is a device";
            case '6' -> "is a FIFO";
            case 's' -> "is a socket";
            case 'S' -> "is a sparse file: make the archive without --sparse";
            case 'M', 'N' -> "is a part of an archive of several volumes";
            default -> "is of an unknown type (" + (int) type + ")";
        };
    }

    private static boolean endsWithSlash(byte[] name) {
        return name.length > 0 && name[name.length - 1] == '/';
    }

    private static EntryPath existing(TarHeader header) throws BadArchiveException {
        try {
            return EntryPath.of(header.linkName());
        } catch (BadArchiveException e) {
            String target = BadArchiveException.shown(header.linkName());
            throw BadArchiveException.of(
                    header.name(), "is a hard link to \"" + target + "\", which is no path inside");
        }
    }

    private static void requireNoContent(TarHeader header) throws BadArchiveException {
        if (header.size() != 0) throw BadArchiveException.of(header.name(), "has content, but is a folder or a link");
    }

    private void folder(EntryPath path, TarHeader header) throws IOException {
        requireNoContent(header);
        folder.folder(path, header.mode());
    }

    private void file(EntryPath path, TarHeader header) throws IOException {
        var modified = FileTime.from(header.modified(), TimeUnit.SECONDS);
        folder.file(path, header.mode(), modified, new Content(path, header.size()));
        skipPadding(header.size());
    }

    private void skipPadding(long size) throws IOException {
        int padding = (int) ((BLOCK - size % BLOCK) % BLOCK);
        if (in.readNBytes(block, 0, padding) < padding) throw BadArchiveException.of("is cut off");
    }

    private void requireBlock() throws IOException {
        if (in.readNBytes(block, 0, BLOCK) < BLOCK) throw BadArchiveException.of("is cut off");
    }

    private boolean isZero() {
        return isZero(BLOCK);
    }

    private boolean isZero(int count) {
        for (int i = 0; i < count; i++) if (block[i] != 0) return false;
        return true;
    }

    /** A second block of zeros, and then nothing but the padding that tar writes: zeros. */
    private void requireEnd() throws IOException {
        requireBlock();
        for (int count = BLOCK; count > 0; count = in.readNBytes(block, 0, BLOCK)) {
            if (!isZero(count)) throw BadArchiveException.of("has something behind its end");
        }
    }

    /** The content of one file, and not a byte more of the archive. */
    private final class Content extends BlockInput {
        private final EntryPath path;
        private long left;

        Content(EntryPath path, long size) {
            this.path = path;
            this.left = size;
        }

        @Override
        public int read(byte[] into, int offset, int count) throws IOException {
            if (left == 0) return -1;
            int done = in.read(into, offset, (int) Math.min(count, left));
            if (done < 0) throw BadArchiveException.of(path, "is cut off");
            left -= done;
            return done;
        }
    }
}
