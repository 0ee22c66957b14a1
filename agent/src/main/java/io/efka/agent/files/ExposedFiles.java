package io.efka.agent.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Corrects the modes of files that earlier releases created: with the umask's mode, so that everybody could read them.
 */
public final class ExposedFiles {
    private static final Logger LOG = LoggerFactory.getLogger(ExposedFiles.class);

    /** These folders, and everything in them, are private. */
    private static final List<String> PRIVATE_FOLDERS = List.of("state", "run", "events");

    private static final List<String> PRIVATE =
            List.of("lock", "channel.key", "services/.staging", "services/.committed", "services/.trash");

    private ExposedFiles() {}

    /** Makes private what is not, and logs one warning. Never fails: what cannot be corrected is logged, too. */
    public static void makePrivate(Path data) {
        var open = new ArrayList<Path>();
        var failed = new ArrayList<String>();
        for (Path file : privateFiles(data)) narrow(file, open, failed);
        narrowPassage(data.resolve("services"), open);
        if (!open.isEmpty()) {
            LOG.warn(
                    "other users of this machine could read {} of the agent's files and folders, such as {}; they are private"
                            + " now. Secrets in manifests, configurations and inputs may have been read: change them",
                    open.size(),
                    open.get(0));
        }
        if (!failed.isEmpty()) {
            LOG.warn(
                    "other users of this machine may be able to read or change the agent's files: {}",
                    String.join("; ", failed));
        }
        if (isWritableByOthers(data)) {
            LOG.warn("other users can change the data folder, and so what this agent runs: chmod go-w {}", data);
        }
    }

    private static List<Path> privateFiles(Path data) {
        var files = new ArrayList<Path>();
        for (String name : PRIVATE) files.add(data.resolve(name));
        for (String name : PRIVATE_FOLDERS) {
            Path folder = data.resolve(name);
            files.add(folder);
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) continue;
            try (Stream<Path> inside = Files.list(folder)) {
                inside.forEach(files::add);
            } catch (IOException | UncheckedIOException unreadable) {
                LOG.debug("{} cannot be listed", folder, unreadable);
            }
        }
        return files;
    }

    private static void narrow(Path file, List<Path> open, List<String> failed) {
        if (Files.isSymbolicLink(file) || !Files.exists(file, LinkOption.NOFOLLOW_LINKS)) return;
        try {
            if (PrivateFiles.narrow(file)) open.add(file);
        } catch (IOException | UnsupportedOperationException refused) {
            failed.add(file + " cannot be made private (" + refused + ")");
        }
    }

    private static void narrowPassage(Path folder, List<Path> open) {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) return;
        try {
            if (PrivateFiles.narrow(folder, PrivateFiles.passage())) open.add(folder);
        } catch (IOException | UnsupportedOperationException refused) {
            // It belongs to somebody else, such as a mounted folder; its content has modes of its own.
            LOG.debug("{} cannot be made private", folder, refused);
        }
    }

    private static boolean isWritableByOthers(Path data) {
        try {
            return Files.getPosixFilePermissions(data).stream()
                    .map(Enum::name)
                    .anyMatch(bit -> bit.equals("GROUP_WRITE") || bit.equals("OTHERS_WRITE"));
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }
}
