package io.efka.it.chaos;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;

/** What was done and found, with the time of each: also on stdout, where it is followed. Thread-safe. */
final class ChaosLog implements AutoCloseable {
    private final Path path;
    private final PrintStream out;

    ChaosLog(Path path) {
        this.path = path;
        try {
            this.out = new PrintStream(path.toFile(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path path() {
        return path;
    }

    synchronized void say(String text) {
        String line = Instant.now() + " " + text;
        out.println(line);
        out.flush();
        if (text.contains("VERDICT")) System.out.println("[chaos] " + line);
    }

    @Override
    public void close() {
        out.close();
    }
}
