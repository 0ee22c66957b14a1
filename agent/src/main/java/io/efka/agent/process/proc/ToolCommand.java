package io.efka.agent.process.proc;

import io.efka.protocol.EfkaVariables;
import io.efka.threads.ChildProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Runs a tool of the machine, with a limit in time and without the agent's secrets. */
public final class ToolCommand {
    private static final Duration PAUSE = Duration.ofMillis(2);
    /** An answer is a line or two. */
    private static final int MAX_BYTES = 64 * 1024;

    private ToolCommand() {}

    /** Starts it; stderr comes with stdout. */
    public static Process start(List<String> words) throws IOException {
        var builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().keySet().removeIf(EfkaVariables::isReserved);
        builder.environment().put("LC_ALL", "C");
        return ChildProcess.start(builder);
    }

    /**
     * Runs it to its end.
     *
     * @return what it wrote
     * @throws IOException if it cannot be started, fails, or takes longer; it is killed then
     */
    public static String output(List<String> words, Duration limit) throws IOException {
        Process process = start(words);
        try {
            String output = read(process, limit, text -> false);
            if (process.exitValue() != 0) throw new IOException(words.get(0) + ": " + output.strip());
            return output;
        } finally {
            process.destroyForcibly();
        }
    }

    /**
     * Reads what a process writes, until it is enough or the process has ended. Looks again and again, as no read of a
     * pipe can be given up in Java.
     *
     * @throws IOException if neither is so in time, or within 64 KiB
     */
    public static String read(Process process, Duration limit, Predicate<String> enough) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        var text = new StringBuilder();
        InputStream out = process.getInputStream();
        while (!enough.test(text.toString())) {
            boolean ended = !process.isAlive(); // asked first: what it wrote before its end is there then
            int available = Math.min(out.available(), MAX_BYTES);
            if (available > 0) {
                text.append(new String(out.readNBytes(available), StandardCharsets.UTF_8));
                if (text.length() > MAX_BYTES) throw new IOException("an answer of more than " + MAX_BYTES + " bytes");
            } else if (ended) {
                return text.toString();
            } else if (System.nanoTime() - deadline > 0) {
                throw new IOException("no answer within " + limit.toMillis() + " ms");
            } else {
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
        return text.toString();
    }
}
