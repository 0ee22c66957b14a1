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
 * The machine's processes, as {@code /proc} shows them. Thread-safe; processes that disappear are left out. An agent
 * without free descriptors cannot read about existing processes. So before concluding anything from an empty result,
 * check that {@link #refusals()} has not changed.
 */
public final class ProcessTable {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessTable.class);
    private static final Path PROC = Path.of("/proc");

    private static final String UNKNOWN = "unknown";

    private final String bootId = ProcFiles.read(PROC.resolve("sys/kernel/random/boot_id"))
            .map(String::strip)
            .orElse(UNKNOWN);

    private final AtomicLong refusals = new AtomicLong();

    /** How often an existing process could not be read. */
    public long refusals() {
        return refusals.get();
    }

    private void refused() {
        long count = refusals.incrementAndGet();
        if (Long.bitCount(count) > 1) return;
        LOG.warn(
                "processes cannot be read: too many open files? Services continue to run; one that ends is started again"
                        + " only when it is certain that nothing is left of it ({} times so far)",
                count);
    }

    /** Changes with every boot. */
    public String bootId() {
        return bootId;
    }

    /**
     * Whether the machine was certainly rebooted since the process was identified: then it and all its children are
     * gone.
     */
    public boolean isOfAnotherBoot(ProcessIdentity process) {
        boolean bothKnown = !bootId.equals(UNKNOWN) && !process.bootId().equals(UNKNOWN);
        return bothKnown && !process.bootId().equals(bootId);
    }

    public Optional<ProcessStat> find(long pid) {
        Optional<String> stat = ProcFiles.read(file(pid, "stat"));
        if (stat.isEmpty() && exists(pid)) refused();
        return stat.flatMap(ProcessStat::parse);
    }

    /** Whether a process with that number exists, even as a zombie; needs no descriptor. */
    public boolean exists(long pid) {
        return Files.exists(PROC.resolve(Long.toString(pid)));
    }

    /** Identifies the process that has the number now; empty if there is none. */
    public Optional<ProcessIdentity> identify(long pid) {
        return find(pid).map(stat -> new ProcessIdentity(pid, stat.startTicks(), bootId));
    }

    /**
     * Whether that very process is alive: not a zombie, and not another process with its pid. A process that exists but
     * cannot be read counts as alive, because otherwise a second instance of a running service could be started.
     */
    public boolean isAlive(ProcessIdentity process) {
        if (!process.bootId().equals(bootId)) return false;
        return find(process.pid())
                .map(stat -> stat.isAlive() && stat.startTicks() == process.startTicks())
                .orElseGet(() -> exists(process.pid()));
    }

    /** The age of a process of this boot, from the kernel's uptime, which setting the clock does not change. */
    public Optional<Duration> age(ProcessIdentity process) {
        Duration started = Duration.ofMillis(process.startTicks() * ProcessStat.MILLIS_PER_TICK);
        OptionalDouble uptime =
                ProcFiles.read(PROC.resolve("uptime")).map(ProcFiles::first).orElse(OptionalDouble.empty());
        if (uptime.isEmpty()) return Optional.empty();
        Duration age =
                Duration.ofMillis(Math.round(uptime.getAsDouble() * 1000)).minus(started);
        // In a container the uptime may be the container's, but the start time is always the machine's.
        return age.isNegative() ? Optional.empty() : Optional.of(age);
    }

    /** All processes that are alive. */
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
        // Another user's environment can never be read. It is a shortage only if nothing can be read.
        if (text.isEmpty() && ProcFiles.read(PROC.resolve("self/stat")).isEmpty()) refused();
        return new Environ(text.orElse(""));
    }

    /**
     * Whether the process has a program, which it has not once it begins to exit. After an exec, the link exists before
     * the kernel closes the close-on-exec descriptors.
     */
    public boolean isExecuting(long pid) {
        try {
            Files.readSymbolicLink(file(pid, "exe"));
            return true;
        } catch (NoSuchFileException gone) {
            return false;
        } catch (IOException unreadable) {
            return true; // not readable for the agent: a set-user-id program
        }
    }

    public static Path file(long pid, String name) {
        return PROC.resolve(pid + "/" + name);
    }

    /** The content of {@code /proc/PID/environ}: {@code NAME=value} variables, each followed by a NUL. */
    public record Environ(String text) {
        public Optional<String> value(String name) {
            String key = name + "=";
            int at = text.startsWith(key) ? 0 : text.indexOf("\0" + key) + 1;
            if (at == 0 && !text.startsWith(key)) return Optional.empty();
            int from = at + key.length();
            int end = text.indexOf('\0', from);
            return Optional.of(end < 0 ? text.substring(from) : text.substring(from, end));
        }

        /** Whether the program has overwritten it with its title, as some servers do; it then tells nothing. */
        public boolean isOverwritten() {
            int end = text.indexOf('\0');
            return (end < 0 ? text : text.substring(0, end)).indexOf('=') < 1;
        }
    }

    /**
     * The fields of {@code /proc/PID/stat} that the agent uses (proc(5)).
     *
     * @param state {@code Z} and {@code X} are dead
     * @param cpuTicks user and system time, in clock ticks
     * @param startTicks clock ticks from boot to the start
     */
    public record ProcessStat(
            long pid, char state, long parent, long group, long session, long cpuTicks, long startTicks) {
        /** Linux reports 100 ticks per second to user space on all machines that Java 17 supports (USER_HZ). */
        public static final long MILLIS_PER_TICK = 10;

        /**
         * Reads a line; empty if it is incomplete. The name may contain spaces and parentheses; the last parenthesis
         * ends it.
         */
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

        /** Whether it is not a zombie. */
        public boolean isAlive() {
            return state != 'Z' && state != 'X';
        }
    }
}
