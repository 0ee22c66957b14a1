package io.efka.agent.process.tree;

import io.efka.agent.process.proc.ElfFile;
import io.efka.agent.process.proc.LaunchRefused;
import io.efka.agent.process.proc.ProcFiles;
import io.efka.agent.process.proc.SystemTools;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Checks a program before it is started, to explain in one sentence why it cannot be. */
final class Preflight {
    private Preflight() {}

    /**
     * Finds the program.
     *
     * @param exec absolute, or relative to {@code workDir}
     */
    static Path program(String exec, Path workDir) throws LaunchRefused {
        if (!Files.isDirectory(workDir)) throw new LaunchRefused("work directory " + workDir + " does not exist");
        Path program = resolve(exec, workDir);
        if (!Files.exists(program)) throw new LaunchRefused(missing(exec, program));
        if (Files.isDirectory(program)) {
            throw new LaunchRefused("exec \"" + exec + "\" is a directory: " + program);
        }
        // Reading from a FIFO would block.
        if (!Files.isRegularFile(program)) {
            throw new LaunchRefused("exec \"" + exec + "\" is not a regular file: " + program);
        }
        if (!Files.isExecutable(program)) throw new LaunchRefused(notExecutable(exec, program));
        requireInterpreter(exec, program);
        requireMachine(exec, program);
        requireLoader(exec, program);
        return program;
    }

    private static Path resolve(String exec, Path workDir) throws LaunchRefused {
        try {
            return workDir.resolve(exec).normalize();
        } catch (InvalidPathException unusable) {
            throw new LaunchRefused("exec \"" + exec + "\" cannot be a file name: " + unusable.getReason());
        }
    }

    private static String missing(String exec, Path program) {
        String hint = exec.contains("/")
                ? ""
                : SystemTools.find(exec)
                        .map(found -> "; did you mean " + found + "?")
                        .orElse("");
        return "exec \"" + exec + "\" does not exist: no file " + program + hint;
    }

    /** The kernel refuses for one of two reasons; {@code chmod} helps against only one of them. */
    private static String notExecutable(String exec, Path program) {
        boolean mayBeExecuted = hasExecuteBit(program);
        Optional<Path> mount = mayBeExecuted ? Mounts.read().noexecMountOf(program) : Optional.empty();
        return mount.map(point -> "exec \"" + exec + "\" is on " + point
                        + ", which is mounted noexec: mount it without noexec, or move the program")
                .orElse("exec \"" + exec + "\" is not executable: chmod +x " + program);
    }

    private static boolean hasExecuteBit(Path program) {
        try {
            return Files.getPosixFilePermissions(program).stream()
                    .anyMatch(bit -> bit.name().endsWith("_EXECUTE"));
        } catch (IOException | UnsupportedOperationException unreadable) {
            return false;
        }
    }

    /** The agent's own program shows what runs here; where an emulator is registered, anything may. */
    private static void requireMachine(String exec, Path program) throws LaunchRefused {
        Optional<ElfFile.Machine> made = ElfFile.machineOf(program);
        Optional<ElfFile.Machine> here = ElfFile.machineOf(Path.of("/proc/self/exe"));
        if (made.isEmpty() || here.isEmpty() || here.get().mayRun(made.get()) || hasEmulators()) return;
        throw new LaunchRefused("exec \"" + exec + "\" is made for another processor than this device's ("
                + System.getProperty("os.arch") + ")");
    }

    /** {@code binfmt_misc}: the names of the emulators that Debian and Docker register. */
    private static boolean hasEmulators() {
        try (Stream<Path> entries = Files.list(Path.of("/proc/sys/fs/binfmt_misc"))) {
            return entries.map(entry -> String.valueOf(entry.getFileName())).anyMatch(name -> name.startsWith("qemu-"));
        } catch (IOException | UncheckedIOException none) {
            return false;
        }
    }

    /** If the loader is missing, the kernel answers "not found", although the program exists. */
    private static void requireLoader(String exec, Path program) throws LaunchRefused {
        Optional<String> loader = ElfFile.loaderOf(program);
        if (loader.isEmpty() || Files.exists(program.resolveSibling(loader.get()))) return;
        throw new LaunchRefused("exec \"" + exec + "\" needs the loader " + loader.get()
                + ", which is not on this device: it was built for another system (C library or processor)");
    }

    private static void requireInterpreter(String exec, Path program) throws LaunchRefused {
        String line = interpreterLine(program);
        if (line.isEmpty()) return;
        String interpreter = line.split("[ \t]", 2)[0];
        if (interpreter.endsWith("\r")) {
            throw new LaunchRefused("exec \"" + exec + "\" has Windows line ends: its interpreter would be \""
                    + interpreter.strip() + "\\r\"");
        }
        Path file = program.resolveSibling(interpreter);
        if (!Files.isExecutable(file) || Files.isDirectory(file)) {
            throw new LaunchRefused(
                    "exec \"" + exec + "\" asks for the interpreter \"" + interpreter + "\", which cannot be executed");
        }
    }

    /** The text after {@code #!}; empty for other programs and for those that cannot be read. */
    private static String interpreterLine(Path program) {
        try (InputStream in = Files.newInputStream(program)) {
            // 256: Linux reads as many (BINPRM_BUF_SIZE)
            String head = new String(in.readNBytes(256), StandardCharsets.ISO_8859_1);
            if (!head.startsWith("#!")) return "";
            int end = head.indexOf('\n');
            return head.substring(2, end < 0 ? head.length() : end).replaceFirst("^[ \t]+", "");
        } catch (IOException unreadable) {
            return "";
        }
    }

    /** The mount points that the agent sees, with their options: {@code /proc/self/mountinfo}, proc(5). */
    record Mounts(String mountinfo) {

        /** The current ones; none if the file cannot be read. */
        static Mounts read() {
            return new Mounts(ProcFiles.read(Path.of("/proc/self/mountinfo")).orElse(""));
        }

        /** The mount point that contains {@code file}, if programs on it cannot be executed. */
        Optional<Path> noexecMountOf(Path file) {
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

        /** Spaces and the like are octal numbers in the file. */
        private static String unescaped(String field) {
            return field.replace("\\040", " ")
                    .replace("\\011", "\t")
                    .replace("\\012", "\n")
                    .replace("\\134", "\\");
        }
    }
}
