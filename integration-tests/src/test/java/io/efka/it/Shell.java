package io.efka.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end, as a person at a prompt would. */
public final class Shell {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private Shell() {}

    /** What a program printed, and how it ended. */
    public record Result(int code, String out, String err) {
        /** The output of a program that ended well. */
        public String ok() {
            if (code != 0) throw new AssertionError("exit code " + code + "\n" + out + "\n" + err);
            return out;
        }
    }

    public static Result run(String... command) {
        return run(List.of(command));
    }

    public static Result run(List<String> command) {
        return run(command, Map.of(), LIMIT);
    }

    /** @param environment beside the own one */
    public static Result run(List<String> command, Map<String, String> environment, Duration limit) {
        try {
            Path out = Files.createTempFile("efka-out", "");
            Path err = Files.createTempFile("efka-err", "");
            try {
                var builder = new ProcessBuilder(command)
                        .redirectInput(new java.io.File("/dev/null"))
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
                builder.environment().putAll(environment);
                Process process = builder.start();
                if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError(command + " did not end within " + limit + "\n" + text(out) + text(err));
                }
                return new Result(process.exitValue(), text(out), text(err));
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
