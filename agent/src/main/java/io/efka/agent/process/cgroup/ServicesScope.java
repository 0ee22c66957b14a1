package io.efka.agent.process.cgroup;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * A systemd scope beside the agent's unit, which outlives the agent: the unit's own group stays free of controllers, and
 * systemd can start the unit again while services live. The scope goes away by itself when no process is in it any more,
 * and is made anew when the next service starts. Thread-safe.
 */
final class ServicesScope implements ServicesGroup {
    /** For a scope that has just lost its last process and is about to go: its name is free a moment later. */
    private static final Duration PASSING = Duration.ofSeconds(5);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    private static final Duration START = Duration.ofSeconds(10);
    /** After systemd refused, services start without limits for so long: each attempt may hold up a start. */
    private static final Duration RETRY = Duration.ofMinutes(1);

    private static final String PAUSE_GROUP = "pause";

    private final SystemdUnit unit;
    private final String name;
    private final Path folder;
    private final List<Path> others;
    private final Systemd systemd;
    private final LongSupplier nanoTime;

    @GuardedBy("this") private Optional<PauseProcess> pause = Optional.empty();

    @GuardedBy("this") private OptionalLong refusedAt = OptionalLong.empty();

    private volatile State state;

    /**
     * @param unit the agent's
     * @param name the scope's, without its suffix
     * @param others where groups are made instead while there is no scope, and where earlier agents may have made some
     */
    ServicesScope(SystemdUnit unit, String name, List<Path> others, Systemd systemd, LongSupplier nanoTime) {
        this.unit = unit;
        this.name = name + ".scope";
        this.folder = unit.beside(this.name);
        this.others = List.copyOf(others);
        this.systemd = systemd;
        this.nanoTime = nanoTime;
        this.state = new State(others.get(0), false, "");
    }

    @Override
    public State state() {
        return state;
    }

    @Override
    public List<Path> folders() {
        return Stream.concat(Stream.of(folder), others.stream()).toList();
    }

    @Override
    public synchronized State ready() {
        if (isOpen() || isRefused()) return state;
        try {
            open();
            refusedAt = OptionalLong.empty();
            state = new State(folder, true, "in " + name);
        } catch (IOException refused) {
            refusedAt = OptionalLong.of(nanoTime.getAsLong());
            state = new State(others.get(0), false, "systemd made no scope for the services: " + refused.getMessage());
            LOG.warn("limits of services that start now are not in force: {}", state.remark());
        }
        return state;
    }

    @Override
    public Path create(String run) throws IOException {
        State now = ready();
        Path made = now.folder().resolve(run);
        // Not its parents: a folder in the place of a scope that went away this moment would be no scope.
        return now.limits() ? Files.createDirectory(made) : Files.createDirectories(made);
    }

    @GuardedBy("this") private boolean isOpen() {
        return pause.filter(PauseProcess::isAlive).isPresent() && Files.isDirectory(folder);
    }

    @GuardedBy("this") private boolean isRefused() {
        return refusedAt.isPresent() && nanoTime.getAsLong() - refusedAt.getAsLong() < RETRY.toNanos();
    }

    /** As an earlier agent left it with its services, or made anew. */
    @GuardedBy("this") private void open() throws IOException {
        close();
        long deadline = nanoTime.getAsLong() + PASSING.toNanos();
        while (true) {
            boolean existed = Files.isDirectory(folder);
            try {
                PauseProcess process = existed ? PauseProcess.start(List.of(), START) : systemd.openScope(unit, name);
                pause = Optional.of(settled(process));
                return;
            } catch (IOException refused) {
                boolean passing =
                        existed || String.valueOf(refused.getMessage()).contains("already");
                if (!passing || nanoTime.getAsLong() - deadline > 0) throw refused;
                LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            }
        }
    }

    /** Moves the process out of the scope's own group, in which there must be none when controllers are enabled. */
    private PauseProcess settled(PauseProcess process) throws IOException {
        try {
            Path group = folder.resolve(PAUSE_GROUP);
            makeOne(group);
            Files.writeString(group.resolve("cgroup.procs"), Long.toString(process.pid()));
            if (!Delegation.enable(folder, Delegation.available(folder))) {
                throw new IOException("no controller can be enabled in " + folder);
            }
            return process;
        } catch (IOException refused) {
            process.close();
            throw refused;
        }
    }

    /** Without its parents, as in {@link #create}. */
    private static void makeOne(Path group) throws IOException {
        try {
            Files.createDirectory(group);
        } catch (FileAlreadyExistsException there) {
            // of an earlier agent
        }
    }

    /** Lets go of it. */
    @Override
    public synchronized void close() {
        if (pause.isEmpty()) return;
        pause.get().close();
        pause = Optional.empty();
        new RunGroup(List.of(folder.resolve(PAUSE_GROUP))).remove();
    }
}
