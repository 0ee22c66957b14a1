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
 * The control group of one run: one folder in each hierarchy that is used for it.
 *
 * @param folders at least one; the first one lists the members
 */
public record RunGroup(List<Path> folders) {
    private static final Duration REMOVAL_PAUSE = Duration.ofMillis(50);

    /** One second; a group that is left then is removed at the next start of the agent. */
    private static final int REMOVAL_ATTEMPTS = 20;

    public RunGroup {
        folders = List.copyOf(folders);
    }

    /** The name that a run's record contains, without the path. */
    public String name() {
        return String.valueOf(folders.get(0).getFileName());
    }

    /** The files to which a process in the first folder writes {@code 0} to join the others. */
    public List<Path> joins() {
        return folders.stream()
                .skip(1)
                .map(folder -> folder.resolve("cgroup.procs"))
                .toList();
    }

    /** Moves a process into the first folder; returns whether that worked. */
    public boolean add(long pid) {
        try {
            Files.writeString(folders.get(0).resolve("cgroup.procs"), Long.toString(pid));
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    /** The member processes, which may include zombies; empty if the group cannot be read. */
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

    /** Kills all members at once, if the kernel can (version 2, since Linux 5.14); returns whether it did. */
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

    /** Whether the kernel killed a member because the group was out of memory. */
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

    /** Removes the group if it is empty; returns whether it is gone from all hierarchies. */
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

    /**
     * Removes it a little later: for a moment after its last process has ended, the kernel still reports it as busy.
     */
    public void removeSoon(RetryingExecutor work) {
        work.after(REMOVAL_PAUSE, () -> removeSoon(work, REMOVAL_ATTEMPTS));
    }

    private void removeSoon(RetryingExecutor work, int times) {
        if (times > 0 && !remove()) work.after(REMOVAL_PAUSE, () -> removeSoon(work, times - 1));
    }
}
