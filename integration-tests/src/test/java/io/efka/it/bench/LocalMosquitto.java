package io.efka.it.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The machine's own {@code mosquitto} on a free port, with its default settings but for what a test adds. */
public final class LocalMosquitto implements AutoCloseable {
    private final Process process;
    private final int port;
    private final Path log;

    private LocalMosquitto(Process process, int port, Path log) {
        this.process = process;
        this.port = port;
        this.log = log;
    }

    /**
     * Starts a broker that keeps everything in memory.
     *
     * @param folder for its configuration and its log
     * @param settings further lines of {@code mosquitto.conf}
     */
    public static LocalMosquitto start(Path folder, String... settings) throws IOException {
        int port = freePort();
        // Without a user of its own it could not read a test's files when root starts it.
        String user = "user " + System.getProperty("user.name");
        var configuration =
                new ArrayList<String>(List.of(user, "listener " + port + " 127.0.0.1", "allow_anonymous true"));
        configuration.addAll(List.of(settings));
        Path file = Files.write(folder.resolve("mosquitto-" + port + ".conf"), configuration);
        Path log = folder.resolve("mosquitto-" + port + ".log");
        Process process = new ProcessBuilder("mosquitto", "-c", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        var broker = new LocalMosquitto(process, port, log);
        broker.awaitListening();
        return broker;
    }

    public int port() {
        return port;
    }

    public URI uri() {
        return URI.create("tcp://127.0.0.1:" + port);
    }

    private void awaitListening() throws IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (true) {
            try (Socket probe = new Socket()) {
                probe.connect(new InetSocketAddress("127.0.0.1", port), 500);
                return;
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException(
                            "mosquitto does not listen on port " + port + ": " + Files.readString(log), e);
                }
                Thread.onSpinWait();
            }
        }
    }

    /** A port that nobody listens on at this moment. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
