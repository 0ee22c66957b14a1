package io.efka.agent.install;

import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Fault;
import io.efka.protocol.ServiceId;
import io.efka.protocol.json.Utf8;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.ManifestParser;
import io.efka.protocol.manifest.ManifestReading;
import io.efka.protocol.manifest.ManifestSchema;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads a manifest from a file; a file that cannot be read is one fault. */
public final class ManifestFile {
    private ManifestFile() {}

    /**
     * Reads the file as a manifest. It may be anybody's: a link is not followed, since it may lead to a file that only the
     * agent can read, and what is no regular file is neither waited for nor read.
     */
    public static ManifestReading read(Path file) {
        if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) return unread("missing", "must be a file at " + file);
        try {
            BasicFileAttributes seen = look(file);
            if (!seen.isRegularFile()) return fault(file + " is " + kind(seen), "must be a regular file");
            return withoutContent(parse(content(file, seen), ManifestParser::readInstalled));
        } catch (IOException e) {
            return unreadable(file, e);
        }
    }

    /** The text of a manifest's file, which is read as {@link #read} does. */
    static String text(Path file) throws IOException {
        BasicFileAttributes seen = look(file);
        if (!seen.isRegularFile()) throw new IOException(file + " is " + kind(seen) + ", must be a regular file");
        return Utf8.decode(content(file, seen)).orElseThrow(() -> new IOException(file + " is not UTF-8"));
    }

    /**
     * A file that is no manifest at all may be secret, and faults go to the broker: the position where it stops being JSON is
     * enough for its owner.
     */
    private static ManifestReading withoutContent(ManifestReading reading) {
        if (!(reading instanceof ManifestReading.Unusable unusable)) return reading;
        List<Fault> faults = unusable.faults();
        boolean isOfTheWhole = faults.size() == 1 && faults.get(0).key().equals(Manifest.FILE_NAME);
        return isOfTheWhole ? fault("other content", faults.get(0).expected()) : reading;
    }

    private static BasicFileAttributes look(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static String kind(BasicFileAttributes seen) {
        if (seen.isSymbolicLink()) return "a link";
        return seen.isDirectory() ? "a folder" : "a FIFO, a socket or a device";
    }

    /** Of the very file that was looked at: another one may have come in its place by the time it is open. */
    private static byte[] content(Path file, BasicFileAttributes seen) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            if (!Objects.equals(seen.fileKey(), look(file).fileKey()))
                throw new IOException("it was replaced while it was opened");
            var unused = channel.position(); // refused by a FIFO, a socket or a terminal
            ByteBuffer content = ByteBuffer.allocate((int) Math.min(channel.size(), ManifestParser.MAX_SIZE + 1));
            while (content.hasRemaining() && channel.read(content) > 0) {}
            return Arrays.copyOf(content.array(), content.position());
        }
    }

    /** What the kernel says, as in "Too many open files"; some exceptions have nothing but the file's name to say. */
    private static String reason(IOException e) {
        if (e instanceof FileSystemException refused && refused.getReason() != null) return refused.getReason();
        return e instanceof FileSystemException ? e.getClass().getSimpleName() : String.valueOf(e.getMessage());
    }

    /** Reads the content of a manifest that is to be installed. */
    static ManifestReading parse(byte[] content) {
        return parse(content, ManifestParser::read);
    }

    private static ManifestReading parse(byte[] content, Function<String, ManifestReading> parser) {
        if (content.length > ManifestParser.MAX_SIZE) return fault("larger", "must be 256 KiB at most");
        return Utf8.decode(content).map(parser).orElseGet(() -> fault("other bytes", "must be UTF-8"));
    }

    /** Neither right nor wrong: it may be on a mount that is not there yet. */
    static ManifestReading.Unusable unreadable(Path file, IOException why) {
        return unread(file.toString(), "must be readable (" + reason(why) + ")");
    }

    private static ManifestReading.Unusable unread(String value, String expected) {
        return new ManifestReading.Unusable(List.of(new Fault(Manifest.FILE_NAME, value, expected)), true);
    }

    private static ManifestReading fault(String value, String expected) {
        return new ManifestReading.Unusable(List.of(new Fault(Manifest.FILE_NAME, value, expected)));
    }

    /** What was read, if it can be used for that service. */
    static ManifestReading.Usable usable(ServiceId id, ManifestReading reading) throws CommandException {
        ManifestReading named = named(id, reading);
        if (named instanceof ManifestReading.Usable usable) return usable;
        throw invalid(named.faults());
    }

    static CommandException invalid(List<Fault> faults) {
        String all = faults.stream().map(Fault::toString).collect(Collectors.joining("; "));
        return new CommandException(ErrorCode.INVALID_MANIFEST, "the manifest cannot be used: " + all, faults);
    }

    /** What was read; unusable if it is another service's. */
    static ManifestReading named(ServiceId id, ManifestReading reading) {
        if (!(reading instanceof ManifestReading.Usable usable)
                || usable.manifest().id().equals(id)) return reading;
        String other = '"' + usable.manifest().id().value() + '"';
        String expected = "must be \"" + id + "\", the service it is for";
        return new ManifestReading.Unusable(List.of(new Fault(ManifestSchema.SERVICE_ID.path(), other, expected)));
    }
}
