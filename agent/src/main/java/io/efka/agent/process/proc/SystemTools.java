package io.efka.agent.process.proc;

import io.efka.protocol.EfkaVariables;
import io.efka.threads.ChildProcess;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * Finds and runs the machine's tools: by absolute path, whatever a service's environment contains, with a time limit,
 * and without the agent's secrets.
 */
public final class SystemTools {
    public static final Path SHELL = Path.of("/bin/sh");

    private static final Duration POLL_PAUSE = Duration.ofMillis(2);
    /** An output is usually a line or two. */
    private static final int MAX_BYTES = 64 * 1024;

    private SystemTools() {}

    /** Searches the usual folders and {@code PATH} for a program. */
    public static Optional<Path> find(String name) {
        var folders = new ArrayList<>(List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"));
        String path = System.getenv("PATH");
        if (path != null) folders.addAll(List.of(path.split(File.pathSeparator)));
        return folders.stream()
                .filter(folder -> folder.startsWith("/"))
                .map(folder -> new File(folder, name).toString())
                .flatMap(file -> path(file).stream())
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    /** Empty if the agent's locale cannot represent the name, as an umlaut in the C locale. */
    public static Optional<Path> path(String name) {
        try {
            return Optional.of(Path.of(name));
        } catch (InvalidPathException unusable) {
            return Optional.empty();
        }
    }

    /** Starts a command; its stderr is merged into its stdout. */
    public static Process start(List<String> words) throws IOException {
        var builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().keySet().removeIf(EfkaVariables::isReserved);
        builder.environment().put("LC_ALL", "C");
        return ChildProcess.start(builder);
    }

    /**
     * Runs a command to its end.
     *
     * @return its output
     * @throws IOException if it cannot be started, fails, or exceeds the limit, in which case it is killed
     */
    public static String output(List<String> words, Duration limit) throws IOException {
        Process process = start(words);
        try {
            String output = read(process, limit, text -> false);
            if (process.exitValue() != 0) throw new IOException(words.get(0) + ": " + output.strip());
            return output;
        } finally {
            process.destroyForcibly();
        }
    }

    /**
     * Reads the output of a process until it is enough or the process has ended. It polls, because Java cannot cancel a
     * read from a pipe.
     *
     * @throws IOException if neither happens in time, or within 64 KiB
     */
    public static String read(Process process, Duration limit, Predicate<String> enough) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        var text = new StringBuilder();
        InputStream out = process.getInputStream();
        while (!enough.test(text.toString())) {
            boolean ended = !process.isAlive(); // checked first: after its end, all of its output is available
            int available = Math.min(out.available(), MAX_BYTES);
            if (available > 0) {
                text.append(new String(out.readNBytes(available), StandardCharsets.UTF_8));
                if (text.length() > MAX_BYTES) throw new IOException("an answer of more than " + MAX_BYTES + " bytes");
            } else if (ended) {
                return text.toString();
            } else if (System.nanoTime() - deadline > 0) {
                throw new IOException("no answer within " + limit.toMillis() + " ms");
            } else {
                LockSupport.parkNanos(POLL_PAUSE.toNanos());
            }
        }
        return text.toString();
    }
}
