package io.efka.agent.supervision;

import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import io.efka.agent.supervision.Step.DecisionContext;
import io.efka.protocol.Cause;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceStatus;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where a service is in its life. A state holds only what is true in it. It answers every event that can reach it with a
 * step; {@code agent/docs/states.md} has the whole table.
 */
public sealed interface ServiceState permits ServiceState.Idle, ServiceState.Active {

    /** The state that a status shows. */
    ServiceStatus.State visible();

    Step on(Event.StartAsked event, Service service, DecisionContext context);

    Step on(Event.StopAsked event, Service service, DecisionContext context);

    Step on(Event.RestartAsked event, Service service, DecisionContext context);

    Step on(Event.ResetAsked event, Service service, DecisionContext context);

    Step on(Event.SignalAsked event, Service service, DecisionContext context);

    Step on(Event.InputAsked event, Service service, DecisionContext context);

    Step on(Event.AgentStarted event, Service service, DecisionContext context);

    Step on(Event.AgentStopping event, Service service, DecisionContext context);

    Step on(Event.DependenciesReported event, Service service, DecisionContext context);

    Step on(Event.TimerFired event, Service service, DecisionContext context);

    Step on(Event.ReleaseSwitched event, Service service, DecisionContext context);

    /** Only a state that waits for a manifest uses this one; any other has had a newer manifest since. */
    default Step on(Event.ManifestRead event, Service service, DecisionContext context) {
        return service.stay();
    }

    /** The service has the changed manifest already. */
    default Step on(Event.ManifestChanged event, Service service, DecisionContext context) {
        return service.stay();
    }

    /** Answers an event of a run; ignores it if the state is about another run. */
    Step onRun(Event.OfRun event, Service service, DecisionContext context);

    default boolean isReady() {
        return false;
    }

    default ServiceStatus.HealthState health() {
        return ServiceStatus.HealthState.UNKNOWN;
    }

    default Optional<RunId> currentRun() {
        return Optional.empty();
    }

    /** When the next run of a oneshot begins; empty if that is not known. */
    default Optional<Instant> nextRun() {
        return Optional.empty();
    }

    /** When the next attempt is due; empty if none is. */
    default Optional<Instant> nextAttempt() {
        return Optional.empty();
    }

    default OptionalLong pid() {
        return OptionalLong.empty();
    }

    /** A state without a process. An event of a run is of an earlier run and changes nothing. */
    sealed interface Idle extends ServiceState permits Stopped, Waiting, Backoff, Failed, Completed, Scheduled, Unread {

        @Override
        default Step onRun(Event.OfRun event, Service service, DecisionContext context) {
            return service.stay();
        }

        /** Whatever it waited for was for the earlier release. */
        @Override
        default Step on(Event.ReleaseSwitched event, Service service, DecisionContext context) {
            return service.switched(event.workDir(), event.manifest(), event.desired())
                    .move(new Stopped(), event.request().cause(), context)
                    .done(event.request());
        }

        @Override
        default Step on(Event.SignalAsked event, Service service, DecisionContext context) {
            return service.stay().reject(event.request(), ErrorCode.NOT_RUNNING, service.notRunning());
        }

        @Override
        default Step on(Event.InputAsked event, Service service, DecisionContext context) {
            return service.stay().reject(event.request(), ErrorCode.NOT_RUNNING, service.notRunning());
        }

        /** Nothing has to be ended, so the agent does not wait. Pending timers and requests end with the agent. */
        @Override
        default Step on(Event.AgentStopping event, Service service, DecisionContext context) {
            return service.move(new Stopped(), Cause.of(Cause.Kind.AGENT_STOP), context)
                    .interruptAll("the agent is stopping")
                    .then(new Effect.Run(event.done()));
        }
    }

    /** A state with a run: there is a process, or there may be one. */
    sealed interface Active extends ServiceState permits Adopting, Starting, Running, Stopping {

        RunId run();

        /** The main process; empty while it is not known. */
        Optional<ProcessIdentity> process();

        Step on(Event.Launched event, Service service, DecisionContext context);

        Step on(Event.LaunchFailed event, Service service, DecisionContext context);

        Step on(Event.Exited event, Service service, DecisionContext context);

        Step on(Event.TreeEmptied event, Service service, DecisionContext context);

        Step on(Event.StopCommandEnded event, Service service, DecisionContext context);

        Step on(Event.Adopted event, Service service, DecisionContext context);

        Step on(Event.AdoptionFailed event, Service service, DecisionContext context);

        Step on(Event.ReadyReported event, Service service, DecisionContext context);

        Step on(Event.AliveReported event, Service service, DecisionContext context);

        Step on(Event.HealthReported event, Service service, DecisionContext context);

        @Override
        default Step onRun(Event.OfRun event, Service service, DecisionContext context) {
            if (!event.run().equals(run())) return service.stay();
            return event.applyTo(this, service, context);
        }

        @Override
        default Step on(Event.ReleaseSwitched event, Service service, DecisionContext context) {
            return service.stay()
                    .reject(
                            event.request(),
                            ErrorCode.ALREADY_RUNNING,
                            "service runs; it must be stopped to be switched");
        }

        @Override
        default Step on(Event.SignalAsked event, Service service, DecisionContext context) {
            if (process().isEmpty()) {
                return service.stay().reject(event.request(), ErrorCode.NOT_RUNNING, service.notRunning());
            }
            return service.stay()
                    .then(new Effect.SignalMain(run(), event.signal()))
                    .done(event.request());
        }

        @Override
        default Step on(Event.InputAsked event, Service service, DecisionContext context) {
            if (process().isEmpty()) {
                return service.stay().reject(event.request(), ErrorCode.NOT_RUNNING, service.notRunning());
            }
            return service.stay().then(new Effect.WriteInput(run(), event.bytes(), event.request()));
        }

        /** Comes once, before anything runs, so an active service has already had it. */
        @Override
        default Step on(Event.AgentStarted event, Service service, DecisionContext context) {
            return service.stay();
        }

        @Override
        default Optional<RunId> currentRun() {
            return Optional.of(run());
        }

        @Override
        default OptionalLong pid() {
            return process().map(p -> OptionalLong.of(p.pid())).orElse(OptionalLong.empty());
        }
    }
}
