package io.efka.agent.supervision;

import io.efka.agent.supervision.ServiceRecord.RunRecord;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Signal;
import io.efka.protocol.manifest.Manifest;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Starts and ends runs as operating system processes. Every run has its own session, and its own control group where
 * one can be had, so that what is said of a tree reaches every descendant.
 *
 * <p>No method blocks and none throws for a broken outside; outcomes are told as events, from any thread, in the order
 * in which they happened to that run.
 */
public interface Launcher {

    /**
     * A launch is decided and is being recorded: what it needs may be made ready meanwhile. No launch follows where that
     * cannot be recorded.
     */
    void prepare(Launch launch);

    /**
     * Launches a run. Tells {@link Event.Launched} once the program is executing, or {@link Event.LaunchFailed}; after
     * {@code Launched}, exactly one {@link Event.Exited} when the main process is gone, and, if that said the tree was
     * not empty, one {@link Event.TreeEmptied} when it is.
     */
    void launch(Launch launch, Consumer<Event> tell);

    /**
     * Takes over a run that an earlier agent recorded. Tells {@link Event.Adopted} if that very process is alive
     * (and later {@code Exited} and {@code TreeEmptied} as for a launched one, the exit code unknown), or
     * {@link Event.AdoptionFailed}, after which nothing of that run is alive any more.
     */
    void adopt(Launch launch, RunRecord record, Consumer<Event> tell);

    /** Sends a signal to every process of the run's tree. Does nothing when the run is gone. */
    void signalTree(RunId run, Signal signal);

    /** Sends a signal to the run's main process. Does nothing when the run is gone. */
    void signal(RunId run, Signal signal);

    /** Kills every process of the run's tree, for sure and again until none is left. */
    void killTree(RunId run);

    /** Runs the stop command of a run, in its environment; tells {@link Event.StopCommandEnded}. */
    void runStopCommand(RunId run, String exec, List<String> args);

    /** Writes to the run's stdin; tells nothing, answers through {@code done}: empty, or what went wrong. */
    void input(RunId run, byte[] bytes, Consumer<java.util.Optional<String>> done);

    /** The service is removed and has no run: what was made for its runs goes. */
    void forget(ServiceId id);

    /** One launch: which run of what, where. */
    record Launch(RunId run, Manifest manifest, Path workDir) {}
}
