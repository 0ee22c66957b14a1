package io.efka.agent.output.store;

import io.efka.agent.output.store.LogDisk.HolePuncher;
import io.efka.threads.ChildProcess;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Punches holes with util-linux's {@code fallocate}, because Java cannot. Takes about 2 ms, most of it to start it. */
public final class FallocateHolePuncher implements HolePuncher {
    private static final Logger LOG = LoggerFactory.getLogger(FallocateHolePuncher.class);
    private static final long LIMIT_SECONDS = 5;

    /** ENOENT in a message of the JDK. */
    private static final String NO_SUCH_FILE = "error=2,";

    private volatile boolean missing;

    @Override
    public boolean punch(Path file, long length) {
        if (missing) return false;
        try {
            var builder = new ProcessBuilder(
                            "fallocate", "--punch-hole", "--offset", "0", "--length", Long.toString(length), "" + file)
                    .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD);
            return succeeds(ChildProcess.start(builder), file);
        } catch (IOException e) {
            // Other errors are temporary, such as a machine that has no process left.
            missing = String.valueOf(e.getMessage()).contains(NO_SUCH_FILE);
            if (missing)
                LOG.warn(
                        "fallocate (util-linux) is missing, so no holes can be punched; full output files are truncated from now on",
                        e);
            return false;
        }
    }

    private static boolean succeeds(Process process, Path file) {
        try {
            if (process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) return process.exitValue() == 0;
            LOG.warn("fallocate took longer than {} s on {}", LIMIT_SECONDS, file);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        return false;
    }
}
