package io.efka.it.chaos;

import java.time.Duration;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;

/**
 * Asks the agent all the time whether it hears. Time counts only while nothing is done to broker, link or agent that would
 * keep it from answering; so an agent that says {@code online} and is deaf is found out. Runs on a thread of its own.
 */
final class Pinger {
    private static final long PAUSE_MILLIS = 2_000;

    private final IntPredicate ask;
    private final LongSupplier audibleNanos;
    private final long patience;
    private final Notes notes;
    private final Thread thread = new Thread(this::run, "pinger");
    private long answeredAt;
    private long longest;
    private boolean told;
    private volatile boolean ending;

    /**
     * @param ask sends a ping of that number; false: the broker did not accept it
     * @param audibleNanos time so far in which the agent could have heard and answered
     * @param patience more of that time than this without an answer: it is deaf
     */
    Pinger(IntPredicate ask, LongSupplier audibleNanos, Duration patience, Notes notes) {
        this.ask = ask;
        this.audibleNanos = audibleNanos;
        this.patience = patience.toNanos();
        this.notes = notes;
        thread.setDaemon(true);
    }

    void start() {
        synchronized (this) {
            answeredAt = audibleNanos.getAsLong();
        }
        thread.start();
    }

    /** An answer came, to whichever ping. */
    synchronized void answered() {
        look();
        answeredAt = audibleNanos.getAsLong();
        told = false;
    }

    void end() throws InterruptedException {
        ending = true;
        thread.join();
        notes.seen("longest time without an answer to a ping, ms", longest / 1_000_000);
    }

    private void run() {
        for (int number = 1; !ending; number++) {
            if (ask.test(number)) notes.seen("pings", 1);
            look();
            Commander.pause(PAUSE_MILLIS);
        }
    }

    synchronized void look() {
        long silence = audibleNanos.getAsLong() - answeredAt;
        longest = Math.max(longest, silence);
        if (told || silence < patience) return;
        told = true;
        notes.passed(
                Verdict.DEAF,
                "no ping answered for " + Duration.ofNanos(silence).toSeconds() + " s");
    }
}
