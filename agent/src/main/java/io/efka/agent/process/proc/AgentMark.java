package io.efka.agent.process.proc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Identifies the agent that started a process, by its data folder. The folder keeps its device and inode number when it is
 * moved, and a copy of it has others: so the services that run are those of the folder that started them, wherever it is
 * now, and never those of a copy.
 *
 * @param folder device and inode number of the data folder, {@code 2049:131074}; empty where it cannot be seen, and in what
 *     earlier agents wrote
 * @param runFolder the run folder in it, absolute, where it was when the mark was made
 */
public record AgentMark(Optional<String> folder, Path runFolder) {
    private static final Logger LOG = LoggerFactory.getLogger(AgentMark.class);
    private static final Pattern WRITTEN = Pattern.compile("(?:(\\d+:\\d+):)?(/.*)", Pattern.DOTALL);

    public static AgentMark of(Path runFolder) {
        Path absolute = runFolder.toAbsolutePath().normalize();
        Optional<String> folder = folderOf(absolute);
        if (folder.isEmpty()) LOG.warn("{} cannot be seen: services are known by its path", absolute.getParent());
        return new AgentMark(folder, absolute);
    }

    /** What a process has in its environment; empty if that is no mark. */
    public static Optional<AgentMark> parse(String written) {
        Matcher mark = WRITTEN.matcher(written);
        if (!mark.matches()) return Optional.empty();
        return Optional.of(new AgentMark(Optional.ofNullable(mark.group(1)), Path.of(mark.group(2))));
    }

    private static Optional<String> folderOf(Path runFolder) {
        Path data = runFolder.getParent();
        if (data == null) return Optional.empty();
        try {
            var attributes = Files.readAttributes(data, "unix:dev,ino");
            return Optional.of(attributes.get("dev") + ":" + attributes.get("ino"));
        } catch (IOException | UnsupportedOperationException unseen) {
            return Optional.empty();
        }
    }

    /** For the environment of processes. */
    public String written() {
        return folder.map(numbers -> numbers + ":").orElse("") + runFolder;
    }

    /** The same wherever the data folder is moved to. */
    public String key() {
        return folder.orElseGet(runFolder::toString);
    }

    /** Whether a process with that mark was started by an agent on this very data folder. */
    public boolean isOurs(AgentMark process) {
        if (folder.isPresent() && process.folder.isPresent()) return folder.equals(process.folder);
        return runFolder.equals(process.runFolder);
    }

    /**
     * Whether a process with that mark belongs to another agent, whose data folder is where the mark says. One whose folder
     * is not there any more belongs to whoever has its record: the folder was moved to another file system.
     */
    public boolean isAnothers(AgentMark process) {
        if (isOurs(process)) return false;
        Optional<String> there = folderOf(process.runFolder);
        return process.folder.isPresent() ? process.folder.equals(there) : there.isPresent();
    }
}
