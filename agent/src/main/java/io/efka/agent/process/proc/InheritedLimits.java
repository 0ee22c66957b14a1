package io.efka.agent.process.proc;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The limit of open files that this agent was given. A JVM raises its own soft limit to the hard one, and what it starts
 * would inherit that: programs that use select(2), or close every descriptor there might be, do not bear it.
 */
public final class InheritedLimits {
    /** Set by the start script, which knows: {@code ulimit -S -n} before the JVM. */
    static final String PROPERTY = "efka.nofile";

    private static final Pattern OPEN_FILES =
            Pattern.compile("(?m)^Max open files +(\\d{1,18}|unlimited) +(\\d{1,18}|unlimited) ");

    /** The soft limit where nobody sets one, with the two hard limits that the kernel and systemd give along with it. */
    private static final long USUAL_SOFT = 1_024;

    private static final long KERNELS_HARD = 4_096;
    private static final long SYSTEMDS_HARD = 524_288;

    private InheritedLimits() {}

    private record Limit(long soft, long hard) {
        static Optional<Limit> parse(String limits) {
            Matcher found = OPEN_FILES.matcher(limits);
            return found.find()
                    ? Optional.of(new Limit(number(found.group(1)), number(found.group(2))))
                    : Optional.empty();
        }
    }

    /** What services get where their manifest names nothing; empty: what the agent has itself. */
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
     * @param own {@code /proc/PID/limits} of the agent
     * @param parent of what started it, which had the same limit if it has the same hard one
     * @param told by the start script
     */
    public static OptionalLong openFiles(String own, String parent, Optional<String> told) {
        Optional<Limit> limit = Limit.parse(own);
        // Below the hard one it was not raised (-XX:-MaxFDLimit).
        if (limit.isEmpty() || limit.get().soft() < limit.get().hard()) return OptionalLong.empty();
        long hard = limit.get().hard();
        long given = told.filter(text -> text.matches("\\d{1,18}|unlimited"))
                .map(InheritedLimits::number)
                .or(() -> Limit.parse(parent).filter(its -> its.hard() == hard).map(Limit::soft))
                .orElse(hard == KERNELS_HARD || hard == SYSTEMDS_HARD ? USUAL_SOFT : hard);
        return given < hard ? OptionalLong.of(given) : OptionalLong.empty();
    }

    private static long number(String text) {
        return text.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(text);
    }
}
