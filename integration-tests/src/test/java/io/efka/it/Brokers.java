package io.efka.it;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.testcontainers.DockerClientFactory;

/**
 * Finds a real broker for the suites: Mosquitto in a container where there is a Docker daemon, else the {@code mosquitto}
 * on the PATH, else the embedded one. {@code -Defka.docker=required} makes the first mandatory,
 * {@code -Defka.broker=docker|path|embedded} chooses.
 */
public final class Brokers {
    private static final int FIRST_PORT = 20_000;
    /** Of Linux, unless it was told otherwise. */
    private static final int FIRST_EPHEMERAL_PORT = 32_768;

    private static boolean said;

    private Brokers() {}

    /** Starts a broker on a free port; says on stdout, once, which kind it is. */
    public static synchronized TestBroker start() {
        TestBroker broker = choose();
        broker.start();
        if (!said) System.out.println("[broker] " + broker.describe());
        said = true;
        return broker;
    }

    /**
     * Starts the machine's own Mosquitto as it comes, but for some lines of {@code mosquitto.conf}; where there is none,
     * any broker, and says so.
     */
    public static TestBroker stock(String... settings) {
        if (!hasMosquitto()) {
            System.out.println(
                    "[broker] no mosquitto on the PATH: another broker stands in, without " + List.of(settings));
            return start();
        }
        var broker = PathBroker.stock(List.of(settings));
        broker.start();
        return broker;
    }

    /** Whether there is a Mosquitto on the PATH that may be used. */
    public static boolean hasMosquitto() {
        return isOnPath("mosquitto") && !"embedded".equals(System.getProperty("efka.broker"));
    }

    private static TestBroker choose() {
        boolean required = "required".equals(System.getProperty("efka.docker"));
        String wanted = System.getProperty("efka.broker", required ? "docker" : "any");
        return switch (wanted) {
            case "docker" -> new ContainerBroker();
            case "path" -> PathBroker.shipped();
            case "embedded" -> new EmbeddedTestBroker();
            case "any" -> {
                if (hasDocker()) yield new ContainerBroker();
                yield hasMosquitto() ? PathBroker.shipped() : new EmbeddedTestBroker();
            }
            default ->
                throw new IllegalArgumentException(
                        "bad -Defka.broker=" + wanted + ": must be docker, path or embedded");
        };
    }

    /** Whether a Docker daemon answers; asked once, and quickly answered where there is none. */
    static boolean hasDocker() {
        if (!Files.exists(Path.of("/var/run/docker.sock")) && System.getenv("DOCKER_HOST") == null) return false;
        return DockerClientFactory.instance().isDockerAvailable();
    }

    static boolean isOnPath(String program) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /**
     * A port that nobody listens on now. Outgoing connections never get one from this range, so a broker that was away
     * finds it free again.
     */
    public static int freePort() {
        for (int tries = 0; tries < 100; tries++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, FIRST_EPHEMERAL_PORT);
            try (var socket = new ServerSocket(port)) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                // The next one.
            }
        }
        throw new IllegalStateException("no free port from " + FIRST_PORT + " to " + (FIRST_EPHEMERAL_PORT - 1));
    }
}
