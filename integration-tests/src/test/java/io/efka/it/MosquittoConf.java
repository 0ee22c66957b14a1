package io.efka.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A configuration that {@code docker/mosquitto} ships, with the few lines replaced that a test must choose. */
record MosquittoConf(List<String> lines) {
    static final Path FOLDER = Path.of("../docker/mosquitto");

    MosquittoConf {
        lines = List.copyOf(lines);
    }

    /** The file of that name as it is. */
    static MosquittoConf shipped(String name) {
        try {
            return new MosquittoConf(Files.readAllLines(FOLDER.resolve(name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sets an option, in the place of the line that the file has of it. */
    MosquittoConf with(String option, Object value) {
        var changed = new ArrayList<String>(without(option).lines);
        // A listener's own options follow it.
        changed.add(0, option + " " + value);
        return new MosquittoConf(changed);
    }

    MosquittoConf without(String option) {
        return new MosquittoConf(
                lines.stream().filter(line -> !line.startsWith(option + " ")).toList());
    }

    /** For tests that kill the broker: what it knows is on disk within a second. */
    MosquittoConf savedAtOnce() {
        return with("autosave_interval", 1);
    }

    String text() {
        return String.join("\n", lines) + "\n";
    }
}
