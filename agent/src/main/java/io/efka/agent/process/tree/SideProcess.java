package io.efka.agent.process.tree;

import io.efka.agent.process.proc.LaunchRefused;
import io.efka.agent.process.proc.RetryingExecutor;
import io.efka.agent.process.tree.ProcessTrees.TreeId;
import io.efka.protocol.EfkaVariables;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A side command: one that the agent runs next to a service (stop command, health check). When its time is over, it is
 * killed with its whole tree. {@code EFKA_SIDE} in its environment tells it from the processes of the service.
 * Thread-safe.
 */
public final class SideProcess {
    private static final Duration KILL_PAUSE = Duration.ofMillis(20);
    /** For one second: a process that survives hangs in the kernel. */
    private static final int KILL_ATTEMPTS = 50;

    private final TreeId treeId;
    private final ProcessTrees trees;
    private final RetryingExecutor work;
    private final Timers.Timer timeout;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Consumer<OptionalInt> whenEnded;

    private SideProcess(
            Spawner.Spawned spawned, LaunchSpec spec, ProcessTrees trees, RetryingExecutor work, Limit limit) {
        TreeId.Mark mark = TreeId.Mark.side(spec.marks().getOrDefault(EfkaVariables.SIDE, ""));
        this.treeId = new TreeId(mark, Optional.of(spawned.identity()), spawned.group());
        this.trees = trees;
        this.work = work;
        this.whenEnded = limit.whenEnded();
        this.timeout = work.after(limit.timeout(), this::kill);
    }

    /**
     * The time limit, and the receiver of the result.
     *
     * @param whenEnded receives the exit code, once; empty: it was killed
     */
    public record Limit(Duration timeout, Consumer<OptionalInt> whenEnded) {}

    /** Starts the command; blocks like {@link Spawner#spawn}. {@code spec} must have the mark of a side command. */
    public static SideProcess start(
            Spawner spawner, LaunchSpec spec, ProcessTrees trees, RetryingExecutor work, Limit limit)
            throws LaunchRefused {
        Spawner.Spawned spawned = spawner.spawn(spec);
        SideProcess side = new SideProcess(spawned, spec, trees, work, limit);
        ExitReader.whenEnded(spawned.process(), work, code -> side.end(OptionalInt.of(code)));
        return side;
    }

    /** Kills its whole tree; does nothing if it has ended. */
    public void kill() {
        if (end(OptionalInt.empty())) killAgain(KILL_ATTEMPTS);
    }

    private void killAgain(int times) {
        if (times == 0 || trees.isEmpty(treeId)) return;
        trees.kill(treeId);
        work.after(KILL_PAUSE, () -> killAgain(times - 1));
    }

    private boolean end(OptionalInt code) {
        if (!ended.compareAndSet(false, true)) return false;
        timeout.cancel();
        treeId.group().ifPresent(group -> group.removeSoon(work));
        whenEnded.accept(code);
        return true;
    }
}
