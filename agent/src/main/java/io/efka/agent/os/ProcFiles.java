package io.efka.agent.os;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads small files of the kernel, which may vanish at any moment. */
final class ProcFiles {
    private ProcFiles() {}

    /** The whole text, byte for character; empty when it is gone or may not be read. */
    static Optional<String> read(Path file) {
        try {
            return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /** The number after {@code key} in a text of lines {@code key number …}. */
    static OptionalLong number(String text, String key) {
        int at = text.startsWith(key) ? 0 : text.indexOf("\n" + key);
        if (at < 0) return OptionalLong.empty();
        int from = at + key.length() + (at == 0 ? 0 : 1);
        while (from < text.length() && !Character.isDigit(text.charAt(from))) {
            if (text.charAt(from) == '\n') return OptionalLong.empty();
            from++;
        }
        int to = from;
        while (to < text.length() && Character.isDigit(text.charAt(to))) to++;
        return to == from ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text.substring(from, to)));
    }
}
