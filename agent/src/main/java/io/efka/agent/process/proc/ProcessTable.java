package io.efka.agent.process.proc;

import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machine's processes, as {@code /proc} shows them. Thread-safe; processes that vanish are left out. An agent that is
 * out of descriptors cannot look at those that are there: whoever concludes from not finding anything asks
 * {@link #refusals()} as well.
 */
public final class ProcessTable {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessTable.class);
    private static final Path PROC = Path.of("/proc");

    private static final String UNKNOWN = "unknown";

    private final String bootId = ProcFiles.read(PROC.resolve("sys/kernel/random/boot_id"))
            .map(String::strip)
            .orElse(UNKNOWN);

    private final AtomicLong refusals = new AtomicLong();

    /** How often something that is there could not be looked at. */
    public long refusals() {
        return refusals.get();
    }

    private void refused() {
        long count = refusals.incrementAndGet();
        if (Long.bitCount(count) > 1) return;
        LOG.warn(
                "processes cannot be looked at: too many open files? Services run on, and one that ends is started"
                        + " again when nothing can be left of it for certain ({} times so far)",
                count);
    }

    /** Changes with every boot. */
    public String bootId() {
        return bootId;
    }

    /** Whether the machine was certainly booted since that process was seen: then it is gone with all it ever started. */
    public boolean isOfAnotherBoot(ProcessIdentity process) {
        boolean bothKnown = !bootId.equals(UNKNOWN) && !process.bootId().equals(UNKNOWN);
        return bothKnown && !process.bootId().equals(bootId);
    }

    public Optional<ProcessStat> find(long pid) {
        Optional<String> stat = ProcFiles.read(file(pid, "stat"));
        if (stat.isEmpty() && isThere(pid)) refused();
        return stat.flatMap(ProcessStat::parse);
    }

    /** Whether there is a process of that number, a zombie perhaps; needs no descriptor. */
    public boolean isThere(long pid) {
        return Files.exists(PROC.resolve(Long.toString(pid)));
    }

    /** Who {@code pid} is now; empty if there is no such process. */
    public Optional<ProcessIdentity> identify(long pid) {
        return find(pid).map(stat -> new ProcessIdentity(pid, stat.startTicks(), bootId));
    }

    /**
     * Whether that very process is alive: a zombie is not, and neither is another one with its pid. One that is there and
     * cannot be looked at is: to take a living service for gone would be to start a second one.
     */
    public boolean isAlive(ProcessIdentity process) {
        if (!process.bootId().equals(bootId)) return false;
        return find(process.pid())
                .map(stat -> stat.isAlive() && stat.startTicks() == process.startTicks())
                .orElseGet(() -> isThere(process.pid()));
    }

    /** How long a process of this boot has lived, by the kernel's own count: no setting of the clock changes it. */
    public Optional<Duration> age(ProcessIdentity process) {
        Duration started = Duration.ofMillis(process.startTicks() * ProcessStat.MILLIS_PER_TICK);
        OptionalDouble uptime =
                ProcFiles.read(PROC.resolve("uptime")).map(ProcFiles::first).orElse(OptionalDouble.empty());
        if (uptime.isEmpty()) return Optional.empty();
        Duration age =
                Duration.ofMillis(Math.round(uptime.getAsDouble() * 1000)).minus(started);
        // In a container the uptime may be the container's, and the start is always the machine's.
        return age.isNegative() ? Optional.empty() : Optional.of(age);
    }

    /** Every process that is alive. */
    public List<ProcessStat> all() {
        String[] names = PROC.toFile().list((folder, name) -> Character.isDigit(name.charAt(0)));
        var alive = new ArrayList<ProcessStat>();
        if (names == null) {
            refused();
            return alive;
        }
        for (String name : names) {
            find(Long.parseLong(name)).filter(ProcessStat::isAlive).ifPresent(alive::add);
        }
        return alive;
    }

    /** The environment a process was started with. */
    public Environ environ(long pid) {
        Optional<String> text = ProcFiles.read(file(pid, "environ"));
        // That of another user's process may be refused for good: only where nothing can be read is it a shortage.
        if (text.isEmpty() && ProcFiles.read(PROC.resolve("self/stat")).isEmpty()) refused();
        return new Environ(text.orElse(""));
    }

    /**
     * Whether the process has a program: not so once it began to exit. The link outlives nothing of the program, and is
     * there before the kernel closes the close-on-exec descriptors of an exec.
     */
    public boolean isExecuting(long pid) {
        try {
            Files.readSymbolicLink(file(pid, "exe"));
            return true;
        } catch (NoSuchFileException gone) {
            return false;
        } catch (IOException unreadable) {
            return true; // not ours to see: a set-user-id program
        }
    }

    public static Path file(long pid, String name) {
        return PROC.resolve(pid + "/" + name);
    }

    /** What {@code /proc/PID/environ} holds: {@code NAME=value}, each ended by a NUL. */
    public record Environ(String text) {
        public Optional<String> value(String name) {
            String key = name + "=";
            int at = text.startsWith(key) ? 0 : text.indexOf("\0" + key) + 1;
            if (at == 0 && !text.startsWith(key)) return Optional.empty();
            int from = at + key.length();
            int end = text.indexOf('\0', from);
            return Optional.of(end < 0 ? text.substring(from) : text.substring(from, end));
        }

        /** Whether the program wrote its title over it, as some servers do: it says nothing then. */
        public boolean isOverwritten() {
            int end = text.indexOf('\0');
            return (end < 0 ? text : text.substring(0, end)).indexOf('=') < 1;
        }
    }

    /**
     * One line of {@code /proc/PID/stat}, as far as it is used (proc(5)).
     *
     * @param state {@code Z} and {@code X} are dead
     * @param cpuTicks user and system time, in clock ticks
     * @param startTicks clock ticks from boot to the start
     */
    public record ProcessStat(
            long pid, char state, long parent, long group, long session, long cpuTicks, long startTicks) {
        /** Linux tells user space of 100 ticks a second on every machine that Java 17 runs on (USER_HZ). */
        public static final long MILLIS_PER_TICK = 10;

        /** Reads a line; empty if it is cut off. The name in it may hold spaces and parentheses: its end is the last one. */
        static Optional<ProcessStat> parse(String line) {
            int open = line.indexOf(" (");
            int close = line.lastIndexOf(") ");
            if (open < 0 || close < open) return Optional.empty();
            String[] fields = line.substring(close + 2).split(" ");
            if (fields.length < 20) return Optional.empty();
            // fields[0] is field 3 of proc(5).
            return Optional.of(new ProcessStat(
                    Long.parseLong(line.substring(0, open)),
                    fields[0].charAt(0),
                    Long.parseLong(fields[1]),
                    Long.parseLong(fields[2]),
                    Long.parseLong(fields[3]),
                    Long.parseLong(fields[11]) + Long.parseLong(fields[12]),
                    Long.parseLong(fields[19])));
        }

        /** Whether it runs or could run; a zombie does not. */
        public boolean isAlive() {
            return state != 'Z' && state != 'X';
        }
    }
}
