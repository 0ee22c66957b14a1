package io.efka.protocol;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The state of one service at one moment: the content of the status document.
 *
 * @param pid the main process while there is one
 * @param run the current run while there is one
 * @param since when {@code state} was entered
 * @param restarts automatic restarts since the service was last started by a command or reset
 * @param nextAttempt in {@link State#BACKOFF}: when it is started again
 * @param crashLoop more than 5 failures within the restart window
 * @param waitingFor services that must be ready before this one is launched
 * @param warnings what could not be provided (a limit, a user), one sentence each
 * @param faults why the manifest cannot be used; empty when it can
 */
public record ServiceStatus(
        ServiceId id,
        Desired desired,
        State state,
        boolean ready,
        HealthState health,
        OptionalLong pid,
        Optional<RunId> run,
        Instant since,
        int restarts,
        Optional<Instant> nextAttempt,
        Cause cause,
        Optional<LastExit> lastExit,
        boolean crashLoop,
        boolean autostart,
        List<ServiceId> waitingFor,
        List<String> warnings,
        List<Fault> faults) {

    public ServiceStatus {
        waitingFor = List.copyOf(waitingFor);
        warnings = List.copyOf(warnings);
        faults = List.copyOf(faults);
    }

    /** The states a user sees. */
    public enum State {
        STOPPED,
        STARTING,
        RUNNING,
        STOPPING,
        BACKOFF,
        FAILED
    }

    public enum HealthState {
        UNKNOWN,
        HEALTHY,
        UNHEALTHY
    }

    /** What the operator wants of a service; persisted, and changed by commands only. */
    public enum Desired {
        RUNNING,
        STOPPED
    }

    /** The run that ended last, and how. */
    public record LastExit(RunId run, Exit exit) {}
}
