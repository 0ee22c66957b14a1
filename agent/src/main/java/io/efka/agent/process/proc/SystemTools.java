package io.efka.agent.process.proc;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the machine's tools once: they are started by absolute path, whatever a service's environment says. */
public final class SystemTools {
    public static final Path SHELL = Path.of("/bin/sh");

    private SystemTools() {}

    /** Where a program is, in {@code PATH} and in the usual folders. */
    public static Optional<Path> find(String name) {
        var folders = new ArrayList<>(List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"));
        String path = System.getenv("PATH");
        if (path != null) folders.addAll(List.of(path.split(File.pathSeparator)));
        return folders.stream()
                .filter(folder -> folder.startsWith("/"))
                .map(folder -> new File(folder, name).toString())
                .flatMap(file -> path(file).stream())
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    /** Empty for what cannot be a file's name in the agent's locale, as a folder with an umlaut in the C locale. */
    public static Optional<Path> path(String name) {
        try {
            return Optional.of(Path.of(name));
        } catch (InvalidPathException unusable) {
            return Optional.empty();
        }
    }
}
