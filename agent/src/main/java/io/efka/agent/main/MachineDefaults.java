package io.efka.agent.main;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Defaults that depend on the machine.
 *
 * @param home of the user; relative if the user has none
 */
record MachineDefaults(String hostName, boolean root, Path home, Map<String, String> environment) {
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    MachineDefaults {
        environment = Map.copyOf(environment);
    }

    static MachineDefaults here() {
        boolean root = System.getProperty("user.name", "").equals("root");
        Path home = Path.of(System.getProperty("user.home", ""));
        return new MachineDefaults(readHostName(), root, home, System.getenv());
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
