package io.efka.agent.output.store;

import io.efka.words.FileFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The offset at which a stream's kept bytes begin, in a small file next to them. A hole reads as zeros; only this file
 * distinguishes them from zeros that a service wrote. It is overwritten in place, so that space can be freed on a full
 * disk.
 */
final class OldestOffsetFile {
    private static final Logger LOG = LoggerFactory.getLogger(OldestOffsetFile.class);
    private static final String SUFFIX = ".oldest";
    private static final int DIGITS = 20;
    private static final Set<OpenOption> OPTIONS =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

    private final Path file;

    OldestOffsetFile(Path folder, String leaf) {
        file = folder.resolve(leaf + SUFFIX);
    }

    /** Whether a file is that of a stream. */
    static boolean isOne(Path file, String leaf) {
        return file.endsWith(leaf + SUFFIX);
    }

    /** The offset that was written last; 0 if there is none, or it cannot be read. */
    long read() {
        try {
            if (RegularFile.at(file).isEmpty()) return 0;
            String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
            // 18 digits: no sum of offsets can overflow.
            return text.matches("0{0,2}\\d{1,18}") ? Long.parseLong(text) : 0;
        } catch (IOException absentOrDamaged) {
            return 0;
        }
    }

    /** Creates the file while there is room on the disk. */
    void reserve(long offset) {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) write(offset);
    }

    void write(long offset) {
        byte[] text = String.format(Locale.ROOT, "%0" + DIGITS + "d%n", offset).getBytes(StandardCharsets.US_ASCII);
        try {
            removeIfForeign();
            try (FileChannel channel = FileChannel.open(file, OPTIONS, RegularFile.PRIVATE)) {
                channel.write(ByteBuffer.wrap(text), 0);
            }
        } catch (IOException e) {
            LOG.warn("cannot record in {} that output is kept from {} on: {}", file, offset, FileFailure.words(e));
        }
    }

    /** Writing to a link would change another file, and writing to a FIFO would block. */
    private void removeIfForeign() throws IOException {
        try {
            if (RegularFile.at(file).isEmpty()) Files.delete(file);
        } catch (NoSuchFileException none) {
            // it is created next
        }
    }
}
