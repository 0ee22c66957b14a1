package io.efka.it.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the processes of one device's services in {@code /proc}, without asking the agent. */
final class ServiceProcesses {
    private final Path proc;
    private final String device;

    /** @param proc {@code /proc} */
    ServiceProcesses(Path proc, String device) {
        this.proc = proc;
        this.device = device;
    }

    /**
     * A living process of a service.
     *
     * @param startTicks tells it from a later one with the same pid
     * @param isMain whether it is a script that leads a session: a service's main process, and none of its children
     */
    record Seen(long pid, String service, String run, long startTicks, boolean isMain) {}

    List<Seen> find() {
        var seen = new ArrayList<Seen>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path one : all) examine(one).ifPresent(seen::add);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return seen;
    }

    /** Whether that very process is alive at this moment. */
    boolean isAlive(Seen process) {
        return examine(proc.resolve(Long.toString(process.pid())))
                .filter(now -> now.startTicks() == process.startTicks())
                .isPresent();
    }

    private Optional<Seen> examine(Path folder) {
        try {
            String environment = Files.readString(folder.resolve("environ"), StandardCharsets.ISO_8859_1);
            if (!environment.contains("EFKA_DEVICE=" + device + "\0")) return Optional.empty();
            String stat = Files.readString(folder.resolve("stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            if (fields[0].equals("Z") || fields[0].equals("X")) return Optional.empty();
            long pid = Long.parseLong(folder.getFileName().toString());
            return Optional.of(new Seen(
                    pid,
                    variable(environment, "EFKA_SERVICE"),
                    variable(environment, "EFKA_RUN"),
                    Long.parseLong(fields[19]),
                    Long.parseLong(fields[3]) == pid && isScript(folder)));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private static boolean isScript(Path folder) throws IOException {
        return Files.readString(folder.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                .startsWith("/bin/sh\0");
    }

    private static String variable(String environment, String name) {
        for (String variable : environment.split("\0")) {
            if (variable.startsWith(name + "=")) return variable.substring(name.length() + 1);
        }
        return "";
    }
}
