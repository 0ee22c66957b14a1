package io.efka.agent.main;

import io.efka.agent.app.Lifecycle;
import io.efka.agent.app.Lifecycle.StartException;
import io.efka.threads.ExitCode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;

/** Runs the agent or the demo from start to end, and returns its exit code. */
final class DaemonRunner {
    private final Termination termination;
    private final PrintWriter err;

    DaemonRunner(Termination termination, PrintWriter err) {
        this.termination = termination;
        this.err = err;
    }

    /**
     * Blocks until {@code lifecycle} has ended. TERM, INT and HUP end it.
     *
     * @param stopTimeout how long its graceful end may take
     */
    ExitCode run(Lifecycle lifecycle, Duration stopTimeout) {
        termination.onSignal(List.of("TERM", "INT", "HUP"), lifecycle::close, stopTimeout);
        return untilEnded(lifecycle);
    }

    /**
     * As {@link #run(Lifecycle, Duration)}, but HUP does not end it.
     *
     * @param reread what HUP does
     */
    ExitCode run(Lifecycle lifecycle, Duration stopTimeout, Runnable reread) {
        termination.onSignal(List.of("TERM", "INT"), lifecycle::close, stopTimeout);
        termination.onHangup(reread);
        return untilEnded(lifecycle);
    }

    private ExitCode untilEnded(Lifecycle lifecycle) {
        try (lifecycle) {
            lifecycle.start();
            return lifecycle.awaitEnd();
        } catch (StartException e) {
            err.println("efka: " + e.getMessage());
            return exitCode(e.reason());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.INTERNAL;
        }
    }

    private static ExitCode exitCode(StartException.Reason reason) {
        return switch (reason) {
            case DATA_FOLDER_BUSY -> ExitCode.BUSY;
            case DATA_FOLDER_UNUSABLE -> ExitCode.CANNOT_CREATE;
            case UNAVAILABLE -> ExitCode.UNAVAILABLE;
        };
    }
}
