package io.efka.agent.main;

import io.efka.threads.ExitCode;
import io.efka.threads.FatalErrors;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a signal does: the first of those that end the process starts a graceful end; a second one ends it at once, and
 * so does a graceful end that takes too long. A shutdown hook would not do: while hooks run, the JVM handles no second
 * signal, and it exits with 143 although a graceful end is a success.
 */
final class Termination {
    private static final Logger LOG = LoggerFactory.getLogger(Termination.class);

    /** How long the process may take after the graceful end, for its own last steps. */
    private static final Duration MARGIN = Duration.ofSeconds(2);

    private final Signals signals;
    private final IntConsumer halt;
    private final Duration margin;

    /** @param halt ends the process at once with an exit code */
    Termination(Signals signals, IntConsumer halt) {
        this(signals, halt, MARGIN);
    }

    Termination(Signals signals, IntConsumer halt, Duration margin) {
        this.signals = signals;
        this.halt = halt;
        this.margin = margin;
    }

    /**
     * Ends the process at these signals, from now on.
     *
     * @param names without SIG: {@code TERM}
     * @param end ends gracefully; run on a thread of its own, at most once
     * @param limit what {@code end} may take
     */
    void onSignal(List<String> names, Runnable end, Duration limit) {
        var asked = new AtomicBoolean();
        for (String name : names) {
            signals.take(
                    name,
                    number -> FatalErrors.run(() -> {
                        if (asked.compareAndSet(false, true)) {
                            LOG.info(
                                    "SIG{}: ending within {} s; a second signal ends at once", name, limit.toSeconds());
                            end(end, limit.plus(margin));
                        } else {
                            halt.accept(128 + number);
                        }
                    }));
        }
    }

    /**
     * Does something at every SIGHUP instead of ending, from now on. A process that was started with HUP ignored, as by
     * nohup, goes on ignoring it.
     *
     * @param reread run on a thread of the signal's own, one at a time
     */
    void onHangup(Runnable reread) {
        var one = new Object();
        signals.take(
                "HUP",
                number -> FatalErrors.run(() -> {
                    synchronized (one) {
                        reread.run();
                    }
                }));
    }

    private void end(Runnable end, Duration limit) {
        var ending = new Thread(end, "efka-end");
        ending.setDaemon(true);
        // A graceful end that fails (a jar that was overwritten loads no more classes) must not leave a process that
        // hangs.
        ending.setUncaughtExceptionHandler((thread, broken) -> {
            try {
                LOG.error("ending failed: giving up", broken);
            } finally {
                // Even if there is no memory, or no class, for the log line.
                halt.accept(ExitCode.INTERNAL.number());
            }
        });
        ending.start();
        try {
            ending.join(limit.toMillis());
            if (!ending.isAlive()) return;
            LOG.error("not ended after {} s: giving up", limit.toSeconds());
            halt.accept(ExitCode.INTERNAL.number());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The signals that come to this process. */
    interface Signals {
        /**
         * Hands a signal to {@code heard} from now on, with its number, instead of ending the process by it.
         *
         * @param name without SIG: {@code TERM}
         * @param heard called on a thread of the signal's own, also while an earlier call still runs
         */
        void take(String name, IntConsumer heard);
    }
}
