package io.efka.agent.process.proc;

import java.util.Optional;

/**
 * One line of {@code /proc/PID/stat}, as far as it is used (proc(5)).
 *
 * @param state {@code Z} and {@code X} are dead
 * @param cpuTicks user and system time, in clock ticks
 * @param startTicks clock ticks from boot to the start
 */
public record ProcessStat(long pid, char state, long parent, long group, long session, long cpuTicks, long startTicks) {
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
