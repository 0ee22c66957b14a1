package io.efka.fleet.terminal;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * Shows progress to people: on a terminal one line that changes, with a bar; elsewhere a new line now and then. Not
 * thread-safe.
 */
public final class ProgressDisplay {
    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final int BAR = 20;

    /** Narrow terminals wrap what is longer, and then the line cannot be written over. */
    private static final int WIDTH = 79;

    private static final String LINE_START = "\r\u001b[K";

    private final PrintWriter to;
    private final boolean isTerminal;
    private OptionalLong nextAt = OptionalLong.empty();
    private String shown = "";

    /** @param isTerminal whether what is written can be written over */
    public ProgressDisplay(PrintWriter to, boolean isTerminal) {
        this.to = to;
        this.isTerminal = isTerminal;
    }

    /**
     * Shows how far it is, if that has changed.
     *
     * @param percent 0 to 100
     * @param now monotonic nanoseconds
     */
    public void show(int percent, String line, long now) {
        if (line.equals(shown)) return;
        if (isTerminal) {
            shown = line;
            int full = percent * BAR / 100;
            String bar = "[" + "#".repeat(full) + ".".repeat(BAR - full) + "] " + line;
            to.print(LINE_START + bar.substring(0, Math.min(bar.length(), WIDTH)));
            to.flush();
        } else if (nextAt.isEmpty() || now - nextAt.getAsLong() >= 0) {
            shown = line;
            nextAt = OptionalLong.of(now + EVERY.toNanos());
            to.println("efka: " + line);
        }
    }

    /** Something that stays on the screen. */
    public void say(String line) {
        if (isTerminal) to.print(LINE_START);
        to.println("efka: " + line);
        shown = "";
    }
}
