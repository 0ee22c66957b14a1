package io.efka.it.bench;

import io.efka.it.TestBroker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A subscriber at QoS 1 whose every byte is compared with what must come, again and again. It is {@code mosquitto_sub}: no
 * part of Efka, and less of a load beside the broker than a client in Java.
 */
final class Sink implements AutoCloseable {
    private static final long LIMIT_SECONDS = 60;
    private static final int PIECE = 256 * 1024;

    private final byte[] expected;
    private final Process subscriber;

    private volatile CompletableFuture<Long> complete = new CompletableFuture<>();
    private volatile int position; // written by the reader alone

    private Sink(TestBroker broker, String topic, byte[] expected, String... options) throws IOException {
        this.expected = expected;
        byte[] ready = "ready".getBytes(StandardCharsets.UTF_8);
        String readyTopic = "bench/ready/" + UUID.randomUUID();
        var words = new ArrayList<String>(List.of("mosquitto_sub", "-V", "5", "-q", "1"));
        words.addAll(List.of("-p", String.valueOf(broker.port()), "-t", topic, "-t", readyTopic));
        words.addAll(List.of(options));
        try (var mqtt = new Mqtt(broker, (any, message) -> {})) {
            // Retained, it comes once: when both topics are subscribed.
            mqtt.retain(readyTopic, ready);
            this.subscriber = new ProcessBuilder(words)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            subscriber.getInputStream().readNBytes(ready.length + (options.length == 0 ? 1 : 0));
        }
        var thread = new Thread(this::read, "bench-sink");
        thread.setDaemon(true);
        thread.start();
    }

    static Sink ofBytes(TestBroker broker, String topic, byte[] expected) throws IOException {
        return new Sink(broker, topic, expected, "-N");
    }

    /** For publishers that send a line a message and without its newline. */
    static Sink ofLines(TestBroker broker, String topic, byte[] expected) throws IOException {
        return new Sink(broker, topic, expected);
    }

    private void read() {
        byte[] piece = new byte[PIECE];
        try (InputStream in = subscriber.getInputStream()) {
            for (int count = in.read(piece); count > 0; count = in.read(piece)) take(piece, count);
        } catch (IOException closed) {
            // the end
        }
    }

    private void take(byte[] piece, int count) {
        int end = position + count;
        if (end > expected.length || !Arrays.equals(piece, 0, count, expected, position, end)) {
            complete.completeExceptionally(
                    new IllegalStateException("other bytes than written, from " + position + " on"));
            return;
        }
        position = end;
        if (end < expected.length) return;
        position = 0;
        complete.complete(System.nanoTime());
    }

    /** When the last byte of one whole content came. */
    long awaitAll() throws InterruptedException {
        try {
            long at = complete.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            complete = new CompletableFuture<>();
            return at;
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("at byte " + position + " of " + expected.length, e);
        }
    }

    @Override
    public void close() {
        subscriber.destroyForcibly();
        subscriber.onExit().join();
    }
}
