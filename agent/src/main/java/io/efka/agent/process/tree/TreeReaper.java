package io.efka.agent.process.tree;

import io.efka.agent.process.proc.RetryingExecutor;
import io.efka.agent.process.tree.ProcessTrees.TreeId;
import java.time.Duration;

/**
 * Watches a tree whose main process has ended or is being killed, until it is empty. The kernel does not report when a
 * tree becomes empty (Java cannot wait for a group's event file), so this class polls, in growing intervals, but only
 * in this phase of a run.
 */
public final class TreeReaper {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(2);
    private static final Duration MAX_PAUSE = Duration.ofMillis(100);

    private static final Duration FAULT_PAUSE = Duration.ofSeconds(1);

    private final ProcessTrees trees;
    private final RetryingExecutor work;

    public TreeReaper(ProcessTrees trees, RetryingExecutor work) {
        this.trees = trees;
        this.work = work;
    }

    /** A tree that is watched. */
    public interface Watched {
        TreeId treeId();

        /** Whether its processes are to be killed. */
        boolean isKilling();

        /** No process was found; returns whether the tree need not be watched any more. */
        boolean foundEmpty();
    }

    /** Watches a tree to its end, on the executor. */
    public void follow(Watched watched) {
        work.run(() -> check(watched, FIRST_PAUSE));
    }

    private void check(Watched watched, Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        Duration next = doubled.compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : doubled;
        try {
            if (isOver(watched)) return;
        } catch (RuntimeException bug) {
            // Nobody else watches this tree.
            work.after(FAULT_PAUSE, () -> check(watched, next));
            throw bug;
        }
        work.after(pause, () -> check(watched, next));
    }

    private boolean isOver(Watched watched) {
        if (watched.isKilling()) trees.kill(watched.treeId());
        return trees.isEmpty(watched.treeId()) && watched.foundEmpty();
    }
}
