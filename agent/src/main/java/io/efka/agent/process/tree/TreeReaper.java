package io.efka.agent.process.tree;

import io.efka.agent.process.proc.RetryingExecutor;
import io.efka.agent.process.tree.ProcessTrees.TreeId;
import java.time.Duration;

/**
 * Looks after a tree whose main process is gone or is to be killed, until nothing of it is left. The kernel tells nobody
 * when a tree empties (a group's event file cannot be waited for in Java), so this looks again and again, more and more
 * slowly, and only in this phase of a run's life.
 */
public final class TreeReaper {
    private static final Duration FIRST = Duration.ofMillis(2);
    private static final Duration LAST = Duration.ofMillis(100);

    private static final Duration AFTER_A_BUG = Duration.ofSeconds(1);

    private final ProcessTrees trees;
    private final RetryingExecutor work;

    public TreeReaper(ProcessTrees trees, RetryingExecutor work) {
        this.trees = trees;
        this.work = work;
    }

    /** A tree that is looked after. */
    public interface Watched {
        TreeId treeId();

        /** Whether what is found is killed. */
        boolean isKilling();

        /** Nothing was found; says whether that was the end. */
        boolean foundEmpty();
    }

    /** Looks at once and until the end, on the executor. */
    public void follow(Watched watched) {
        work.run(() -> look(watched, FIRST));
    }

    private void look(Watched watched, Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        Duration next = doubled.compareTo(LAST) > 0 ? LAST : doubled;
        try {
            if (isOver(watched)) return;
        } catch (RuntimeException bug) {
            // Nobody else looks after this tree.
            work.after(AFTER_A_BUG, () -> look(watched, next));
            throw bug;
        }
        work.after(pause, () -> look(watched, next));
    }

    private boolean isOver(Watched watched) {
        if (watched.isKilling()) trees.kill(watched.treeId());
        return trees.isEmpty(watched.treeId()) && watched.foundEmpty();
    }
}
