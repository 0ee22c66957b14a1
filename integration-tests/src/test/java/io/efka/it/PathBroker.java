package io.efka.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The {@code mosquitto} on the PATH, as a process of its own with a folder of its own. */
final class PathBroker implements TestBroker {
    private final int port = Brokers.freePort();
    private final Path folder;
    private Optional<Process> process = Optional.empty();

    PathBroker() {
        try {
            folder = Files.createTempDirectory("efka-broker");
            // Run as root it would give up its rights, and then may not write here.
            String user = System.getProperty("user.name").equals("root") ? "user root\n" : "";
            Files.writeString(
                    folder.resolve("mosquitto.conf"),
                    user + MosquittoConf.with("listener " + port + " 127.0.0.1", folder.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void start() {
        try {
            process = Optional.of(new ProcessBuilder("mosquitto", "-c", folder + "/mosquitto.conf")
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Await.until("mosquitto listens on " + port, Duration.ofSeconds(10), this::listens);
    }

    private boolean listens() {
        try (var socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void kill() {
        process.ifPresent(p -> p.destroyForcibly().onExit().join());
        process = Optional.empty();
    }

    @Override
    public void startEmpty() {
        try {
            Files.deleteIfExists(folder.resolve("mosquitto.db"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start();
    }

    @Override
    public void pause() {
        signal("-STOP");
    }

    @Override
    public void resume() {
        signal("-CONT");
    }

    private void signal(String signal) {
        process.ifPresent(p -> Shell.run("kill", signal, String.valueOf(p.pid())));
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String describe() {
        return "mosquitto on the PATH, port " + port;
    }

    @Override
    public void close() {
        kill();
        Folders.delete(folder);
    }
}
