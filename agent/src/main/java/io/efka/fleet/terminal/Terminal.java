package io.efka.fleet.terminal;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Where a command writes: data to {@code out}, talk and progress to {@code err}.
 *
 * @param hasKeys whether somebody can press keys
 * @param isOutTerminal whether somebody looks at {@code out}
 * @param isErrTerminal whether somebody looks at {@code err}
 * @param canAsk whether somebody can answer a question
 * @param hasColours whether {@code out} may be coloured
 */
public record Terminal(
        PrintWriter out,
        PrintWriter err,
        boolean hasKeys,
        boolean isOutTerminal,
        boolean isErrTerminal,
        boolean canAsk,
        boolean hasColours) {

    /** When a command may use colours. */
    public enum Colours {
        AUTO,
        ALWAYS,
        NEVER
    }

    /**
     * The terminal of this process.
     *
     * @param environment {@code NO_COLOR} forbids colours unless they are asked for; {@code TERM=dumb} is no terminal
     */
    public static Terminal here(PrintWriter out, PrintWriter err, Map<String, String> environment, Colours colours) {
        boolean isDumb = "dumb".equals(environment.get("TERM"));
        boolean isOut = !isDumb && isTerminal(1);
        boolean isColoured = switch (colours) {
            case ALWAYS -> true;
            case NEVER -> false;
            case AUTO -> isOut && environment.getOrDefault("NO_COLOR", "").isEmpty();
        };
        boolean hasKeys = isTerminal(0);
        boolean canAsk = hasKeys && isTerminal(2);
        return new Terminal(out, err, hasKeys, isOut, !isDumb && isTerminal(2), canAsk, isColoured);
    }

    /** Java tells only of stdin and stdout together. */
    private static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString()
                    .toLowerCase(Locale.ROOT);
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether a table can be on the whole screen, and follow keys. */
    public boolean canShowLive() {
        return hasKeys && isOutTerminal;
    }

    /** Data for a program, a line of JSON, which a terminal may show as well. */
    public void json(Object line) {
        out.println(Printable.json(line.toString()));
    }

    /** Something for the operator, not for a program. */
    public void say(String line) {
        err.println("efka: " + Printable.line(line));
    }
}
