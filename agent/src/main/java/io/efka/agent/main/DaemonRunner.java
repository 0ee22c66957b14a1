package io.efka.agent.main;

import io.efka.agent.app.Lifecycle;
import io.efka.agent.app.Lifecycle.StartException;
import io.efka.threads.ExitCode;
import java.io.PrintWriter;
import java.time.Duration;

/** Runs the agent or the demo from start to end, and returns its exit code. */
final class DaemonRunner {
    private final Termination termination;
    private final PrintWriter err;

    DaemonRunner(Termination termination, PrintWriter err) {
        this.termination = termination;
        this.err = err;
    }

    /**
     * Blocks until {@code lifecycle} has ended.
     *
     * @param stopTimeout how long its graceful end may take
     */
    ExitCode run(Lifecycle lifecycle, Duration stopTimeout) {
        termination.onSignal(lifecycle::close, stopTimeout);
        try (lifecycle) {
            lifecycle.start();
            lifecycle.awaitEnd();
            return ExitCode.OK;
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
