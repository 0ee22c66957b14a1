package io.efka.fleet.cli;

import io.efka.fleet.artifact.InlineFolder;
import io.efka.fleet.session.FleetException;
import io.efka.threads.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file that an operator names; {@code -} is what was piped into the command. */
final class InputFile {
    private InputFile() {}

    /**
     * A document, or the folder of a small service, which becomes one with its files. These may have three quarters of what a
     * document may have: as JSON they are longer.
     *
     * @param most bytes of a document
     */
    static byte[] document(String name, InputStream stdin, int most) throws FleetException {
        if (name.equals("-") || !Files.isDirectory(path(name))) return bytes(name, stdin, most);
        try {
            return InlineFolder.document(path(name), most / 4 * 3L).toString().getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new FleetException(ExitCode.NO_INPUT, name + " cannot be read: " + e.getMessage());
        }
    }

    /**
     * Its bytes.
     *
     * @param most of them; a larger file is refused
     */
    static byte[] bytes(String name, InputStream stdin, int most) throws FleetException {
        try (InputStream input = name.equals("-") ? stdin : Files.newInputStream(path(name))) {
            byte[] bytes = input.readNBytes(most + 1);
            if (bytes.length <= most) return bytes;
            throw new FleetException(ExitCode.USAGE, name + ": may have " + most / 1024 + " KiB, has more");
        } catch (NoSuchFileException e) {
            throw new FleetException(ExitCode.NO_INPUT, name + ": there is no such file");
        } catch (IOException e) {
            throw new FleetException(ExitCode.NO_INPUT, name + " cannot be read: " + e.getMessage());
        }
    }

    private static Path path(String name) throws FleetException {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new FleetException(
                    ExitCode.NO_INPUT, name + ": the locale has no such name; with LC_ALL=C.UTF-8 it has all of UTF-8");
        }
    }
}
