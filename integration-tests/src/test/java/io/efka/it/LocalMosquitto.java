package io.efka.it;

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

    private LocalMosquitto(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts a broker that keeps everything in memory.
     *
     * @param folder for its configuration and its log
     * @param settings further lines of {@code mosquitto.conf}
     */
    public static LocalMosquitto start(Path folder, String... settings) throws IOException {
        int port = freePort();
        var configuration = new ArrayList<String>(List.of("listener " + port + " 127.0.0.1", "allow_anonymous true"));
        configuration.addAll(List.of(settings));
        Path file = Files.write(folder.resolve("mosquitto-" + port + ".conf"), configuration);
        Process process = new ProcessBuilder("mosquitto", "-c", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("mosquitto-" + port + ".log").toFile())
                .start();
        var broker = new LocalMosquitto(process, port);
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
                    throw new IOException("mosquitto does not listen on port " + port, e);
                }
                Thread.onSpinWait();
            }
        }
    }

    private static int freePort() throws IOException {
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
