package io.efka.agent.state;

import io.efka.fixtures.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks at a data folder as the next agent would after a kill, without disturbing the one that has it open. */
final class StateFolder {
    private StateFolder() {}

    static Map<String, String> copyAndRead(Path data, String map) {
        return lookAtCopy(data, store -> store.documents(map));
    }

    static List<String> damagesOfCopy(Path data) {
        return lookAtCopy(data, StateStore::damages);
    }

    /** A copy, to be deleted by the caller. */
    static Path copy(Path data) throws IOException {
        Path copy = Files.createTempDirectory("state-copy");
        copyFiles(data.resolve("state"), copy.resolve("state"));
        return copy;
    }

    /** Opens a copy for {@code look}. */
    static <T> T lookAtCopy(Path data, Function<StateStore, T> look) {
        try {
            Path copy = copy(data);
            try (StateStore store = StateStore.open(copy)) {
                return look.apply(store);
            } finally {
                Folders.delete(copy);
            }
        } catch (Exception e) {
            throw new AssertionError("the copy cannot be opened", e);
        }
    }

    /** Until no checkpoint came in between: a kill stops all files at one moment, a copy sees them one after the other. */
    private static void copyFiles(Path from, Path to) throws IOException {
        Set<Path> before;
        Set<Path> after;
        do {
            if (Files.exists(to)) Folders.delete(to);
            Files.createDirectories(to);
            before = files(from);
            for (Path file : before) copyIfThere(file, to.resolve(file.getFileName()));
            after = files(from);
        } while (!before.equals(after));
    }

    private static Set<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.collect(Collectors.toSet());
        }
    }

    private static void copyIfThere(Path file, Path to) throws IOException {
        try {
            Files.copy(file, to);
        } catch (NoSuchFileException renamed) {
            // Seen when the names are compared.
        }
    }
}
