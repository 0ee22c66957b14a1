package io.efka.agent.process.cgroup;

import io.efka.agent.process.proc.SystemTools;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A shell that does nothing. It keeps a scope alive while no service runs, because a scope without processes ends. When
 * the agent ends, for any reason, the shell reads the end of its stdin and ends too.
 */
public final class PauseProcess implements AutoCloseable {
    private static final String READY = "ready\n";
    private static final Duration END = Duration.ofSeconds(1);

    private final Process process;

    private PauseProcess(Process process) {
        this.process = process;
    }

    /**
     * Starts it and waits until it runs.
     *
     * @param launcher a command that executes the words after it; empty: none
     */
    public static PauseProcess start(List<String> launcher, Duration limit) throws IOException {
        var words = new ArrayList<>(launcher);
        words.addAll(List.of(SystemTools.SHELL.toString(), "-c", "echo ready && read -r nothing", "efka-pause"));
        Process process = SystemTools.start(words);
        try {
            String said = SystemTools.read(process, limit, text -> text.endsWith(READY));
            if (!said.endsWith(READY)) throw new IOException(said.strip());
            return new PauseProcess(process);
        } catch (IOException refused) {
            process.destroyForcibly();
            throw refused;
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Ends it; waits for a second at most. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(END.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
