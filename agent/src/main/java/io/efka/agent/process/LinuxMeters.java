package io.efka.agent.process;

import io.efka.agent.process.proc.ProcFiles;
import io.efka.agent.process.proc.ProcessTable;
import io.efka.agent.process.proc.ProcessTable.ProcessStat;
import io.efka.agent.process.proc.SystemTools;
import io.efka.agent.telemetry.Meters;
import io.efka.protocol.RunId;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Measures with {@code /proc} and {@code /sys}. Thread-safe; leaves out processes that end in the meantime. */
public final class LinuxMeters implements Meters {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxMeters.class);
    private static final Duration STAT_LIMIT = Duration.ofSeconds(2);

    private final ProcessLauncher launcher;
    private final File dataFolder;

    /** @param dataFolder a folder on the disk to measure */
    public LinuxMeters(ProcessLauncher launcher, Path dataFolder) {
        this.launcher = launcher;
        this.dataFolder = dataFolder.toFile();
    }

    @Override
    public Host host() {
        return new Host(ticks(), first(proc("loadavg")), memory(), disk(), interfaces(), temperature(), (long)
                first(proc("uptime")));
    }

    @Override
    public Disk disk() {
        return new Disk(dataFolder.getTotalSpace(), dataFolder.getUsableSpace());
    }

    /** From {@code stat}: Java has no method for it. */
    @Override
    public Optional<Inodes> inodes() {
        Optional<Path> stat = SystemTools.find("stat");
        if (stat.isEmpty()) return Optional.empty();
        var words = List.of(stat.get().toString(), "-f", "-c", "%c %d", dataFolder.toString());
        try {
            String[] numbers = SystemTools.output(words, STAT_LIMIT).strip().split(" ");
            return Optional.of(new Inodes(Long.parseLong(numbers[0]), Long.parseLong(numbers[1])));
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException unknown) {
            LOG.debug("the inodes of {} are unknown: {}", dataFolder, unknown.toString());
            return Optional.empty();
        }
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

    /** From the line {@code cpu user nice system idle iowait irq softirq steal …}; user and nice include guests. */
    private static Ticks ticks() {
        String[] fields = proc("stat").split("\n", 2)[0].trim().split(" +");
        long total = 0;
        for (int i = 1; i < Math.min(fields.length, 9); i++) total += Long.parseLong(fields[i]);
        long idle = fields.length > 5 ? Long.parseLong(fields[4]) + Long.parseLong(fields[5]) : 0;
        return new Ticks(total - idle, total);
    }

    private static Memory memory() {
        String text = proc("meminfo");
        return new Memory(
                ProcFiles.number(text, "MemTotal:").orElse(0) * 1024,
                ProcFiles.number(text, "MemAvailable:").orElse(0) * 1024);
    }

    /** From lines {@code name: received-bytes, 7 more numbers, sent-bytes …} after two header lines. */
    private static Map<String, Network> interfaces() {
        var interfaces = new HashMap<String, Network>();
        proc("net/dev").lines().skip(2).forEach(line -> {
            int colon = line.lastIndexOf(':');
            if (colon < 0) return;
            String name = line.substring(0, colon).trim();
            String[] numbers = line.substring(colon + 1).trim().split(" +");
            if (!name.equals("lo") && numbers.length > 8) {
                interfaces.put(name, new Network(Long.parseLong(numbers[0]), Long.parseLong(numbers[8])));
            }
        });
        return interfaces;
    }

    private static OptionalDouble temperature() {
        Path zones = Path.of("/sys/class/thermal");
        String[] names = zones.toFile().list((folder, name) -> name.startsWith("thermal_zone"));
        OptionalDouble hottest = OptionalDouble.empty();
        if (names == null) return hottest;
        for (String name : names) {
            double degrees =
                    first(ProcFiles.read(zones.resolve(name).resolve("temp")).orElse("")) / 1_000;
            // a zone without a sensor reports 0 or an absurd value
            boolean isPlausible = degrees > 0 && degrees < 200;
            if (isPlausible && degrees > hottest.orElse(0)) hottest = OptionalDouble.of(degrees);
        }
        return hottest;
    }

    private static String proc(String name) {
        return ProcFiles.read(Path.of("/proc", name)).orElse("");
    }

    private static double first(String text) {
        return ProcFiles.first(text).orElse(0);
    }
}
