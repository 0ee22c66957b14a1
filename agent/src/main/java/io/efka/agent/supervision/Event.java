package io.efka.agent.supervision;

import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import io.efka.agent.supervision.Step.DecisionContext;
import io.efka.protocol.Exit;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.Signal;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.ManifestReading;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Everything that can happen to a service. Told to its supervisor; the state it meets answers with a step. A new event
 * does not compile before every state has decided what it means there.
 */
public sealed interface Event {

    /** Asks the state what follows. */
    Step applyTo(ServiceState state, Service service, DecisionContext context);

    /** What it is called in the log and in the state table. */
    default String name() {
        return getClass().getSimpleName();
    }

    /** An event with somebody waiting for its outcome. */
    sealed interface Asked extends Event {
        Request request();

        /** Whether it is done also where the disk is full: what it changes is then written into the store's reserve. */
        default boolean makesRoom() {
            return false;
        }
    }

    /** An event of one run: ignored unless that run is the current one. */
    sealed interface OfRun extends Event {
        RunId run();

        /** Asks a state with this very run what follows. */
        Step applyTo(ServiceState.Active state, Service service, DecisionContext context);

        @Override
        default Step applyTo(ServiceState state, Service service, DecisionContext context) {
            return state.onRun(this, service, context);
        }
    }

    // What somebody asks for.

    /** An event that an earlier agent may have begun to carry out. */
    sealed interface Resumable extends Asked {
        /** Whether an earlier agent began with it: any other run than {@link #before} is the one that was asked for. */
        boolean resumed();

        /** The run there was when it was asked for, or the last one. */
        Optional<RunId> before();

        /** Whether that run is what came of it already. */
        default boolean isDoneBy(RunId run) {
            return resumed() && !before().equals(Optional.of(run));
        }
    }

    /** Start it, unless it runs. */
    record StartAsked(Request request, boolean resumed, Optional<RunId> before) implements Resumable {
        /** A new one. */
        public StartAsked(Request request) {
            this(request, false, Optional.empty());
        }

        @Override
        public Step applyTo(ServiceState state, Service service, DecisionContext context) {
            return state.on(this, service, context);
        }
    }

    /** @param makesRoom it must not fail for want of room: the service is removed next, or another release takes its place */
    record StopAsked(Request request, boolean makesRoom) implements Asked {
        public StopAsked(Request request) {
            this(request, false);
        }

        /** A stop after which the service is removed. */
        public static StopAsked forRemoval(Request request) {
            return new StopAsked(request, true);
        }

        @Override
        public Step applyTo(ServiceState state, Service service, DecisionContext context) {
            return state.on(this, service, context);
        }
    }

    /** Stop if need be, then start. */
    record RestartAsked(Request request, boolean resumed, Optional<RunId> before) implements Resumable {
        /** A new one. */
        public RestartAsked(Request request) {
            this(request, false, Optional.empty());
        }

        @Override
        public Step applyTo(ServiceState state, Service service, DecisionContext context) {
            return state.on(this, service, context);
        }
    }

    /** Forget failures; a desired service in {@code backoff} or {@code failed} is started at once. */
    record ResetAsked(Request request) implements Asked {
        @Override
        public Step applyTo(ServiceState state, Service service, DecisionContext context) {
            return state.on(this, service, context);
        }
    }

    /** Send a signal to the main process. */
    record SignalAsked(Request request, Signal signal) implements Asked {
        @Override
        public Step applyTo(ServiceState state, Service service, DecisionContext context) {
            return state.on(this, service, context);
        }
    }

    /** Write to the main process's stdin. */
    record InputAsked(Request request, byte[] bytes) implements Asked {
        @Override
        public Step applyTo(ServiceState state, Service service, DecisionContext context) {
            return state.on(this, service, context);
        }
    }

    /** Enable or disable the start at agent start; the same in every state. */
    record AutostartAsked(Request request, boolean autostart) implements Asked {
        @Override
        public Step applyTo(ServiceState state, Service service, DecisionContext context) {
            return service.stay().with(service.autostart(autostart)).done(request);
        }
    }

    // What the agent tells.

    /** The manifest was read anew; used from the next launch on, a schedule at once. */
    record ManifestChanged(Manifest manifest) implements Event {
        @Override
        public Step applyTo(ServiceState state, Service service, DecisionContext context) {
            return state.on(this, service.manifest(manifest), context);
        }
    }

    /**
     * Another release is to be started from now on. Only a service without a process is switched: the old release is stopped
     * as its own manifest says.
     *
     * @param workDir absolute
     * @param desired whether it is to run; durable together with the folder, so that a crash loses neither
     */
    record ReleaseSwitched(Request request, Path workDir, Manifest manifest, Desired desired) implements Asked {
        /** The other release is stopped already: a service that nobody can start would be worse. */
        @Override
        public boolean makesRoom() {
            return true;
        }

        @Override
        public Step applyTo(ServiceState state, Service service, DecisionContext context) {
            return state.on(this, service, context);
        }
    }

