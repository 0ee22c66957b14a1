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
 * A command that the agent runs beside a service (stop command, health check): killed with its whole tree when its time
 * is over. Known by {@code EFKA_SIDE}, so that it never counts as a part of the service. Thread-safe.
 */
public final class SideProcess {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
    /** One second of looking: what a kill does not end in that time hangs in the kernel. */
    private static final int LOOKS = 50;

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
        this.timeout = work.after(limit.after(), this::kill);
    }

    /**
     * How long it may take, and who wants to know.
     *
     * @param whenEnded gets the exit code, once; empty when it was killed
     */
    public record Limit(Duration after, Consumer<OptionalInt> whenEnded) {}

    /** Starts the command, blocking as {@link Spawner#spawn} does; {@code spec} must have the mark of a side process. */
    public static SideProcess start(
            Spawner spawner, LaunchSpec spec, ProcessTrees trees, RetryingExecutor work, Limit limit)
            throws LaunchRefused {
        Spawner.Spawned spawned = spawner.spawn(spec);
        SideProcess side = new SideProcess(spawned, spec, trees, work, limit);
        ExitReader.tell(spawned.process(), work, code -> side.end(OptionalInt.of(code)));
        return side;
    }

    /** Kills it and what it started; does nothing when it has ended. */
    public void kill() {
        if (end(OptionalInt.empty())) killAgain(LOOKS);
    }

    private void killAgain(int times) {
        if (times == 0 || trees.isEmpty(treeId)) return;
        trees.kill(treeId);
        work.after(LOOK_AGAIN, () -> killAgain(times - 1));
    }

    private boolean end(OptionalInt code) {
        if (!ended.compareAndSet(false, true)) return false;
        timeout.cancel();
        treeId.group().ifPresent(group -> group.removeSoon(work));
        whenEnded.accept(code);
        return true;
    }
}
