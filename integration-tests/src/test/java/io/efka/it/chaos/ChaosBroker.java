package io.efka.it.chaos;

import io.efka.fixtures.Await;
import io.efka.it.Brokers;
import io.efka.it.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Mosquitto as a fleet runs it: what it has accepted is on disk when it is stopped. Killed, it loses what it has not saved
 * yet, a second's worth at most; the observer counts that apart.
 */
final class ChaosBroker implements AutoCloseable {
    private final int port = Brokers.freePort();
    private final Path folder;
    private Process process;

    ChaosBroker(Path folder) {
        this.folder = folder;
        String settings = String.join(
                "\n",
                "user " + System.getProperty("user.name"),
                "listener " + port + " 127.0.0.1",
                "allow_anonymous true",
                "set_tcp_nodelay true",
                "max_topic_alias 0",
                "max_inflight_messages 1000",
                "max_queued_messages 0",
                "persistence true",
                "persistence_location " + folder + "/",
                "autosave_interval 1",
                "log_type error",
                "log_type warning",
                "");
        try {
            Files.writeString(folder.resolve("mosquitto.conf"), settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        process = launch();
    }

    int port() {
        return port;
    }

    String uri() {
        return "tcp://127.0.0.1:" + port;
    }

    void start() {
        process = launch();
    }

    private Process launch() {
        try {
            Process started = new ProcessBuilder("mosquitto", "-c", folder + "/mosquitto.conf")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("mosquitto.log").toFile()))
                    .start();
            Await.until("mosquitto listens on " + port, Duration.ofSeconds(20), this::listens);
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean listens() {
        try (var socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends it after it has saved everything. */
    void stop() {
        process.destroy();
        awaitEnd();
    }

    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Takes away all that it has saved: sessions, and what is retained. It must not run. */
    void forget() {
        try {
            Files.deleteIfExists(folder.resolve("mosquitto.db"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) throw new AssertionError("mosquitto did not end within 20 s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    void pause() {
        Shell.run("kill", "-STOP", Long.toString(process.pid()));
    }

    void resume() {
        Shell.run("kill", "-CONT", Long.toString(process.pid()));
    }

    @Override
    public void close() {
        if (process.isAlive()) kill();
    }
}
