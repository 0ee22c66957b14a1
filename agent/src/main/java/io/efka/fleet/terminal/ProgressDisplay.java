package io.efka.fleet.terminal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * Shows progress to people: on a terminal one line that changes, with a bar; elsewhere a new line now and then.
 * Thread-safe.
 */
public final class ProgressDisplay {
    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final int BAR = 20;

    private static final String LINE_START = "\r\u001b[K";

    /** What is wider than the terminal is cut and not wrapped: a wrapped line cannot be written over. */
    private static final String NO_WRAP = "\u001b[?7l";

    private static final String WRAP = "\u001b[?7h";

    private final PrintWriter to;
    private final boolean isTerminal;

    @GuardedBy("this") private OptionalLong nextAt = OptionalLong.empty();

    @GuardedBy("this") private String shown = "";

    @GuardedBy("this") private boolean isClosed;

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
    public synchronized void show(int percent, String line, long now) {
        if (isClosed || line.equals(shown)) return;
        if (isTerminal) {
            shown = line;
            int full = percent * BAR / 100;
            String bar = "[" + "#".repeat(full) + ".".repeat(BAR - full) + "] " + line;
            to.print(LINE_START + NO_WRAP + bar + WRAP);
            to.flush();
        } else if (nextAt.isEmpty() || now - nextAt.getAsLong() >= 0) {
            shown = line;
            nextAt = OptionalLong.of(now + EVERY.toNanos());
            to.println("efka: " + line);
        }
    }

    /** Something that stays on the screen. */
    public void say(String line) {
        aside(() -> to.println("efka: " + line));
    }

    /** Prints something else that stays on the screen, in the place of the line that changes. */
    public synchronized void aside(Runnable print) {
        clear();
        print.run();
    }

    /** From now on nothing is shown any more. */
    public synchronized void close() {
        clear();
        isClosed = true;
    }

    @GuardedBy("this") private void clear() {
        if (!isTerminal || shown.isEmpty()) return;
        to.print(LINE_START);
        to.flush();
        shown = "";
    }
}
