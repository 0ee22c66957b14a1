package io.efka.agent.service;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Everything that can happen to a service. Told to its supervisor, which answers with a step. */
public sealed interface Event {

    // What somebody asks for.

    record StartAsked(Request request) implements Event {}

    record StopAsked(Request request) implements Event {}

    record RestartAsked(Request request) implements Event {}

    /** Forget failures; from {@code failed} or {@code backoff} of a desired service, start anew. */
    record ResetAsked(Request request) implements Event {}

    /** Send a signal to the main process. */
    record SignalAsked(Request request, Signal signal) implements Event {}

    /** Write to the main process's stdin. */
    record InputAsked(Request request, byte[] bytes) implements Event {}

    /** Enable or disable the start at agent start. */
    record AutostartAsked(Request request, boolean autostart) implements Event {}

    /** The manifest was read anew; used from the next launch on. */
    record ManifestChanged(Manifest manifest) implements Event {}

    /** The agent is up: adopt what was recorded, start what is desired. */
    record AgentStarted() implements Event {}

    /** The agent ends gracefully; {@code done} runs when the service has done what its manifest says of that. */
    record AgentStopping(Runnable done) implements Event {}

    // What the launcher tells.

    /** The program is executing. */
    record Launched(RunId run, ProcessIdentity process, List<String> warnings) implements Event {}

    record LaunchFailed(RunId run, String why) implements Event {}

    /**
     * The main process is gone.
     *
     * @param treeEmpty whether no other process of its tree is left; if not, {@link TreeEmptied} follows
     */
    record Exited(RunId run, Exit exit, boolean treeEmpty) implements Event {}

    /** No process of the tree is left. */
    record TreeEmptied(RunId run) implements Event {}

    /** The stop command ended; {@code problem} says why it is no use if it is not. */
    record StopCommandEnded(RunId run, Optional<String> problem) implements Event {}

    /** A recorded process is alive and ours. */
    record Adopted(RunId run, ProcessIdentity process, List<String> warnings) implements Event {}

    /** Nothing of the recorded run is alive any more. */
    record AdoptionFailed(RunId run, String why) implements Event {}

    // What others tell.

    /** The service itself said that it is ready. */
    record ReadyReported(RunId run) implements Event {}

    record HealthReported(RunId run, Prober.Verdict verdict) implements Event {}

    /** Which of the services in {@code after} are not ready. */
    record DependenciesReported(Set<ServiceId> missing) implements Event {}

    /**
     * A timer that this service set is due.
     *
     * @param number of the setting; a timer set anew or cancelled has another one
     */
    record TimerFired(TimerKind kind, long number) implements Event {}

    /** The alarms of a service. */
    enum TimerKind {
        /** The launched process has lived long enough to be called running. */
        SETTLE,
        /** The time to become ready is over. */
        READY,
        /** The time to stop is over. */
        GRACE,
        /** The backoff is over. */
        RESTART,
        /** The next health check is due. */
        HEALTH,
        /** The run has lived long enough to be called stable. */
        STABLE
    }
}
