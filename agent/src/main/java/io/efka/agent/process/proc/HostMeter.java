package io.efka.agent.process.proc;

import io.efka.agent.telemetry.Meters.Disk;
import io.efka.agent.telemetry.Meters.Host;
import io.efka.agent.telemetry.Meters.Inodes;
import io.efka.agent.telemetry.Meters.Memory;
import io.efka.agent.telemetry.Meters.Network;
import io.efka.agent.telemetry.Meters.Ticks;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Measures the machine: CPU, memory, disk, network, temperature. */
public final class HostMeter {
    private static final Logger LOG = LoggerFactory.getLogger(HostMeter.class);
    private static final Duration STAT_LIMIT = Duration.ofSeconds(2);

    private final File dataFolder;

    public HostMeter(Path dataFolder) {
        this.dataFolder = dataFolder.toFile();
    }

    public Host measure() {
        return new Host(ticks(), first(proc("loadavg")), memory(), disk(), interfaces(), temperature(), (long)
                first(proc("uptime")));
    }

    public Disk disk() {
        return new Disk(dataFolder.getTotalSpace(), dataFolder.getUsableSpace());
    }

    /** From {@code stat}: Java has no method for it. */
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
