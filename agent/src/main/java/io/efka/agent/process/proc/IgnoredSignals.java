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
 * The signals that this agent ignores because it was started so: HUP with {@code nohup}, INT with {@code &} in a
 * script. Child processes inherit that, so services would ignore them too.
 */
public final class IgnoredSignals {
    private static final Logger LOG = LoggerFactory.getLogger(IgnoredSignals.class);

    private static final String KEY = "SigIgn:";

    /** Signals 1 to 31. The next two belong to the C library; every process that a JVM starts ignores them. */
    private static final long STANDARD_SIGNALS = 0x7fff_ffffL;

    private static final long TIMEOUT_SECONDS = 2;

    private IgnoredSignals() {}

    /**
     * The words to put before a command so that its program ignores no signal. Empty if the agent ignores none, or if
     * {@code env} cannot reset them (coreutils before 8.31, busybox). A shell cannot do it: POSIX does not allow a
     * shell to reset a signal that was ignored when the shell started.
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

    /** The set of ignored signals in {@code /proc/PID/status}: the lowest bit is signal 1. */
    static long in(String status) {
        return status.lines()
                .filter(line -> line.startsWith(KEY))
                .mapToLong(line ->
                        Long.parseUnsignedLong(line.substring(KEY.length()).strip(), 16))
                .map(set -> set & STANDARD_SIGNALS)
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
