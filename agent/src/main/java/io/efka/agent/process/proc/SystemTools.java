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
 * Finds the machine's tools, and runs them: by absolute path whatever a service's environment says, with a time limit, and
 * without the agent's secrets.
 */
public final class SystemTools {
    public static final Path SHELL = Path.of("/bin/sh");

    private static final Duration PAUSE = Duration.ofMillis(2);
    /** An answer is a line or two. */
    private static final int MAX_BYTES = 64 * 1024;

    private SystemTools() {}

    /** Where a program is, in {@code PATH} and in the usual folders. */
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

    /** Empty for what cannot be a file's name in the agent's locale, as a folder with an umlaut in the C locale. */
    public static Optional<Path> path(String name) {
        try {
            return Optional.of(Path.of(name));
        } catch (InvalidPathException unusable) {
            return Optional.empty();
        }
    }

    /** Starts it; stderr comes with stdout. */
    public static Process start(List<String> words) throws IOException {
        var builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().keySet().removeIf(EfkaVariables::isReserved);
        builder.environment().put("LC_ALL", "C");
        return ChildProcess.start(builder);
    }

    /**
     * Runs it to its end.
     *
     * @return what it wrote
     * @throws IOException if it cannot be started, fails, or takes longer; it is killed then
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
     * Reads what a process writes, until it is enough or the process has ended. Looks again and again, as no read of a
     * pipe can be given up in Java.
     *
     * @throws IOException if neither is so in time, or within 64 KiB
     */
    public static String read(Process process, Duration limit, Predicate<String> enough) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        var text = new StringBuilder();
        InputStream out = process.getInputStream();
        while (!enough.test(text.toString())) {
            boolean ended = !process.isAlive(); // asked first: what it wrote before its end is there then
            int available = Math.min(out.available(), MAX_BYTES);
            if (available > 0) {
                text.append(new String(out.readNBytes(available), StandardCharsets.UTF_8));
                if (text.length() > MAX_BYTES) throw new IOException("an answer of more than " + MAX_BYTES + " bytes");
            } else if (ended) {
                return text.toString();
            } else if (System.nanoTime() - deadline > 0) {
                throw new IOException("no answer within " + limit.toMillis() + " ms");
            } else {
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
        return text.toString();
    }
}
