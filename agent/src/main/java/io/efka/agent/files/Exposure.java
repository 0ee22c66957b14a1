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

/** Shuts what an older agent left open in the data folder: it made its files as the umask had it, readable by everybody. */
public final class Exposure {
    private static final Logger LOG = LoggerFactory.getLogger(Exposure.class);

    /** All in these folders is the agent's alone. */
    private static final List<String> PRIVATE_FOLDERS = List.of("state", "run");

    private static final List<String> PRIVATE =
            List.of("lock", "channel.key", "services/.staging", "services/.committed", "services/.trash");

    private Exposure() {}

    /** Looks once, at start, and says in one warning what was open. What cannot be shut is said, too; never fails. */
    public static void shut(Path data) {
        var open = new ArrayList<Path>();
        var stuck = new ArrayList<String>();
        for (Path file : privateFiles(data)) look(file, open, stuck);
        lookAtPassage(data.resolve("services"), open);
        if (!open.isEmpty()) {
            LOG.warn(
                    "other users of this machine could read {} files and folders of the agent's, among them {}: they are"
                            + " shut now. Secrets in manifests, configurations and inputs may have been read: change them",
                    open.size(),
                    open.get(0));
        }
        if (!stuck.isEmpty()) {
            LOG.warn(
                    "other users of this machine may read or change files of the agent's: {}",
                    String.join("; ", stuck));
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

    private static void look(Path file, List<Path> open, List<String> stuck) {
        if (Files.isSymbolicLink(file) || !Files.exists(file, LinkOption.NOFOLLOW_LINKS)) return;
        try {
            if (PrivateFiles.narrow(file)) open.add(file);
        } catch (IOException | UnsupportedOperationException refused) {
            stuck.add(file + " cannot be shut (" + refused + ")");
        }
    }

    private static void lookAtPassage(Path folder, List<Path> open) {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) return;
        try {
            if (PrivateFiles.narrow(folder, PrivateFiles.passage())) open.add(folder);
        } catch (IOException | UnsupportedOperationException refused) {
            // Somebody else's, as a folder that was mounted there: what is in it has modes of its own.
            LOG.debug("{} cannot be shut", folder, refused);
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