    /** What came of reading a manifest again that could not be read when the agent started. */
    record ManifestRead(ManifestReading result) implements Event {
        @Override
        public Step applyTo(ServiceState state, Service service, DecisionContext context) {
            return state.on(this, service, context);
        }
    }

    /** The agent is up: adopt what was recorded, start what is desired. */
    record AgentStarted() implements Event {
        @Override
        public Step applyTo(ServiceState state, Service service, DecisionContext context) {
            return state.on(this, service, context);
        }
    }

    /** The agent ends gracefully; {@code done} runs when the service has done what its manifest says of that. */
    record AgentStopping(Runnable done) implements Event {
        @Override
        public Step applyTo(ServiceState state, Service service, DecisionContext context) {
            return state.on(this, service, context);
        }
    }

    /** Which of the services in {@code after} are not ready. */
    record DependenciesReported(Set<ServiceId> missing) implements Event {
        public DependenciesReported {
            missing = Set.copyOf(missing);
        }

        @Override
        public Step applyTo(ServiceState state, Service service, DecisionContext context) {
            return state.on(this, service.missing(missing), context);
        }
    }

    /**
     * A timer that this service set is due.
     *
     * @param number of the setting; a timer set anew or cancelled has another one, and the supervisor ignores this one
     */
    record TimerFired(TimerKind kind, long number) implements Event {
        @Override
        public String name() {
            return "TimerFired " + kind;
        }

        @Override
        public Step applyTo(ServiceState state, Service service, DecisionContext context) {
            return state.on(this, service, context);
        }
    }

    // What the launcher tells.

    /**
     * The program is executing.
     *
     * @param group names its control group, where it has one
     */
    record Launched(RunId run, ProcessIdentity process, Optional<String> group, List<String> warnings)
            implements OfRun {
        /** Without a group. */
        public Launched(RunId run, ProcessIdentity process, List<String> warnings) {
            this(run, process, Optional.empty(), warnings);
        }

        @Override
        public Step applyTo(ServiceState.Active state, Service service, DecisionContext context) {
            return state.on(this, service, context);
        }
    }

    record LaunchFailed(RunId run, String why) implements OfRun {
        @Override
        public Step applyTo(ServiceState.Active state, Service service, DecisionContext context) {
            return state.on(this, service, context);
        }
    }

    /**
     * The main process is gone.
     *
     * @param treeEmpty whether no other process of its tree is left; if not, {@link TreeEmptied} follows
     */
    record Exited(RunId run, Exit exit, boolean treeEmpty) implements OfRun {
        @Override
        public Step applyTo(ServiceState.Active state, Service service, DecisionContext context) {
            return state.on(this, service, context);
        }
    }

    /** No process of the tree is left. */
    record TreeEmptied(RunId run) implements OfRun {
        @Override
        public Step applyTo(ServiceState.Active state, Service service, DecisionContext context) {
            return state.on(this, service, context);
        }
    }

    /** The stop command ended; {@code problem} says why it was no use, if it was not. */
    record StopCommandEnded(RunId run, Optional<String> problem) implements OfRun {
        @Override
        public Step applyTo(ServiceState.Active state, Service service, DecisionContext context) {
            return state.on(this, service, context);
        }
    }

    /**
     * A recorded process is alive and ours.
     *
     * @param group names its control group, where it has one
     * @param age how long it has lived, as the kernel counts; empty: only the clock can tell
     */
    record Adopted(
            RunId run, ProcessIdentity process, Optional<String> group, List<String> warnings, Optional<Duration> age)
            implements OfRun {
        /** Without a group, of unknown age. */
        public Adopted(RunId run, ProcessIdentity process, List<String> warnings) {
            this(run, process, Optional.empty(), warnings, Optional.empty());
        }

        @Override
        public Step applyTo(ServiceState.Active state, Service service, DecisionContext context) {
            return state.on(this, service, context);
        }
    }

    /** Nothing of the recorded run is alive any more. */
    record AdoptionFailed(RunId run, String why) implements OfRun {
        @Override
        public Step applyTo(ServiceState.Active state, Service service, DecisionContext context) {
            return state.on(this, service, context);
        }
    }

    // What others tell of a run.

    /** The service itself said that it is ready. */
    record ReadyReported(RunId run) implements OfRun {
        @Override
        public Step applyTo(ServiceState.Active state, Service service, DecisionContext context) {
            return state.on(this, service, context);
        }
    }

    /**
     * The service itself said that it is alive.
     *
     * @param extend how long it asks not to be given up, from now on; empty: no longer than its rules say
     */
    record AliveReported(RunId run, Optional<Duration> extend) implements OfRun {
        @Override
        public Step applyTo(ServiceState.Active state, Service service, DecisionContext context) {
            return state.on(this, service, context);
        }
    }

    record HealthReported(RunId run, Prober.Verdict verdict) implements OfRun {
        @Override
        public Step applyTo(ServiceState.Active state, Service service, DecisionContext context) {
            return state.on(this, service, context);
        }
    }
}
