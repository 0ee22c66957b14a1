package io.efka.agent.main;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Defaults that depend on the machine.
 *
 * @param home of the user; relative if the user has none
 * @param container whether Docker or Podman made a container for this process
 */
record MachineDefaults(String hostName, boolean root, Path home, boolean container, Map<String, String> environment) {
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    /** Docker's mark and Podman's. */
    private static final List<Path> CONTAINER_MARKS = List.of(Path.of("/.dockerenv"), Path.of("/run/.containerenv"));

    MachineDefaults {
        environment = Map.copyOf(environment);
    }

    static MachineDefaults here() {
        boolean root = System.getProperty("user.name", "").equals("root");
        Path home = Path.of(System.getProperty("user.home", ""));
        boolean container = CONTAINER_MARKS.stream().anyMatch(Files::exists);
        return new MachineDefaults(readHostName(), root, home, container, System.getenv());
    }

    /**
     * Whether the host name is the beginning of the container's id, as it is unless somebody names the container: another
     * one for every container.
     */
    boolean isHostNameMadeUp() {
        return container && hostName.matches("[0-9a-f]{12}");
    }

    /** The default data folder: the user can write there, and packages would use it. */
    Path dataFolder() {
        return root
                ? Path.of("/var/lib/efka")
                : home.resolve(".local/share/efka").toAbsolutePath();
    }

    /** From the kernel, not from {@code InetAddress}, which may wait for a name server. */
    private static String readHostName() {
        try {
            return Files.readString(HOST_NAME).strip();
        } catch (IOException e) {
            return System.getenv().getOrDefault("HOSTNAME", "localhost");
        }
    }
}
