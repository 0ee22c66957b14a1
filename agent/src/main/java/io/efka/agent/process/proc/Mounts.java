package io.efka.agent.process.proc;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The mount points that the agent sees, and their options: {@code /proc/self/mountinfo}, proc(5). */
public record Mounts(String mountinfo) {

    /** As they are now; none when the file cannot be read. */
    public static Mounts read() {
        return new Mounts(ProcFiles.read(Path.of("/proc/self/mountinfo")).orElse(""));
    }

    /** The mount point that holds {@code file}, if programs on it may not be executed. */
    public Optional<Path> noexecMountOf(Path file) {
        Path best = Path.of("/");
        boolean noexec = false;
        for (String line : mountinfo.split("\n")) {
            // number, parent, device, root, mount point, options
            String[] fields = line.split(" ");
            if (fields.length < 6) continue;
            Optional<Path> point = SystemTools.path(unescaped(fields[4])).filter(file::startsWith);
            // A later mount on the same point hides the earlier one.
            if (point.isEmpty() || point.get().getNameCount() < best.getNameCount()) continue;
            best = point.get();
            noexec = List.of(fields[5].split(",")).contains("noexec");
        }
        return noexec ? Optional.of(best) : Optional.empty();
    }

    /** Blanks and the like stand there as octal numbers. */
    private static String unescaped(String field) {
        return field.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
