package io.efka.it;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** Does over Paho what Mosquitto's clients do, where they are not installed. */
record StandInClients(String uri) implements MosquittoClients {
    @Override
    public void publishNothing(String topic) {
        publish(topic, new byte[0]);
    }

    @Override
    public void publishFile(String topic, Path file) {
        try {
            publish(topic, Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void publishAsOldClient(String topic, String message) {
        publish(topic, message.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private void publish(String topic, byte[] payload) {
        try (var client = new Watcher(uri)) {
            client.publish(topic, payload, false, new MqttProperties());
        }
    }

    @Override
    public String request(String topic, String message) {
        try (var client = new Watcher(uri)) {
            return client.ask(topic, message).toString();
        }
    }

    @Override
    public Tail tail(String topic) {
        return new Heard(new Watcher(uri, topic));
    }

    private record Heard(Watcher watcher) implements Tail {
        @Override
        public byte[] bytes() {
            var bytes = new ByteArrayOutputStream();
            watcher.all().forEach(message -> bytes.writeBytes(message.payload()));
            return bytes.toByteArray();
        }

        @Override
        public void close() {
            watcher.close();
        }
    }
}
