package io.efka.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Folders that a test made and must not leave behind. */
public final class Folders {
    private Folders() {}

    public static Path create(String name) {
        try {
            return Files.createTempDirectory("efka-" + name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes a folder and all in it; what vanishes meanwhile is fine. */
    public static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(path);
        } catch (java.nio.file.NoSuchFileException gone) {
            // Somebody else cleaned up.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
