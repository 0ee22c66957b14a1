package io.efka.agent.process.cgroup;

import io.efka.agent.process.proc.ProcFiles;
import io.efka.protocol.manifest.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One limit of a control group, with its file and value in version 2 and in version 1. A group has at most one of the
 * two files.
 *
 * @param controller such as {@code memory}
 */
record CgroupLimit(String controller, String file2, String value2, String file1, String value1) {

    /** The limits of a manifest that a control group can enforce. */
    static List<CgroupLimit> of(Manifest.Limits limits) {
        var all = new ArrayList<CgroupLimit>();
        limits.memory()
                .ifPresent(bytes -> all.add(new CgroupLimit(
                        "memory", "memory.max", Long.toString(bytes), "memory.limit_in_bytes", Long.toString(bytes))));
        limits.cpu().ifPresent(cores -> {
            String quota =
                    Long.toString(Math.max(1_000, Math.round(cores * 100_000))); // µs; the kernel's minimum is 1 ms
            all.add(new CgroupLimit("cpu", "cpu.max", quota + " 100000", "cpu.cfs_quota_us", quota));
        });
        limits.pids()
                .ifPresent(count -> all.add(
                        new CgroupLimit("pids", "pids.max", Long.toString(count), "pids.max", Long.toString(count))));
        return all;
    }

    /** Whether a group supports it. */
    private boolean isSettableIn(Path group) {
        return Files.exists(group.resolve(file2)) || Files.exists(group.resolve(file1));
    }

    /** Whether a group has a limit of this kind, of any value. */
    boolean isSetIn(Path group) {
        return isSettableIn(group)
                && ProcFiles.read(group.resolve(file2))
                        .filter(text -> text.startsWith("max"))
                        .isEmpty();
    }

    /** Sets it; returns whether the group supports it. */
    boolean setIn(Path group) throws IOException {
        if (!isSettableIn(group)) return false;
        if (Files.exists(group.resolve(file2))) Files.writeString(group.resolve(file2), value2);
        else Files.writeString(group.resolve(file1), value1);
        return true;
    }
}
