package io.efka.agent.supervision;

import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import io.efka.agent.supervision.Step.DecisionContext;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.RunId;
import java.util.Optional;
import java.util.OptionalLong;

/** A state with a run: there is, or may be, a process. */
sealed interface ActiveState extends ServiceState permits Adopting, Starting, Running, Stopping {

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
    default Step on(Event.SignalAsked event, Service service, DecisionContext context) {
        if (process().isEmpty()) {
            return service.stay().reject(event.request(), ErrorCode.NOT_RUNNING, service.notRunning());
        }
        return service.stay().then(new Effect.SignalMain(run(), event.signal())).done(event.request());
    }

    @Override
    default Step on(Event.InputAsked event, Service service, DecisionContext context) {
        if (process().isEmpty()) {
            return service.stay().reject(event.request(), ErrorCode.NOT_RUNNING, service.notRunning());
        }
        return service.stay().then(new Effect.WriteInput(run(), event.bytes(), event.request()));
    }

    /** Told once, before anything runs; a service that is active already has had it. */
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
