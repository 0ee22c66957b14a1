package io.efka.agent.supervision;

import io.efka.agent.supervision.Request.Outcome;
import io.efka.agent.supervision.Service.Waiters;
import io.efka.agent.supervision.Step.DecisionContext;
import io.efka.agent.supervision.Supervisors.Ports;
import io.efka.protocol.Cause;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.manifest.Manifest;
import io.efka.threads.FatalErrors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps one service as its operator wants it. Whatever happens is told to it; one event at a time it does, always in
 * this order: decide the step, save what is durable (and prepare the effects meanwhile), swap, perform them, announce.
 */
final class Supervisor {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

    private final Executor mailbox;
    private final Ports ports;
    private final Consumer<Manifest> share;
    private final ServiceTimers timers;
    private volatile Service service;
    private ServiceRecord saved;
    private ServiceStatus announced;

    /**
     * Nothing happens before the first event.
     *
     * @param mailbox runs one task at a time, in order; everything but {@link #tell} and {@link #status} is confined to it
     * @param share takes a manifest that was read late, and has the service told of its dependencies
     */
    Supervisor(Service service, Executor mailbox, Ports ports, Consumer<Manifest> share) {
        this.service = service;
        this.saved = service.record();
        this.mailbox = mailbox;
        this.ports = ports;
        this.share = share;
        this.timers = new ServiceTimers(ports, this::tell);
        this.announced = status();
    }

    /** Tells what happened or is asked for. Thread-safe; never blocks. */
    void tell(Event event) {
        mailbox.execute(() -> handle(event));
    }

    /** The status now. Thread-safe; never blocks. */
    ServiceStatus status() {
        return service.status(ports.timers().now());
    }

    /** Thread-safe; never blocks. */
    Service service() {
        return service;
    }

    /** Announces the status as it is, though nothing changed: the service is new to the listener. */
    void introduce() {
        mailbox.execute(() -> {
            publish(status());
        });
    }

    Ports ports() {
        return ports;
    }

    ServiceTimers timers() {
        return timers;
    }

    void share(Manifest manifest) {
        share.accept(manifest);
    }

    void answer(Request request, Optional<Effect.Rejection> rejection) {
        ServiceStatus status = status();
        request.answer()
                .accept(rejection
                        .map(r -> (Outcome) new Outcome.Rejected(r.reason(), r.message(), status))
                        .orElseGet(() -> new Outcome.Done(status)));
    }

    private void handle(Event event) {
        if (event instanceof Event.TimerFired fired && !timers.consume(fired)) return;
        Service before = service;
        try {
            Step step = event.applyTo(before.state(), before, context());
            for (Effect effect : step.effects()) effect.prepare(this, step.next());
            if (!save(event, step.next())) return;
            service = step.next();
            perform(step.effects());
            announce(event);
        } catch (RuntimeException bug) {
            LOG.error("service={} state={} event={}: internal error", before.id(), before.state(), event, bug);
            giveUp(before, event, bug);
        }
    }

    /** The decision stands, so all of it is performed, also what comes after an effect that fails. */
    private void perform(List<Effect> effects) {
        Optional<RuntimeException> failure = Optional.empty();
        for (Effect effect : effects) {
            try {
                effect.perform(this);
            } catch (RuntimeException bug) {
                failure.ifPresent(bug::addSuppressed);
                failure = Optional.of(bug);
            }
        }
        if (failure.isPresent()) throw failure.get();
    }

    private DecisionContext context() {
        return new DecisionContext(ports.timers().now(), ports.random(), ports.runIds());
    }

    /**
     * Makes the durable part durable. What is asked for is refused when that fails; what has happened has happened: it
     * may use the store's reserve, and when that is used up it is saved with the next change.
     */
    private boolean save(Event event, Service next) {
        if (next.record().equals(saved)) return true;
        boolean isRefusable = event instanceof Event.Asked asked && !asked.makesRoom();
        try {
            if (isRefusable) ports.store().save(next.record());
            else ports.store().saveFact(next.record());
            saved = next.record();
            return true;
        } catch (StoreException e) {
            LOG.warn("service={} state not saved: {}", next.id(), e.getMessage());
            if (!(event instanceof Event.Asked asked)) return true;
            answer(
                    asked.request(),
                    Optional.of(new Effect.Rejection(
                            ErrorCode.DISK_FULL, "state could not be saved, nothing was done: " + e.getMessage())));
            return false;
        }
    }

    private void announce(Event event) {
        ServiceStatus status = status();
        if (status.equals(announced)) return;
        log(new Transition(announced, status), event);
        publish(status);
    }

    private void log(Transition transition, Event event) {
        // Nothing starts yet: a later line says that its process was found, or that it is gone.
        boolean isAdopting = service.state() instanceof Adopting;
        Optional<String> change = isAdopting
                ? Optional.empty()
                : transition.sentence(ports.timers().now());
        boolean isWarning = transition.isWarning();
        change.ifPresent(
                line -> LOG.atLevel(isWarning ? Level.WARN : Level.INFO).log(line));
        LOG.debug("service={} event={}", service.id(), event.name());
        Duration window = service.effectiveManifest().restart().window();
        boolean loops = transition.now().crashLoop();
        transition
                .crashLoop(window)
                .ifPresent(line -> LOG.atLevel(loops ? Level.WARN : Level.INFO).log(line));
    }

    /** A listener that throws is a bug of its own: the service is as it was decided, and lives on. */
    private void publish(ServiceStatus status) {
        announced = status;
        FatalErrors.run(() -> ports.listener().changed(status));
    }

    /**
     * A bug must not leave a process that nobody watches, nor somebody who waits for ever. What runs is ended, also what
     * was launched by the very step that failed, and until it is gone nothing is started in its place.
     */
    private void giveUp(Service before, Event event, RuntimeException bug) {
        String why = "internal error: " + bug;
        Service now = service;
        timers.cancelAll();
        service = failed(now, Cause.of(Cause.Kind.INTERNAL, why)).waiters(Waiters.NONE);
        FatalErrors.run(() -> endRun(now));
        var rejection = Optional.of(new Effect.Rejection(ErrorCode.INTERNAL, why));
        var waiting = new ArrayList<Request>(now.waiters().starts());
        waiting.addAll(now.waiters().stops());
        // A decision that stands has answered whoever asked, or has them wait.
        boolean undecided = now == before;
        if (undecided && event instanceof Event.Asked asked) waiting.add(asked.request());
        for (Request request : waiting) FatalErrors.run(() -> answer(request, rejection));
        if (undecided && event instanceof Event.AgentStopping stopping) FatalErrors.run(stopping.done());
        publish(status());
    }

    private Service failed(Service now, Cause cause) {
        if (now.state() instanceof ServiceState.Active active && !(active instanceof Adopting)) {
            var ending = new Stopping(active.run(), active.process(), Optional.empty(), Stopping.Next.fail(), 1);
            if (active instanceof Stopping stopping) ending = stopping.failing();
            return now.move(ending, cause, context()).next();
        }
        return now.move(new Failed(), cause, context()).next();
    }

    private void endRun(Service now) {
        now.state().currentRun().ifPresent(run -> {
            timers.set(TimerKind.GRACE, Transitions.KILL_AGAIN);
            ports.launcher().killTree(run);
        });
    }
}
