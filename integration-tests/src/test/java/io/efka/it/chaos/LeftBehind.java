package io.efka.it.chaos;

import io.efka.fixtures.Await;
import io.efka.it.Watcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** What is left of services that were all removed, when the agent has ended: nothing is right. */
final class LeftBehind {
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
    private static final Duration RETAINED_COMES_WITHIN = Duration.ofSeconds(2);

    private LeftBehind() {}

    /** Files and folders below this one that are named after a service. */
    static List<String> files(Path folder) {
        var found = new ArrayList<String>();
        walk(folder, path -> {
            if (isNamedAfterAService(path)) found.add(path.toString());
        });
        return found;
    }

    private static boolean isNamedAfterAService(Path path) {
        String name = path.getFileName().toString();
        return name.contains(GuestSender.PREFIX)
                || Arrays.stream(ChaosService.values()).anyMatch(service -> name.contains(service.id()));
    }

    /** Control groups of the device's runs. */
    static List<String> groups(String device) {
        var found = new ArrayList<String>();
        if (!Files.isDirectory(CGROUPS)) return found;
        walk(CGROUPS, path -> {
            boolean isRun = path.getParent().getFileName().toString().equals("efka-" + device);
            if (isRun && Files.isDirectory(path)) found.add(path.toString());
        });
        return found;
    }

    /** Retained messages of the device's services, and reports of documents that were withdrawn. */
    static List<String> retained(String broker, String device) {
        String all = "efka/" + device;
        try (var watcher = new Watcher(broker, all + "/svc/#", all + "/reported/#")) {
            Await.within(RETAINED_COMES_WITHIN, () -> !watcher.all().isEmpty());
            return watcher.all().stream()
                    .map(message -> message.topic() + " " + message.text())
                    .toList();
        }
    }

    private static void walk(Path folder, Consumer<Path> visitor) {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
                    visitor.accept(path);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                    visitor.accept(path);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path path, IOException gone) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
