package io.efka.agent.process.proc;

import io.efka.threads.ChildProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signals that this agent was started to ignore: HUP under {@code nohup}, INT behind the {@code &} of a script. A
 * process hands them on to whatever it starts, which then would not hear them either.
 */
public final class IgnoredSignals {
    private static final Logger LOG = LoggerFactory.getLogger(IgnoredSignals.class);

    private static final String KEY = "SigIgn:";

    /** Those with a name, 1 to 31. The two after them are the C library's own, ignored in whatever a JVM starts. */
    private static final long NAMED = 0x7fff_ffffL;

    private static final long TIMEOUT_SECONDS = 2;

    private IgnoredSignals() {}

    /**
     * What to put before a program so that it ignores nothing: empty where the agent ignores nothing, and where no
     * {@code env} can help (coreutils before 8.31, busybox). No shell can: POSIX forbids it to reset a signal that was
     * ignored when it began.
     */
    public static List<String> reset() {
        boolean ignores = ProcFiles.read(Path.of("/proc/self/status"))
                .filter(status -> in(status) != 0)
                .isPresent();
        if (!ignores) return List.of();
        Optional<Path> env = SystemTools.find("env").filter(IgnoredSignals::resets);
        if (env.isEmpty()) LOG.warn("services ignore the signals that this agent was started to ignore (nohup?)");
        return env.map(IgnoredSignals::words).orElse(List.of());
    }

    /** The set in the text of {@code /proc/PID/status}: the lowest bit is signal 1. */
    static long in(String status) {
        return status.lines()
                .filter(line -> line.startsWith(KEY))
                .mapToLong(line ->
                        Long.parseUnsignedLong(line.substring(KEY.length()).strip(), 16))
                .map(set -> set & NAMED)
                .findFirst()
                .orElse(0);
    }

    private static List<String> words(Path env) {
        return List.of(env.toString(), "--default-signal");
    }

    private static boolean resets(Path env) {
        var builder = new ProcessBuilder(words(env))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        try {
            Process tried = ChildProcess.start(builder);
            boolean ended = tried.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            if (!ended) tried.destroyForcibly();
            return ended && tried.exitValue() == 0;
        } catch (IOException refused) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
