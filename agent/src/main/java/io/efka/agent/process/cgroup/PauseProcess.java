package io.efka.agent.process.cgroup;

import io.efka.agent.process.proc.SystemTools;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A shell that does nothing: it keeps a scope while no service runs, as a scope without processes goes away. It ends with
 * the agent, however that ends, by the end of its stdin.
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
     * @param launcher words before its own: a command that ends by executing what follows
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
