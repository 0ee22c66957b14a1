package io.efka.agent.telemetry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The machine and the JVM that the agent runs on.
 *
 * @param os name, version and architecture, such as {@code Linux 6.1.0 amd64}
 * @param java version of the virtual machine
 * @param bootAt when the machine was booted, by its clock; empty if that cannot be read
 */
public record MachineFacts(String host, String os, String java, Optional<Instant> bootAt) {

    /**
     * Reads the facts of this machine.
     *
     * @param proc {@code /proc}
     */
    public static MachineFacts read(Path proc) {
        String os = String.join(
                " ",
                System.getProperty("os.name", "unknown"),
                System.getProperty("os.version", "unknown"),
                System.getProperty("os.arch", "unknown"));
        return new MachineFacts(host(proc), os, System.getProperty("java.version", "unknown"), boot(proc));
    }

    private static String host(Path proc) {
        try {
            return Files.readString(proc.resolve("sys/kernel/hostname")).strip();
        } catch (IOException unreadable) {
            return "unknown";
        }
    }

    private static Optional<Instant> boot(Path proc) {
        try (Stream<String> lines = Files.lines(proc.resolve("stat"))) {
            return lines.filter(line -> line.matches("btime \\d{1,12}"))
                    .map(line -> Instant.ofEpochSecond(Long.parseLong(line.substring("btime ".length()))))
                    .findFirst();
        } catch (IOException | UncheckedIOException unreadable) {
            return Optional.empty();
        }
    }
}
