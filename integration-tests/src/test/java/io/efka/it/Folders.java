package io.efka.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;

/** Folders that a test made and must not leave behind. */
public final class Folders {
    private Folders() {}

    /** One that others may pass through, as a data folder usually is: an agent's channel then is in there, too. */
    public static Path create(String name) {
        try {
            return Files.setPosixFilePermissions(
                    Files.createTempDirectory("efka-" + name), PosixFilePermissions.fromString("rwx--x--x"));
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
