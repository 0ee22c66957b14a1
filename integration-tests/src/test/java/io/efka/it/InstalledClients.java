package io.efka.it;

import io.efka.fixtures.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The real {@code mosquitto_pub}, {@code mosquitto_sub} and {@code mosquitto_rr}, run as a person runs them. */
record InstalledClients(int port) implements MosquittoClients {
    @Override
    public void publishNothing(String topic) {
        run("mosquitto_pub", "-t", topic, "-n");
    }

    @Override
    public void publishFile(String topic, Path file) {
        run("mosquitto_pub", "-t", topic, "-f", file.toString());
    }

    @Override
    public void publishAsOldClient(String topic, String message) {
        run("mosquitto_pub", "-V", "mqttv311", "-q", "1", "-t", topic, "-m", message);
    }

    @Override
    public String request(String topic, String message) {
        List<String> request = new ArrayList<>(List.of("-t", topic, "-e", "rr/replies", "-W", "20"));
        request.addAll(message.isEmpty() ? List.of("-n") : List.of("-m", message));
        return run("mosquitto_rr", request.toArray(String[]::new));
    }

    private String run(String program, String... arguments) {
        var command = new ArrayList<String>(List.of(program, "-p", String.valueOf(port)));
        command.addAll(List.of(arguments));
        return Shell.run(command).ok();
    }

    @Override
    public Tail tail(String topic) {
        return new Printed(port, topic);
    }

    /** A running {@code mosquitto_sub}, its stdout in a file. */
    private static final class Printed implements Tail {
        private final Path folder = Folders.create("tail");
        private final Path out = folder.resolve("out");
        private final Process process;

        Printed(int port, String topic) {
            Path log = folder.resolve("log");
            try {
                process = new ProcessBuilder("mosquitto_sub", "-p", String.valueOf(port), "-N", "-t", topic)
                        .redirectOutput(out.toFile())
                        .redirectError(log.toFile())
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public byte[] bytes() {
            try {
                return Files.readAllBytes(out);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            process.destroy();
            process.onExit()
                    .orTimeout(Duration.ofSeconds(10).toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
                    .join();
            Folders.delete(folder);
        }
    }
}
