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
 * @param schedule of a oneshot that has one
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
        List<Fault> faults,
        Optional<ScheduleStatus> schedule) {

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
        FAILED,
        /** A oneshot ended with exit code 0. */
        COMPLETED,
        /** The next run of a oneshot is due at a known time. */
        SCHEDULED
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

    /**
     * How a schedule stands.
     *
     * @param nextRun when the next run begins, its jitter included; empty unless {@link State#SCHEDULED}
     * @param skipped due times that passed while an earlier run was still going on
     * @param missed due times that passed while no agent was running, or its machine was asleep
     */
    public record ScheduleStatus(Optional<Instant> nextRun, long skipped, long missed) {}

    /** The run that ended last, and how. */
    public record LastExit(RunId run, Exit exit) {}
}
