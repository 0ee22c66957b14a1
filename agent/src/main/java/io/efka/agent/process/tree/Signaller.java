package io.efka.agent.process.tree;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.protocol.Signal;
import io.efka.threads.ChildProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends signals through one permanent shell: its built-in {@code kill} takes microseconds, and a fork per signal would
 * take a millisecond. The shell ends when the agent is killed, and is started again if it dies. Thread-safe.
 */
public final class Signaller implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Signaller.class);
    private static final String LOOP = "while read -r signal pid; do kill -s \"$signal\" -- \"$pid\"; done 2>/dev/null";

    @GuardedBy("this") private Optional<Process> shell = Optional.empty();

    @GuardedBy("this") private boolean closed;

    /**
     * Sends a signal; does nothing if there is no such process.
     *
     * @param pid negative: the process group with that number
     */
    synchronized void send(Signal signal, long pid) {
        if (closed || pid == 0 || pid == -1) return; // 0 is the agent's own group, -1 all processes
        byte[] line = (signal + " " + pid + "\n").getBytes(StandardCharsets.US_ASCII);
        try {
            write(line);
        } catch (IOException died) {
            shell = Optional.empty();
            retry(line);
        }
    }

    @GuardedBy("this") private void retry(byte[] line) {
        try {
            write(line);
        } catch (IOException failed) {
            LOG.warn(
                    "signal {} was not sent, because no shell could be started",
                    new String(line, StandardCharsets.US_ASCII),
                    failed);
        }
    }

    @GuardedBy("this") private void write(byte[] line) throws IOException {
        if (shell.filter(Process::isAlive).isEmpty()) shell = Optional.of(start());
        OutputStream lines = shell.get().getOutputStream();
        lines.write(line);
        lines.flush();
    }

    private static Process start() throws IOException {
        var builder = new ProcessBuilder("/bin/sh", "-c", LOOP)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        return ChildProcess.start(builder);
    }

    @Override
    public synchronized void close() {
        closed = true;
        shell.ifPresent(Signaller::end);
        shell = Optional.empty();
    }

    private static void end(Process process) {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(1, TimeUnit.SECONDS)) process.destroyForcibly();
        } catch (IOException gone) {
            process.destroyForcibly();
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
