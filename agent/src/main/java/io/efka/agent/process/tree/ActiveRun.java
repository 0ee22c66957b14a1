package io.efka.agent.process.tree;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.Launcher;
import io.efka.protocol.RunId;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One run that has processes: what is known of it, and what was told of it. Thread-safe; events leave it in the order in
 * which they happened, under its lock, so {@code tell} must only enqueue.
 */
public final class ActiveRun implements TreeReaper.Watched {
    private final Launcher.Launch launch;
    private final ProcessTreeId treeId;
    private final RunOutput output;
    private final Consumer<Event> tell;
    private final Runnable whenGone;

    @GuardedBy("this") private Optional<SideProcess> stopCommand = Optional.empty();

    @GuardedBy("this") private Phase phase = Phase.MAIN_ALIVE;

    @GuardedBy("this") private boolean watched;

    private volatile boolean killing;

    private enum Phase {
        MAIN_ALIVE,
        MAIN_ENDED,
        GONE
    }

    ActiveRun(Launcher.Launch launch, ProcessTreeId treeId, RunOutput output, Consumer<Event> tell, Runnable whenGone) {
        this.launch = launch;
        this.treeId = treeId;
        this.output = output;
        this.tell = tell;
        this.whenGone = whenGone;
    }

    public RunId id() {
        return launch.run();
    }

    public Launcher.Launch launch() {
        return launch;
    }

    @Override
    public ProcessTreeId treeId() {
        return treeId;
    }

    public RunOutput output() {
        return output;
    }

    /** The stop command that was begun last. */
    synchronized Optional<SideProcess> stopCommand() {
        return stopCommand;
    }

    /** Remembers a stop command, to be killed with the run; says whether the run is still there. */
    public synchronized boolean began(SideProcess command) {
        stopCommand = Optional.of(command);
        return phase != Phase.GONE;
    }

    /** Tells what comes before the end. */
    public void tell(Event event) {
        tell.accept(event);
    }

    /** The main process ended; tells it. */
    synchronized void mainEnded(Event.Exited exited) {
        phase = exited.treeEmpty() ? Phase.GONE : Phase.MAIN_ENDED;
        if (exited.treeEmpty()) whenGone.run();
        tell.accept(exited);
    }

    /** Tells it if that was still to come. While the main process's end is not told, the run is not over. */
    @Override
    public synchronized boolean foundEmpty() {
        if (phase == Phase.MAIN_ENDED) {
            phase = Phase.GONE;
            whenGone.run();
            tell.accept(new Event.TreeEmptied(id()));
        }
        return phase == Phase.GONE;
    }

    public synchronized boolean isGone() {
        return phase == Phase.GONE;
    }

    /** Whether the caller is the one to watch the tree from now on. */
    synchronized boolean beginWatch() {
        boolean first = !watched;
        watched = true;
        return first;
    }

    void killFromNowOn() {
        killing = true;
    }

    @Override
    public boolean isKilling() {
        return killing;
    }
}
