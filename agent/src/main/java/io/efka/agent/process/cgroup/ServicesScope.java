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
 * A systemd scope next to the agent's unit, which outlives the agent. The unit's own group stays without controllers,
 * so systemd can start the unit again while services are alive. The scope ends by itself when it contains no process
 * any more, and is created again when the next service starts. Thread-safe.
 */
final class ServicesScope implements ServicesGroup {
    /** How long to wait for a scope that is ending, because its last process has: its name is free a moment later. */
    private static final Duration SCOPE_END = Duration.ofSeconds(5);

    private static final Duration RETRY_PAUSE = Duration.ofMillis(50);
    private static final Duration START_LIMIT = Duration.ofSeconds(10);
    /** How long services start without limits after systemd refused: each attempt may delay a start. */
    private static final Duration REFUSAL_PAUSE = Duration.ofMinutes(1);

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
     * @param others folders of groups that are used while there is no scope, and that earlier agents may have used
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
        // Without parents: if the scope has just ended, a folder with its name would not be a scope.
        return now.limits() ? Files.createDirectory(made) : Files.createDirectories(made);
    }

    @GuardedBy("this") private boolean isOpen() {
        return pause.filter(PauseProcess::isAlive).isPresent() && Files.isDirectory(folder);
    }

    @GuardedBy("this") private boolean isRefused() {
        return refusedAt.isPresent() && nanoTime.getAsLong() - refusedAt.getAsLong() < REFUSAL_PAUSE.toNanos();
    }

    /** Opens the scope that an earlier agent left with its services, or creates it. */
    @GuardedBy("this") private void open() throws IOException {
        close();
        long deadline = nanoTime.getAsLong() + SCOPE_END.toNanos();
        while (true) {
            boolean existed = Files.isDirectory(folder);
            try {
                PauseProcess process =
                        existed ? PauseProcess.start(List.of(), START_LIMIT) : systemd.openScope(unit, name);
                pause = Optional.of(moved(process));
                return;
            } catch (IOException refused) {
                boolean isEnding =
                        existed || String.valueOf(refused.getMessage()).contains("already");
                if (!isEnding || nanoTime.getAsLong() - deadline > 0) throw refused;
                LockSupport.parkNanos(RETRY_PAUSE.toNanos());
            }
        }
    }

    /** Moves the process out of the scope's own group, which must be empty when controllers are enabled. */
    private PauseProcess moved(PauseProcess process) throws IOException {
        try {
            Path group = folder.resolve(PAUSE_GROUP);
            createOne(group);
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
    private static void createOne(Path group) throws IOException {
        try {
            Files.createDirectory(group);
        } catch (FileAlreadyExistsException there) {
            // from an earlier agent
        }
    }

    /** Ends the pause process; the scope stays while services are in it. */
    @Override
    public synchronized void close() {
        if (pause.isEmpty()) return;
        pause.get().close();
        pause = Optional.empty();
        new RunGroup(List.of(folder.resolve(PAUSE_GROUP))).remove();
    }
}
