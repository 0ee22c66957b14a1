package io.efka.it.bench;

import io.efka.it.Shell;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Notes when processes run: the first thing a {@link #script} does is to write its pid into a FIFO, and a thread that
 * waits there notes the time. It is the same for a process that the agent starts and for one that is started bare.
 */
final class Stamps implements AutoCloseable {
    private static final long LIMIT_SECONDS = 30;

    private final Path fifo;
    private final RandomAccessFile reading;
    private final BlockingQueue<Stamp> stamps = new LinkedBlockingQueue<>();

    /** A process wrote its pid at that moment of {@link System#nanoTime}. */
    record Stamp(long at, long pid) {}

    Stamps(Path folder) throws IOException {
        fifo = folder.resolve("stamps-" + System.nanoTime());
        Shell.run("mkfifo", fifo.toString()).ok();
        reading = new RandomAccessFile(fifo.toFile(), "rw"); // a writer of its own: so it never ends
        var thread = new Thread(this::read, "bench-stamps");
        thread.setDaemon(true);
        thread.start();
    }

    private void read() {
        var line = new StringBuilder();
        var buffer = new byte[8192];
        try {
            while (true) {
                int length = reading.read(buffer);
                long now = System.nanoTime();
                for (int i = 0; i < length; i++) {
                    if (buffer[i] != '\n') {
                        line.append((char) buffer[i]);
                        continue;
                    }
                    if (line.length() > 0) stamps.add(new Stamp(now, Long.parseLong(line.toString())));
                    line.setLength(0);
                }
            }
        } catch (IOException closed) {
            // the end
        }
    }

    /** A shell script that stamps and then sleeps; a willing one: TERM ends it at once. */
    String script() {
        return script("exec sleep 100000");
    }

    /** A shell script that stamps and goes on with that. */
    String script(String then) {
        return "#!/bin/sh\necho $$ >" + fifo + "\n" + then + "\n";
    }

    /** A line of a script that stamps once more. */
    String again() {
        return "echo $$ >" + fifo;
    }

    Stamp next() throws InterruptedException {
        Stamp stamp = stamps.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (stamp == null) throw new IllegalStateException("no process stamped within " + LIMIT_SECONDS + " s");
        return stamp;
    }

    void forget() {
        stamps.clear();
    }

    @Override
    public void close() throws IOException {
        try (var last = new RandomAccessFile(fifo.toFile(), "rw")) {
            last.write('\n'); // wakes the reader
        }
        reading.close();
    }
}
