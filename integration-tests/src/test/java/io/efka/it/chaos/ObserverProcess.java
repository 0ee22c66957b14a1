package io.efka.it.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The driver's side of the observer: starts it, tells it what happens, and takes in what it found. */
final class ObserverProcess implements AutoCloseable {
    private final Process process;
    private final PrintStream in;
    private final Report report;
    private final ChaosLog log;
    private final CountDownLatch ready = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread reader = new Thread(this::read, "observer-output");

    ObserverProcess(String broker, String device, Path folder, long seed, Report report, ChaosLog log) {
        this.report = report;
        this.log = log;
        var command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx768m",
                "-cp",
                System.getProperty("java.class.path"),
                ObserverMain.class.getName(),
                broker,
                device,
                folder.toString(),
                Long.toString(seed));
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        in = new PrintStream(process.getOutputStream(), true, StandardCharsets.US_ASCII);
        reader.start();
    }

    void awaitReady(Duration limit) throws InterruptedException {
        await(ready, "get ready", limit);
    }

    void tell(String line) {
        in.println(line);
    }

    /** Asks for its verdicts; they are in the report when this returns. */
    void finish(Duration limit) throws InterruptedException {
        tell("finish");
        await(ended, "finish", limit);
    }

    private void await(CountDownLatch latch, String what, Duration limit) throws InterruptedException {
        if (!latch.await(limit.toSeconds(), TimeUnit.SECONDS) || (!process.isAlive() && !isDone()))
            throw new AssertionError("the observer did not " + what + " within " + limit + "; see " + log.path());
    }

    private boolean isDone() {
        return ended.getCount() == 0;
    }

    private void read() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) take(line);
        } catch (IOException e) {
            log.say("the observer's output ended: " + e);
        } finally {
            ready.countDown();
        }
    }

    private void take(String line) {
        String[] words = line.split(" ", 3);
        switch (words[0]) {
            case "ready" -> ready.countDown();
            case "end" -> ended.countDown();
            case "seen" -> report.seen(words[2], Long.parseLong(words[1]));
            case "verdict" -> report.passed(Verdict.valueOf(words[2]), Long.parseLong(words[1]));
            default -> log.say("observer: " + line);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            reader.join(Duration.ofSeconds(5).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
