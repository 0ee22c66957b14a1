package io.efka.agent.process.tree;

import io.efka.agent.process.proc.ElfFile;
import io.efka.agent.process.proc.LaunchRefused;
import io.efka.agent.process.proc.Mounts;
import io.efka.agent.process.proc.SystemTools;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Looks at a program before it is started, to say in one sentence why it could not be. */
final class Preflight {
    private Preflight() {}

    /**
     * Where the program is.
     *
     * @param exec relative to {@code workDir} or absolute
     */
    static Path program(String exec, Path workDir) throws LaunchRefused {
        if (!Files.isDirectory(workDir)) throw new LaunchRefused("work directory " + workDir + " does not exist");
        Path program = resolve(exec, workDir);
        if (!Files.exists(program)) throw new LaunchRefused(missing(exec, program));
        if (Files.isDirectory(program)) {
            throw new LaunchRefused("exec \"" + exec + "\" is a directory: " + program);
        }
        // A FIFO would block whoever looks into it.
        if (!Files.isRegularFile(program)) {
            throw new LaunchRefused("exec \"" + exec + "\" is no regular file: " + program);
        }
        if (!Files.isExecutable(program)) throw new LaunchRefused(notExecutable(exec, program));
        requireInterpreter(exec, program);
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

    /** The kernel refuses for two reasons; {@code chmod} cures only one of them. */
    private static String notExecutable(String exec, Path program) {
        boolean mayBeExecuted = hasExecuteBit(program);
        Optional<Path> mount = mayBeExecuted ? Mounts.read().noexecMountOf(program) : Optional.empty();
        return mount.map(point -> "exec \"" + exec + "\" is on " + point
                        + ", which is mounted noexec: mount it without, or keep the program elsewhere")
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

    /** Without its loader a program that is there is answered "not found" by the kernel, which helps nobody. */
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

    /** What follows {@code #!}; empty for other programs and for those that may not be read. */
    private static String interpreterLine(Path program) {
        try (InputStream in = Files.newInputStream(program)) {
            // 256: what Linux looks at (BINPRM_BUF_SIZE)
            String head = new String(in.readNBytes(256), StandardCharsets.ISO_8859_1);
            if (!head.startsWith("#!")) return "";
            int end = head.indexOf('\n');
            return head.substring(2, end < 0 ? head.length() : end).replaceFirst("^[ \t]+", "");
        } catch (IOException unreadable) {
            return "";
        }
    }
}
