package io.efka.agent.os;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Shells that wait for their script, each leading a session of its own. After a launch one is started in reserve: the
 * next launch then saves the time of a fork and two execs (two thirds of it), and a crashed service is back the sooner.
 * A shell whose agent was killed reads the end of its stdin, and ends. Thread-safe.
 */
final class Shells implements AutoCloseable {
    /** After a launch, so that making the reserve does not slow down the program that has just begun. */
    private static final Duration AFTER_LAUNCH = Duration.ofMillis(20);

    private final Work work;
    private final Optional<Path> setsid = Programs.find("setsid");
    private final AtomicBoolean preparing = new AtomicBoolean();
    private Optional<Process> reserve = Optional.empty();
    private boolean closed;

    Shells(Work work) {
        this.work = work;
    }

    /** A shell that has read nothing yet. */
    Process take() throws LaunchRefused {
        Optional<Process> ready = takeReserve();
        if (preparing.compareAndSet(false, true)) work.after(AFTER_LAUNCH, this::prepare);
        return ready.isPresent() ? ready.get() : start();
    }

    private synchronized Optional<Process> takeReserve() {
        Optional<Process> ready = reserve.filter(Process::isAlive);
        reserve = Optional.empty();
        return ready;
    }

    private void prepare() {
        preparing.set(false);
        try {
            keep(start());
        } catch (LaunchRefused refused) {
            // the next launch tries again and tells
        }
    }

    private synchronized void keep(Process shell) {
        if (closed || reserve.filter(Process::isAlive).isPresent()) {
            shell.destroyForcibly();
            return;
        }
        reserve = Optional.of(shell);
    }

    private Process start() throws LaunchRefused {
        Path leader = setsid.orElseThrow(
                () -> new LaunchRefused("setsid (util-linux) is needed to start programs and is missing"));
        // setsid does not fork here: a child of the JVM never leads a process group. So the pid stays the same.
        var builder = new ProcessBuilder(leader.toString(), Programs.SHELL.toString()).redirectErrorStream(true);
        // The agent's own settings, secrets among them, are none of a service's business.
        builder.environment().keySet().removeIf(name -> name.startsWith("EFKA_"));
        try {
            return builder.start();
        } catch (IOException refused) {
            throw new LaunchRefused("no process could be made: " + refused.getMessage());
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        reserve.ifPresent(Process::destroyForcibly);
        reserve = Optional.empty();
    }
}
