package io.efka.agent.mapdb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
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

    /** Opens a copy for {@code look}. */
    static <T> T lookAtCopy(Path data, Function<StateStore, T> look) {
        try {
            Path copy = Files.createTempDirectory("state-copy");
            try {
                copyFiles(data.resolve("state"), copy.resolve("state"));
                try (StateStore store = StateStore.open(copy)) {
                    return look.apply(store);
                }
            } finally {
                delete(copy);
            }
        } catch (Exception e) {
            throw new AssertionError("the copy cannot be opened", e);
        }
    }

    private static void copyFiles(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) Files.copy(file, to.resolve(file.getFileName()));
        }
    }

    static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
