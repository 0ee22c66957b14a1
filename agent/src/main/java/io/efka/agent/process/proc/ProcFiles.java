package io.efka.agent.process.proc;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Reads small files of the kernel, which may disappear at any moment. */
public final class ProcFiles {
    private ProcFiles() {}

    /** The whole text, one character per byte; empty if the file does not exist or cannot be read. */
    public static Optional<String> read(Path file) {
        // Half the system calls of Files.readAllBytes, which queries sizes that the kernel does not know here.
        try (FileInputStream in = new FileInputStream(file.toFile())) {
            byte[] bytes = new byte[1_024];
            int length = 0;
            for (int count; (count = in.read(bytes, length, bytes.length - length)) > 0; ) {
                length += count;
                if (length == bytes.length) bytes = Arrays.copyOf(bytes, 4 * length);
            }
            return Optional.of(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /** The number at the beginning of a text, up to the first space or line end. */
    public static OptionalDouble first(String text) {
        try {
            return OptionalDouble.of(Double.parseDouble(text.trim().split("[ \n]", 2)[0]));
        } catch (NumberFormatException none) {
            return OptionalDouble.empty();
        }
    }

    /** The number after {@code key} in a text of lines {@code key number …}. */
    public static OptionalLong number(String text, String key) {
        int at = text.startsWith(key) ? 0 : text.indexOf("\n" + key);
        if (at < 0) return OptionalLong.empty();
        int from = at + key.length() + (at == 0 ? 0 : 1);
        while (from < text.length() && !Character.isDigit(text.charAt(from))) {
            if (text.charAt(from) == '\n') return OptionalLong.empty();
            from++;
        }
        int to = from;
        while (to < text.length() && Character.isDigit(text.charAt(to))) to++;
        try {
            return OptionalLong.of(Long.parseLong(text.substring(from, to)));
        } catch (NumberFormatException noneOrBeyondLong) {
            return OptionalLong.empty();
        }
    }
}
