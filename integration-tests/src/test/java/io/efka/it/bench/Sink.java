package io.efka.it.bench;

import io.efka.it.TestBroker;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.paho.mqttv5.common.MqttMessage;

/** A subscriber at QoS 1 that compares every byte with what must come, again and again. */
final class Sink implements AutoCloseable {
    private static final long LIMIT_SECONDS = 60;

    private final byte[] expected;
    private final boolean isLinePerMessage;
    private final Mqtt mqtt;

    // Confined to the client's thread but for the future, which is set before anything is sent.
    private volatile CompletableFuture<Long> complete = new CompletableFuture<>();
    private int position;

    private Sink(TestBroker broker, String topic, byte[] expected, boolean isLinePerMessage) {
        this.expected = expected;
        this.isLinePerMessage = isLinePerMessage;
        this.mqtt = new Mqtt(broker, this::arrived);
        mqtt.subscribe(topic);
    }

    static Sink ofBytes(TestBroker broker, String topic, byte[] expected) {
        return new Sink(broker, topic, expected, false);
    }

    /** For publishers that send a line a message and without its newline. */
    static Sink ofLines(TestBroker broker, String topic, byte[] expected) {
        return new Sink(broker, topic, expected, true);
    }

    private void arrived(String topic, MqttMessage message) {
        byte[] payload = message.getPayload();
        int end = position + payload.length;
        if (end > expected.length || !Arrays.equals(payload, 0, payload.length, expected, position, end)) {
            complete.completeExceptionally(
                    new IllegalStateException(topic + ": other bytes than written, from " + position + " on"));
            return;
        }
        position = isLinePerMessage ? end + 1 : end;
        if (position < expected.length) return;
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
        mqtt.close();
    }
}
