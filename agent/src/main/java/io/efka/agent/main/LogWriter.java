package io.efka.agent.main;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.threads.AgentThread;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Writes log lines on a thread of its own, {@code agent-log}. A terminal that is held (Ctrl-S) or a pipe that nobody
 * reads takes no lines, and supervision and the end of the agent must not wait for it. Lines that find no room are
 * dropped and counted; the count is logged as soon as there is room again. Thread-safe; nothing but {@link #flush} waits.
 */
final class LogWriter {
    /** Of lines that wait: some thousand, or a few dozen stack traces. */
    private static final int MAX_BYTES = 256 * 1024;

    private final OutputStream out;
    private final int maxBytes;

    @GuardedBy("this") private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();

    @GuardedBy("this") private int bytes;

    @GuardedBy("this") private long dropped;

    @GuardedBy("this") private boolean writing;

    /** @param out takes whole lines; its {@code write} may block for ever */
    LogWriter(OutputStream out) {
        this(out, MAX_BYTES);
    }

    LogWriter(OutputStream out, int maxBytes) {
        this.out = out;
        this.maxBytes = maxBytes;
    }

    LogWriter start() {
        // Never calls AgentThread.step: the self-check must not report a log that nobody reads.
        new AgentThread("agent-log", this::run).start();
        return this;
    }

    /** Takes a line, with its line feed, unless there is no room. */
    synchronized void write(String line) {
        byte[] encoded = line.getBytes(StandardCharsets.UTF_8);
        if (dropped > 0 || bytes + encoded.length > maxBytes) {
            dropped++;
            return;
        }
        waiting.add(encoded);
        bytes += encoded.length;
        notifyAll();
    }

    /** Waits until all lines are written, no longer than {@code limit}. */
    synchronized void flush(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            for (long left = limit.toNanos(); left > 0 && isBusy(); left = deadline - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @GuardedBy("this") private boolean isBusy() {
        return writing || !waiting.isEmpty() || dropped > 0;
    }

    private void run() {
        while (true) {
            byte[] next = next();
            try {
                out.write(next);
                out.flush();
            } catch (IOException gone) {
                // There is no other place to say so.
            }
            done();
        }
    }

    private synchronized byte[] next() {
        while (waiting.isEmpty() && dropped == 0) {
            try {
                wait();
            } catch (InterruptedException nobodyDoes) {
                // the log goes on
            }
        }
        writing = true;
        if (!waiting.isEmpty()) {
            byte[] line = waiting.remove();
            bytes -= line.length;
            return line;
        }
        String said = "efka: " + dropped + " lines of the log were lost: they came while nothing took them\n";
        dropped = 0;
        return said.getBytes(StandardCharsets.UTF_8);
    }

    private synchronized void done() {
        writing = false;
        notifyAll();
    }
}
