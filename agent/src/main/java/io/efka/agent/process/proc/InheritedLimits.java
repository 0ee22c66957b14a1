package io.efka.agent.process.proc;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The limit of open files that services inherit. A JVM raises its own soft limit to the hard one, and services would
 * inherit that. Programs that use select(2), or that close every possible descriptor, do not work with it. So services
 * get the limit that the agent was started with.
 */
public final class InheritedLimits {
    /** The result of {@code ulimit -S -n} before the JVM; set by the start script. */
    static final String PROPERTY = "efka.nofile";

    private static final Pattern OPEN_FILES =
            Pattern.compile("(?m)^Max open files +(\\d{1,18}|unlimited) +(\\d{1,18}|unlimited) ");

    /** The default soft limit of the kernel and of systemd; each combines it with another hard limit. */
    private static final long DEFAULT_SOFT = 1_024;

    private static final long KERNEL_HARD = 4_096;
    private static final long SYSTEMD_HARD = 524_288;

    private InheritedLimits() {}

    private record Limit(long soft, long hard) {
        static Optional<Limit> parse(String limits) {
            Matcher found = OPEN_FILES.matcher(limits);
            return found.find()
                    ? Optional.of(new Limit(number(found.group(1)), number(found.group(2))))
                    : Optional.empty();
        }
    }

    /** The soft limit of services whose manifest sets none; empty: the same as the agent's own. */
    public static OptionalLong openFiles() {
        String parent = ProcessHandle.current()
                .parent()
                .flatMap(process -> ProcFiles.read(ProcessTable.file(process.pid(), "limits")))
                .orElse("");
        return openFiles(
                ProcFiles.read(Path.of("/proc/self/limits")).orElse(""),
                parent,
                Optional.ofNullable(System.getProperty(PROPERTY)));
    }

    /**
     * Finds the limit.
     *
     * @param own {@code /proc/PID/limits} of the agent
     * @param parent that of the process that started it; the agent was given its soft limit if both have the same hard
     *     one
     * @param told by the start script
     */
    public static OptionalLong openFiles(String own, String parent, Optional<String> told) {
        Optional<Limit> limit = Limit.parse(own);
        // If it is below the hard limit, the JVM has not raised it (-XX:-MaxFDLimit).
        if (limit.isEmpty() || limit.get().soft() < limit.get().hard()) return OptionalLong.empty();
        long hard = limit.get().hard();
        long given = told.filter(text -> text.matches("\\d{1,18}|unlimited"))
                .map(InheritedLimits::number)
                .or(() -> Limit.parse(parent).filter(its -> its.hard() == hard).map(Limit::soft))
                .orElse(hard == KERNEL_HARD || hard == SYSTEMD_HARD ? DEFAULT_SOFT : hard);
        return given < hard ? OptionalLong.of(given) : OptionalLong.empty();
    }

    private static long number(String text) {
        return text.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(text);
    }
}
