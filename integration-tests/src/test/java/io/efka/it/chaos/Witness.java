package io.efka.it.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** What a service itself recorded of what it did. */
record Witness(Path folder) {
    List<String> journal() {
        return lines("journal");
    }

    /** One line for every start. */
    List<String> starts() {
        return lines("starts");
    }

    /** One line for every start that found another copy alive. */
    List<String> violations() {
        return lines("violations");
    }

    /** Whole lines only: the last one may be half written. */
    List<String> lines(String name) {
        try {
            String text = Files.readString(folder.resolve(name), StandardCharsets.US_ASCII);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
