package io.efka.it;

import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The {@code mosquitto} on the PATH, as a process of its own with a folder of its own. */
final class PathBroker implements TestBroker {
    private final Path folder;
    private final int port;
    private Optional<Process> process = Optional.empty();

    private PathBroker(Path folder, int port, String conf) {
        this.folder = folder;
        this.port = port;
        // Run as root it would give up its rights, and then may not write here.
        String user = System.getProperty("user.name").equals("root") ? "user root\n" : "";
        try {
            Files.writeString(folder.resolve("mosquitto.conf"), user + conf);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With the settings that {@code docker/mosquitto} ships. */
    static PathBroker shipped() {
        return of(MosquittoConf.shipped("mosquitto.conf").savedAtOnce());
    }

    /** With these settings, on a free port, for clients that need no TLS; what it keeps is in its own folder. */
    static PathBroker of(MosquittoConf conf) {
        Path folder = Folders.create("broker");
        int port = Brokers.freePort();
        MosquittoConf here = conf.without("certfile")
                .without("keyfile")
                .without("protocol") // that of the listener for browsers, which goes as well
                .with("persistence_location", folder + "/")
                .with("listener", port + " 127.0.0.1");
        return new PathBroker(folder, port, here.text());
    }

    /** As it comes, all in memory, but for what a test adds. */
    static PathBroker stock(List<String> settings) {
        int port = Brokers.freePort();
        String more = String.join("\n", settings);
        return new PathBroker(
                Folders.create("broker"), port, listener(port) + "\nallow_anonymous true\n" + more + "\n");
    }

    private static String listener(int port) {
        return "listener " + port + " 127.0.0.1";
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
        Await.until(() -> "mosquitto listens on " + port + ":\n" + log(), Duration.ofSeconds(10), this::listens);
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            return e.toString();
        }
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
