package io.efka.agent.os;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the machine's tools once: they are started by absolute path, whatever a service's environment says. */
final class Programs {
    static final Path SHELL = Path.of("/bin/sh");

    private Programs() {}

    /** Where a program is, in {@code PATH} and in the usual folders. */
    static Optional<Path> find(String name) {
        var folders = new ArrayList<>(List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"));
        String path = System.getenv("PATH");
        if (path != null) folders.addAll(List.of(path.split(File.pathSeparator)));
        return folders.stream()
                .filter(folder -> folder.startsWith("/"))
                .map(folder -> Path.of(folder).resolve(name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }
}
