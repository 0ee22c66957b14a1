package io.efka.it.readme;

import io.efka.fixtures.Await;
import io.efka.it.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A shell that is typed into; what it and its programs print goes to a file. */
final class Terminal implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Process shell;
    private final Path screen;
    private final Path typed;
    private final Writer keyboard;
    private int commands;

    private Terminal(Process shell, Path screen, Path typed) {
        this.shell = shell;
        this.screen = screen;
        this.typed = typed;
        this.keyboard = shell.outputWriter(StandardCharsets.UTF_8);
    }

    /**
     * Opens one.
     *
     * @param prefix what the shell is started with
     * @param name of its files in {@code notes}
     */
    static Terminal open(List<String> prefix, Path folder, Path notes, String name) {
        var command = new ArrayList<String>(prefix);
        command.addAll(List.of("bash", "--norc"));
        Path screen = notes.resolve(name);
        try {
            Process shell = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(screen.toFile())
                    .start();
            return new Terminal(shell, screen, notes.resolve(name + ".typed"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Types a command and waits until the prompt is back. Returns its exit code. */
    int run(String command) {
        commands++;
        write(typed, command + "\n");
        // As a file: the command reads from no keyboard, and stays as it is written.
        type(". " + typed + " </dev/null; printf '\\n@%d:%d@\\n' " + commands + " $?\n");
        Pattern prompt = Pattern.compile("@" + commands + ":(\\d+)@");
        Await.until(
                () -> "the prompt after: " + command + "\n" + text(),
                LIMIT,
                () -> prompt.matcher(text()).find());
        Matcher end = prompt.matcher(text());
        if (!end.find()) throw new AssertionError("no prompt in " + text());
        return Integer.parseInt(end.group(1));
    }

    /** Types a command that stays in the foreground; the shell becomes that program. */
    void become(String command) {
        type("exec " + command + "\n");
    }

    /** Ctrl-C to the program that the shell became; returns its exit code. */
    int interrupt() {
        Shell.run("kill", "-INT", String.valueOf(shell.pid())).ok();
        Await.until(() -> "the end after Ctrl-C:\n" + text(), LIMIT, () -> !shell.isAlive());
        return shell.exitValue();
    }

    boolean isOver() {
        return !shell.isAlive();
    }

    ProcessHandle process() {
        return shell.toHandle();
    }

    /** All that was printed. */
    String text() {
        try {
            return Files.readString(screen);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        shell.destroyForcibly().onExit().join();
    }

    private void type(String line) {
        try {
            keyboard.write(line);
            keyboard.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
