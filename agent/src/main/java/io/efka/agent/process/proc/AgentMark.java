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
 * Identifies the agent that started a process, by its data folder. A folder that is moved keeps its device and inode
 * number, and a copy has others. So running services belong to the folder whose agent started them, wherever it is now,
 * and never to a copy of it.
 *
 * @param folder device and inode number of the data folder, {@code 2049:131074}; empty if it cannot be read, and in the
 *     marks of earlier releases
 * @param runFolder the run folder in it, as an absolute path, at the time when the mark was created
 */
public record AgentMark(Optional<String> folder, Path runFolder) {
    private static final Logger LOG = LoggerFactory.getLogger(AgentMark.class);
    private static final Pattern WRITTEN = Pattern.compile("(?:(\\d+:\\d+):)?(/.*)", Pattern.DOTALL);

    public static AgentMark of(Path runFolder) {
        Path absolute = runFolder.toAbsolutePath().normalize();
        Optional<String> folder = folderOf(absolute);
        if (folder.isEmpty()) LOG.warn("{} cannot be read: services are identified by its path", absolute.getParent());
        return new AgentMark(folder, absolute);
    }

    /** Reads a mark from a process's environment; empty if it is not one. */
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

    /** As it is in the environment of processes. */
    public String written() {
        return folder.map(numbers -> numbers + ":").orElse("") + runFolder;
    }

    /** A key that stays the same when the data folder is moved. */
    public String key() {
        return folder.orElseGet(runFolder::toString);
    }

    /** Whether an agent on this data folder started the process with that mark. */
    public boolean isOurs(AgentMark process) {
        if (folder.isPresent() && process.folder.isPresent()) return folder.equals(process.folder);
        return runFolder.equals(process.runFolder);
    }

    /**
     * Whether a process with that mark belongs to another agent, whose data folder is where the mark says. If that
     * folder does not exist any more, it was moved to another file system, and the process belongs to the agent that
     * has its record.
     */
    public boolean isAnothers(AgentMark process) {
        if (isOurs(process)) return false;
        Optional<String> there = folderOf(process.runFolder);
        return process.folder.isPresent() ? process.folder.equals(there) : there.isPresent();
    }
}
