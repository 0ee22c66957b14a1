package io.efka.agent.files;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The folders that the agent needs and cannot write: a backup restored as root, a folder that Docker made for a mount
 * below it, a file system that is mounted read-only.
 */
public final class UnwritableFolders {
    /** What the agent makes in the data folder; others may be there too, such as {@code lost+found}. */
    private static final List<String> IN_DATA = List.of(
            "state",
            "run",
            "events",
            "channel",
            "services",
            "services/.staging",
            "services/.committed",
            "services/.trash");

    private UnwritableFolders() {}

    /**
     * Looks at the data folder, the agent's folders in it and the log folder; not at the folders of single services, which
     * may be mounts by intention. One that does not exist is not looked at.
     *
     * @return one sentence that names all of them, the agent's user and what would be right; empty if all can be written
     */
    public static Optional<String> warning(Path data, Path logs) {
        return warning(data, logs, Files::isWritable);
    }

    static Optional<String> warning(Path data, Path logs, Predicate<Path> isWritable) {
        Stream<Path> inData = IN_DATA.stream().map(data::resolve);
        String unwritable = Stream.concat(Stream.of(data, logs), inData)
                .filter(Files::isDirectory)
                .filter(folder -> !isWritable.test(folder))
                .map(Path::toString)
                .collect(Collectors.joining(", "));
        if (unwritable.isEmpty()) return Optional.empty();
        return Optional.of("this agent runs as " + Privileges.user() + ", who cannot write " + unwritable
                + ": what needs to write there fails, such as install, apply and remove. Give the folders to that user"
                + " (chown), and make sure that their file system is not read-only");
    }
}
