package io.efka.agent.events;

import io.efka.agent.files.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The journal's files: segments of lines, each named by the number of its first event. Lines are appended to the last one; when
 * it is full, the next is begun and the oldest is deleted. Nothing is synced. Services may run as the agent's user, so links,
 * FIFOs and folders in place of a segment are left alone.
 *
 * <p>Writing is for one thread; reading is thread-safe, and sees whole lines and perhaps the beginning of one.
 */
final class JournalFiles {
    /** Read as a whole by a search, and the part that is given up at a time. */
    static final int SEGMENT = 512 << 10;
    /** All together 8 MiB, some 20,000 events: a device of average life writes them in months. */
    static final int SEGMENTS = 16;

    private static final Pattern NAME = Pattern.compile("(\\d{1,18})\\.jsonl");
    private static final Set<OpenOption> APPEND =
            Set.of(StandardOpenOption.WRITE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS);
    private static final Set<OpenOption> NEW =
            Set.of(StandardOpenOption.WRITE, StandardOpenOption.APPEND, StandardOpenOption.CREATE_NEW);

    private final Path folder;
    private final Disk disk;
    private Optional<Open> open = Optional.empty();

    /** A port for tests, whose disks are full or hang. */
    interface Disk {
        Disk REAL = (channel, bytes) -> {
            while (bytes.hasRemaining()) channel.write(bytes);
        };

        /** Writes all bytes; after a failure, some may have been written. */
        void write(FileChannel channel, ByteBuffer bytes) throws IOException;
    }

    /** @param first number of its first event */
    record Segment(Path file, long first) {}

    /** The segment that is written. */
    private record Open(Path file, FileChannel channel, Object key) {}

    JournalFiles(Path folder, Disk disk) {
        this.folder = folder;
        this.disk = disk;
    }

    Path folder() {
        return folder;
    }

    /** Those that exist, the oldest first. */
    List<Segment> segments() throws IOException {
        var found = new ArrayList<Segment>();
        if (Files.isSymbolicLink(folder)) throw notAFolder();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
                if (name.matches() && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    found.add(new Segment(file, Long.parseLong(name.group(1))));
                }
            }
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        found.sort(Comparator.comparingLong(Segment::first));
        return found;
    }

    /** The first bytes of a segment; it never has many more than a segment may have. */
    static byte[] read(Segment segment, int most) throws IOException {
        try (FileChannel channel =
                FileChannel.open(segment.file(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(most, channel.size()));
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
            byte[] read = new byte[bytes.position()];
            bytes.flip().get(read);
            return read;
        }
    }

    /** The number of the newest event that can be read; 0 if there is none. */
    long newest() throws IOException {
        List<Segment> segments = segments();
        for (int i = segments.size() - 1; i >= 0; i--) {
            byte[] block = read(segments.get(i), 2 * SEGMENT);
            for (int to = block.length, from; to > 0; to = from) {
                from = lineBefore(block, to);
                Optional<JournalLine> line = JournalLine.decode(block, from, to);
                if (line.isPresent()) return line.get().number();
            }
        }
        return 0;
    }

    /** Where the line begins that ends, with its line feed, at {@code to}. */
    static int lineBefore(byte[] block, int to) {
        int from = to - 1;
        while (from > 0 && block[from - 1] != '\n') from--;
        return from;
    }

    /**
     * Appends lines, as many as fit into the segment. Blocks for the disk.
     *
     * @param lines at least one
     * @param first number of the first of them, for the name of a new segment
     * @return how many were written, at least 1
     * @throws IOException if none was; the file ends as before, or with a part of a line
     */
    int append(List<byte[]> lines, long first) throws IOException {
        Open segment = openFor(lines.get(0).length, first);
        long size = segment.channel().size();
        int count = 0;
        int bytes = 0;
        while (count < lines.size() && (count == 0 || size + bytes + lines.get(count).length <= SEGMENT)) {
            bytes += lines.get(count++).length;
        }
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        lines.subList(0, count).forEach(buffer::put);
        try {
            disk.write(segment.channel(), buffer.flip());
        } catch (IOException e) {
            restore(segment, size);
            throw e;
        }
        return count;
    }

    /** What was written of a line must not be there when the line is written again. */
    private void restore(Open segment, long size) {
        try {
            segment.channel().truncate(size);
        } catch (IOException e) {
            // The next one to append finds a line without its end, and ends it.
        }
        close();
    }

    private Open openFor(int length, long first) throws IOException {
        if (open.isPresent() && !isInPlace(open.get())) close();
        if (open.isEmpty()) open = last();
        if (open.isPresent() && open.get().channel().size() + length > SEGMENT) close();
        if (open.isEmpty()) open = Optional.of(begin(first));
        return open.get();
    }

    /** Whether the file is still there: somebody may have deleted or replaced it. */
    private static boolean isInPlace(Open segment) {
        try {
            return Objects.equals(key(segment.file()), segment.key());
        } catch (IOException gone) {
            return false;
        }
    }

    private static Object key(Path file) throws IOException {
        return Objects.requireNonNullElse(
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .fileKey(),
                file);
    }

    /** The newest segment, to go on with; empty if there is none, or it belongs to somebody else. */
    private Optional<Open> last() throws IOException {
        requireFolder();
        List<Segment> segments = segments();
        if (segments.isEmpty()) return Optional.empty();
        Path file = segments.get(segments.size() - 1).file();
        try {
            Object key = key(file);
            return Optional.of(endLine(new Open(file, FileChannel.open(file, APPEND), key)));
        } catch (IOException notOurs) {
            return Optional.empty();
        }
    }

    /** A kill, a power cut or a full disk may have left a part of a line; what follows it must not belong to it. */
    private Open endLine(Open segment) throws IOException {
        long size = segment.channel().size();
        try (FileChannel reading =
                FileChannel.open(segment.file(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            boolean isOpen = size > 0 && reading.read(last, size - 1) == 1 && last.get(0) != '\n';
            if (isOpen) disk.write(segment.channel(), ByteBuffer.wrap(new byte[] {'\n'}));
            return segment;
        } catch (IOException e) {
            segment.channel().close();
            throw e;
        }
    }

    private Open begin(long first) throws IOException {
        requireFolder();
        List<Segment> segments = segments();
        for (int i = 0; i <= segments.size() - SEGMENTS; i++)
            Files.deleteIfExists(segments.get(i).file());
        Path file = folder.resolve(first + ".jsonl");
        FileChannel channel = FileChannel.open(
                file, NEW, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return new Open(file, channel, key(file));
    }

    private void requireFolder() throws IOException {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) return;
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw notAFolder();
        }
        PrivateFiles.makeFolder(folder);
    }

    private IOException notAFolder() {
        return new IOException(folder + " is a link or a file; it must be a folder of the agent's");
    }

    /** Until the next line is appended. */
    void close() {
        open.ifPresent(segment -> {
            try {
                segment.channel().close();
            } catch (IOException e) {
                // Nothing is lost by it: what was written is the kernel's.
            }
        });
        open = Optional.empty();
    }
}
