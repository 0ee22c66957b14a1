package io.efka.agent.main;

import io.efka.protocol.json.Utf8;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads a file that an operator names; its error messages are written for operators. */
final class TextFile {
    /** No manifest, payload or config is near this; a device or a log named by mistake is beyond it. */
    private static final int MAX_BYTES = 1 << 20;

    private TextFile() {}

    /**
     * Reads all of {@code file}.
     *
     * @throws IOException if it cannot be read or is too large; its message names the file
     * @throws CharacterCodingException if it is not UTF-8
     */
    static String read(Path file) throws IOException {
        return text(bytes(file), file.toString());
    }

    /**
     * Reads {@code in} to its end.
     *
     * @param name for messages
     * @throws IOException as {@link #read(Path)}
     */
    static String read(InputStream in, String name) throws IOException {
        return text(in.readNBytes(MAX_BYTES + 1), name);
    }

    private static String text(byte[] bytes, String name) throws IOException {
        if (bytes.length > MAX_BYTES) throw new IOException(name + ": is larger than 1 MiB");
        return Utf8.decode(bytes).orElseThrow(CharacterCodingException::new);
    }

    private static byte[] bytes(Path file) throws IOException {
        if (Files.isDirectory(file)) throw new IOException(file + ": is a folder");
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(MAX_BYTES + 1);
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": no such file", e);
        } catch (AccessDeniedException e) {
            throw new IOException(file + ": may not be read", e);
        }
    }
}
