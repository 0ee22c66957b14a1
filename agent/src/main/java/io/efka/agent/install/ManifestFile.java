package io.efka.agent.install;

import io.efka.agent.service.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads a manifest from a file; a file that cannot be read is one fault. */
public final class ManifestFile {
    /** What a manifest's file is called in its work directory, and its faults that belong to no key. */
    public static final String NAME = "manifest.json";

    private ManifestFile() {}

    /** Reads the file as a manifest. */
    public static ManifestReading read(Path file) {
        if (Files.notExists(file)) return fault("missing", "must be a file at " + file);
        // A FIFO would block whoever opens it.
        if (!Files.isRegularFile(file)) return fault(file.toString(), "must be a readable, regular file");
        try (InputStream in = Files.newInputStream(file)) {
            return parse(in.readNBytes(ManifestCodec.MAX_SIZE + 1));
        } catch (IOException e) {
            return fault(file.toString(), "must be readable (" + reason(e) + ")");
        }
    }

    /** What the kernel says, as in "Too many open files"; some exceptions have nothing but the file's name to say. */
    private static String reason(IOException e) {
        if (e instanceof FileSystemException refused && refused.getReason() != null) return refused.getReason();
        return e.getClass().getSimpleName();
    }

    static ManifestReading parse(byte[] content) {
        if (content.length > ManifestCodec.MAX_SIZE) return fault("larger", "must be 256 KiB at most");
        try {
            return ManifestCodec.read(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString());
        } catch (CharacterCodingException e) {
            return fault("other bytes", "must be UTF-8");
        }
    }

    private static ManifestReading fault(String value, String expected) {
        return new ManifestReading.Unusable(List.of(new Fault(NAME, value, expected)));
    }
}
