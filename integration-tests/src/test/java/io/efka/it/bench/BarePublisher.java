package io.efka.it.bench;

import io.efka.it.TestBroker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/**
 * The least that can publish a file, also one that grows meanwhile: Paho, payloads of 64 KiB, in a JVM of its own with the
 * agent's flags.
 */
final class BarePublisher implements AutoCloseable {
    private static final int PAYLOAD = 64 * 1024;
    /** More in flight is not faster and does not fit into the heap. */
    private static final int WINDOW = 100;

    private static final long NOTHING_NEW_NANOS = 200_000;

    private final Process process;
    private final String topic;

    private BarePublisher(Process process, String topic) {
        this.process = process;
        this.topic = topic;
    }

    /** @param length bytes that the file has, or will have */
    static BarePublisher start(TestBroker broker, Path file, long length) throws IOException {
        String topic = "bare/" + UUID.randomUUID();
        Process process =
                BareJvm.start(BarePublisher.class, broker.uri(), topic, file.toString(), Long.toString(length));
        return new BarePublisher(process, topic);
    }

    String topic() {
        return topic;
    }

    /** Publishes the whole file; does not wait. */
    void publish() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** The publisher's own process: URI of the broker, topic, file, its length. */
    public static void main(String[] arguments) throws Exception {
        var mqtt = new Mqtt(arguments[0], (topic, message) -> {});
        BareJvm.sayReady();
        while (System.in.read() >= 0) {
            send(mqtt, arguments[1], Path.of(arguments[2]), Long.parseLong(arguments[3]));
        }
        System.exit(0);
    }

    private static void send(Mqtt mqtt, String topic, Path file, long length) throws IOException, InterruptedException {
        var window = new Semaphore(WINDOW);
        try (InputStream in = Files.newInputStream(file)) {
            for (long left = length; left > 0; ) {
                byte[] next = in.readNBytes(PAYLOAD);
                left -= next.length;
                if (next.length == 0) {
                    LockSupport.parkNanos(NOTHING_NEW_NANOS);
                    continue;
                }
                window.acquire();
                mqtt.publish(topic, next, new MqttProperties(), new Freeing(window));
            }
        }
    }

    private record Freeing(Semaphore window) implements MqttActionListener {
        @Override
        public void onSuccess(IMqttToken token) {
            window.release();
        }

        @Override
        public void onFailure(IMqttToken token, Throwable problem) {
            problem.printStackTrace();
        }
    }
}
