package io.efka.agent.process;

import io.efka.agent.process.proc.HostMeter;
import io.efka.agent.process.proc.ProcFiles;
import io.efka.agent.process.proc.ProcessTable;
import io.efka.agent.process.proc.ProcessTable.ProcessStat;
import io.efka.agent.telemetry.Meters;
import io.efka.protocol.RunId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Measures with {@code /proc} and {@code /sys}. Thread-safe; leaves out processes that end in the meantime. */
public final class LinuxMeters implements Meters {
    private final ProcessLauncher launcher;
    private final HostMeter host;

    /** @param dataFolder a folder on the disk to measure */
    public LinuxMeters(ProcessLauncher launcher, Path dataFolder) {
        this.launcher = launcher;
        this.host = new HostMeter(dataFolder);
    }

    @Override
    public Host host() {
        return host.measure();
    }

    @Override
    public Disk disk() {
        return host.disk();
    }

    @Override
    public Optional<Inodes> inodes() {
        return host.inodes();
    }

    @Override
    public Optional<Tree> tree(RunId run) {
        List<ProcessStat> members = launcher.members(run);
        return members.isEmpty() ? Optional.empty() : Optional.of(sum(members));
    }

    private static Tree sum(List<ProcessStat> members) {
        long cpuTicks = 0;
        long rss = 0;
        int threads = 0;
        OptionalLong fds = OptionalLong.of(0);
        OptionalLong read = OptionalLong.of(0);
        OptionalLong written = OptionalLong.of(0);
        for (ProcessStat member : members) {
            String status =
                    ProcFiles.read(ProcessTable.file(member.pid(), "status")).orElse("");
            String io = ProcFiles.read(ProcessTable.file(member.pid(), "io")).orElse("");
            cpuTicks += member.cpuTicks();
            rss += ProcFiles.number(status, "VmRSS:").orElse(0) * 1024;
            threads += (int) ProcFiles.number(status, "Threads:").orElse(0);
            fds = plus(fds, openFiles(member.pid()));
            read = plus(read, ProcFiles.number(io, "read_bytes:"));
            written = plus(written, ProcFiles.number(io, "write_bytes:"));
        }
        return new Tree(members.size(), cpuTicks * ProcessStat.MILLIS_PER_TICK, rss, threads, fds, read, written);
    }

    private static OptionalLong openFiles(long pid) {
        String[] names = ProcessTable.file(pid, "fd").toFile().list();
        return names == null ? OptionalLong.empty() : OptionalLong.of(names.length);
    }

    /** Unknown if one of the two is. */
    private static OptionalLong plus(OptionalLong sum, OptionalLong part) {
        return sum.isPresent() && part.isPresent()
                ? OptionalLong.of(sum.getAsLong() + part.getAsLong())
                : OptionalLong.empty();
    }
}
