package io.efka.agent.process.cgroup;

import io.efka.agent.process.proc.ProcFiles;
import io.efka.agent.process.proc.RetryingExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The control group of one run: one folder in every hierarchy that is used for it.
 *
 * @param folders the first one tells the members; at least one
 */
public record RunGroup(List<Path> folders) {
    private static final Duration REMOVAL_PAUSE = Duration.ofMillis(50);

    /** A second; what is left then goes at the next agent start. */
    private static final int REMOVALS = 20;

    public RunGroup {
        folders = List.copyOf(folders);
    }

    /** What a record names it by, wherever it is. */
    public String name() {
        return String.valueOf(folders.get(0).getFileName());
    }

    /** The files into which a process that is in the first folder writes {@code 0} to join the others. */
    public List<Path> joins() {
        return folders.stream()
                .skip(1)
                .map(folder -> folder.resolve("cgroup.procs"))
                .toList();
    }

    /** Moves a process into the first folder; says whether that worked. */
    public boolean add(long pid) {
        try {
            Files.writeString(folders.get(0).resolve("cgroup.procs"), Long.toString(pid));
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    /** The member processes, zombies perhaps among them; empty when the group cannot be read. */
    public Optional<List<Long>> pids() {
        return ProcFiles.read(folders.get(0).resolve("cgroup.procs")).map(RunGroup::numbers);
    }

    private static List<Long> numbers(String lines) {
        var numbers = new ArrayList<Long>();
        for (String line : lines.split("\n")) {
            if (!line.isEmpty() && !line.equals("0")) numbers.add(Long.parseLong(line));
        }
        return numbers;
    }

    /** Kills all members at once where the kernel can (version 2, since Linux 5.14); says whether it did. */
    public boolean kill() {
        Path file = folders.get(0).resolve("cgroup.kill");
        if (!Files.exists(file)) return false;
        try {
            Files.writeString(file, "1");
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    /** Whether the kernel killed a member for want of memory. */
    public boolean ranOutOfMemory() {
        for (Path folder : folders) {
            for (String file : List.of("memory.events", "memory.oom_control")) {
                Path counters = folder.resolve(file);
                if (!Files.exists(counters)) continue; // cheaper than the exception
                long kills = ProcFiles.read(counters)
                        .map(text -> ProcFiles.number(text, "oom_kill ").orElse(0))
                        .orElse(0L);
                if (kills > 0) return true;
            }
        }
        return false;
    }

    /** Removes the empty group; says whether it is gone everywhere. */
    public boolean remove() {
        boolean gone = true;
        for (Path folder : folders) {
            try {
                Files.deleteIfExists(folder);
            } catch (IOException busy) {
                gone = false;
            }
        }
        return gone;
    }

    /** Removes it a little later: for a moment after its last process has ended, the kernel says that it is busy. */
    public void removeSoon(RetryingExecutor work) {
        work.after(REMOVAL_PAUSE, () -> removeSoon(work, REMOVALS));
    }

    private void removeSoon(RetryingExecutor work, int times) {
        if (times > 0 && !remove()) work.after(REMOVAL_PAUSE, () -> removeSoon(work, times - 1));
    }
}
