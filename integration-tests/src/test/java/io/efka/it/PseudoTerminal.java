package io.efka.it;

import io.efka.fixtures.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A command on a terminal of its own, by Python's {@code pty}, and a person who looks at it and types. */
public final class PseudoTerminal implements AutoCloseable {
    private static final Path SCRIPT =
            Path.of("src/test/resources/io/efka/it/terminal.py").toAbsolutePath();
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int SIGTERM = 15;

    private final Process process;
    private final Path out;
    private final Path err;
    private int columns;
    private int rows;

    PseudoTerminal(Path folder, int columns, int rows, List<String> command, Map<String, String> environment) {
        this.columns = columns;
        this.rows = rows;
        var whole = new ArrayList<>(List.of("python3", SCRIPT.toString(), "" + columns, "" + rows));
        whole.addAll(command);
        try {
            out = Files.createTempFile(folder, "screen", "");
            err = Files.createTempFile(folder, "end", "");
            var builder = new ProcessBuilder(whole).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().putAll(environment);
            builder.environment().put("TERM", "xterm-256color");
            builder.environment().remove("NO_COLOR");
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All bytes that came so far. */
    public String raw() {
        return text(out);
    }

    /** What is on the screen now. */
    public List<String> screen() {
        var screen = new ScreenText(columns, rows);
        screen.feed(raw());
        return screen.lines();
    }

    /** Waits until the screen is as it should be. */
    public void await(String what, Predicate<List<String>> isSo) {
        Await.until(
                () -> what + "; there is\n" + String.join("\n", screen()),
                SOON,
                () -> isSo.test(screen()) || !process.isAlive());
        if (!isSo.test(screen())) throw new AssertionError(what + "; it has ended: " + raw() + text(err));
    }

    /** Waits for a line with this text. */
    public void await(String text) {
        await("a line with " + text, lines -> lines.stream().anyMatch(line -> line.contains(text)));
    }

    /** Types. */
    public void type(String keys) {
        order("k " + HexFormat.of().formatHex(keys.getBytes(StandardCharsets.UTF_8)));
    }

    /** Makes the terminal smaller or larger. */
    public void resize(int newColumns, int newRows) {
        columns = newColumns;
        rows = newRows;
        order("r " + newColumns + " " + newRows);
    }

    public void terminate() {
        order("s " + SIGTERM);
    }

    private void order(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the end: {@code exit 0 restored}. */
    public String end() {
        Await.until(() -> "the end; there is\n" + String.join("\n", screen()), SOON, () -> !process.isAlive());
        return text(err).strip();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (java.nio.charset.MalformedInputException e) {
            return ""; // a character came half; the rest is on its way
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close(); // ends the command
        } catch (IOException e) {
            process.destroyForcibly();
        }
        process.onExit().join();
    }
}
