package io.efka.agent.supervision;

import io.efka.agent.supervision.ServiceRecord.History;
import io.efka.agent.supervision.ServiceRecord.Oneshot;
import io.efka.agent.supervision.Step.DecisionContext;
import io.efka.protocol.Cause;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.Schedule;
import java.time.Duration;
import java.time.Instant;

/**
 * What is different for a oneshot: it ends by itself, and may have a schedule. While it has none, it is desired from the
 * start by command until it has completed or is given up; with one, it is desired as long as the schedule is in force. Pure.
 */
final class Oneshots {
    /**
     * A schedule that follows the wall clock looks at it this often, as the clock may be set and the machine may sleep; a due
     * time that is noticed later than this was missed.
     */
    static final Duration LOOK = Duration.ofMinutes(1);

    private Oneshots() {}

    static boolean is(Service service) {
        return service.effectiveManifest().oneshot().isPresent();
    }

    /** The state of one that an agent finds at its start. */
    static ServiceState found(ServiceRecord record) {
        boolean isAtRest = record.desired() == Desired.STOPPED && record.run().isEmpty();
        if (!isAtRest) return new Stopped();
        return switch (record.oneshot().outcome()) {
            case NONE -> new Stopped();
            case COMPLETED -> new Completed();
            case FAILED -> new Failed();
        };
    }

    /** Desired from now on, not only when it is seen running; the due times of a schedule count from now on. */
    static Service wanted(Service service, DecisionContext context) {
        if (!is(service) || service.isDesired()) return service;
        return service.desired(Desired.RUNNING)
                .oneshot(service.record().oneshot().handledUpTo(context.now()));
    }

    /** Another run begins, or nothing is to be said of the last one any more. */
    static Service begun(Service service) {
        return service.oneshot(service.record().oneshot().with(Oneshot.Outcome.NONE));
    }

    /** Whether the run that an earlier agent began is over, so that it must not be begun again. */
    static boolean isOverFor(Service service, Event.Resumable event) {
        return is(service) && service.lastRun().filter(event::isDoneBy).isPresent();
    }

    /** Refuses a start that was begun by an earlier agent: its run is over, and failed. */
    static Step refuse(Service service, Request request) {
        String how = service.record()
                .lastExit()
                .map(last -> Transitions.describe(last.exit()))
                .orElse("failed");
        return service.stay().reject(request, ErrorCode.ONESHOT_FAILED, "service " + how);
    }

    /** A run is over, its tree as well. */
    static Step ended(Service service, boolean clean, Cause cause, DecisionContext context) {
        if (clean) return completed(service, cause, context);
        boolean isUnknown = cause.kind() == Cause.Kind.EXIT
                && cause.code().isEmpty()
                && cause.signal().isEmpty();
        if (isUnknown && service.isDesired()) return unknown(service, cause, context);
        ErrorCode code = cause.kind() == Cause.Kind.LAUNCH_FAILED ? ErrorCode.LAUNCH_FAILED : ErrorCode.ONESHOT_FAILED;
        Step told = service.stay().startsRejected(code, Transitions.describe(cause));
        if (!service.isDesired())
            return Transitions.rest(told.next(), cause, context).thenFirst(told.effects());
        Manifest.RestartRule rule = service.effectiveManifest().restart();
        Service counted = told.next().history(service.record().history().failed(context.now(), rule, false));
        RestartPolicy.Verdict verdict =
                RestartPolicy.decide(rule, counted.record().history(), false, context.now(), context.random());
        Step step = verdict instanceof RestartPolicy.Verdict.RestartAfter
                ? verdict.applyTo(counted, cause, context)
                : failed(counted, cause, context);
        return step.thenFirst(told.effects());
    }

    private static Step completed(Service service, Cause cause, DecisionContext context) {
        Service done = service.history(History.CLEAN)
                .oneshot(service.record().oneshot().with(Oneshot.Outcome.COMPLETED));
        Step step = isInForce(done)
                ? schedule(done, cause, context)
                : done.desired(Desired.STOPPED).move(new Completed(), cause, context);
        return step.startsDone().stopsDone();
    }

    private static Step failed(Service service, Cause cause, DecisionContext context) {
        Service over = service.oneshot(service.record().oneshot().with(Oneshot.Outcome.FAILED));
        Step step = isInForce(over)
                ? schedule(over, cause, context)
                : over.desired(Desired.STOPPED).move(new Failed(), cause, context);
        return step.stopsDone();
    }

    /**
     * It ended while no agent was there to see how, or soon after: it was not this agent's child. One that was started by
     * command is run again; one with a schedule is not, as each due time is run once at most.
     */
    private static Step unknown(Service service, Cause cause, DecisionContext context) {
        return isInForce(service)
                ? schedule(service, cause, context).startsDone().stopsDone()
                : Transitions.relaunch(service, cause, context).stopsDone();
    }

    private static boolean isInForce(Service service) {
        return service.isDesired() && service.schedule().isPresent();
    }

    /** Waits for the next due time; those that passed while a run was going on were skipped. */
    static Step schedule(Service service, Cause cause, DecisionContext context) {
        Schedule.Passed passed = passed(service, context.now());
        Oneshot memory = service.record().oneshot().handledUpTo(passed.latest());
        return await(service.oneshot(memory.moreSkipped(passed.count())), cause, context);
    }

    /** Goes on with a schedule at the start of an agent; due times that passed before it were missed. */
    static Step resume(Service service, Cause cause, DecisionContext context) {
        return late(service, passed(service, context.now()), cause, context);
    }

    /** The timer fired: the next run begins, if its time has come by the clock that counts. */
    static Step due(Service service, Scheduled state, Manifest.ScheduleRule rule, DecisionContext context) {
        Instant now = context.now();
        Oneshot memory = service.record().oneshot();
        if (!rule.schedule().followsClock()) {
            boolean isRegular = !now.isBefore(state.due())
                    && rule.schedule().passed(state.due(), now).count() == 0;
            // The timer is right. If the clock says otherwise, it was set: the next interval begins now.
            return run(service.oneshot(memory.handledUpTo(isRegular ? state.due() : now)), state.due(), context);
        }
        if (now.isBefore(state.begin())) return await(service, service.cause(), context);
        Schedule.Passed passed = passed(service, now);
        boolean isInTime = !now.isAfter(passed.latest().plus(rule.jitter()).plus(LOOK));
        if (!isInTime) return late(service, passed, service.cause(), context);
        Oneshot taken = memory.handledUpTo(passed.latest()).moreMissed(Math.max(0, passed.count() - 1));
        return run(service.oneshot(taken), passed.latest(), context);
    }

    /** Due times were missed: makes up for them by one run, or waits for the next one. */
    private static Step late(Service service, Schedule.Passed passed, Cause cause, DecisionContext context) {
        Oneshot memory = service.record().oneshot().handledUpTo(passed.latest());
        boolean catchesUp = passed.count() > 0 && rule(service).catchUp();
        if (catchesUp) return run(service.oneshot(memory.moreMissed(passed.count() - 1)), passed.latest(), context);
        return await(service.oneshot(memory.moreMissed(passed.count())), cause, context);
    }

    private static Step run(Service service, Instant due, DecisionContext context) {
        return Transitions.launch(service, Cause.of(Cause.Kind.SCHEDULE, "was due at " + due), context);
    }

    /** Nothing is changed by the wait itself: who only looks at the clock again must not seem to have changed. */
    private static Step await(Service service, Cause cause, DecisionContext context) {
        Manifest.ScheduleRule rule = rule(service);
        Instant now = context.now();
        Instant due = rule.schedule().next(handled(service, now)).orElseThrow();
        Scheduled next = service.state() instanceof Scheduled same && same.due().equals(due)
                ? same
                : new Scheduled(due, due.plus(jitter(rule, context)));
        Duration left = Duration.between(now, next.begin());
        boolean looksAgain = rule.schedule().followsClock() && left.compareTo(LOOK) > 0;
        Step step = next.equals(service.state()) ? service.stay() : service.move(next, cause, context);
        return step.then(new Effect.SetTimer(TimerKind.DUE, looksAgain ? LOOK : left));
    }

    private static Duration jitter(Manifest.ScheduleRule rule, DecisionContext context) {
        return Duration.ofMillis(
                Math.round(rule.jitter().toMillis() * context.random().nextDouble()));
    }

    private static Schedule.Passed passed(Service service, Instant now) {
        return rule(service).schedule().passed(handled(service, now), now);
    }

    /** What is written down as handled; a time that has not come yet was written down before the clock was set back. */
    private static Instant handled(Service service, Instant now) {
        return service.record()
                .oneshot()
                .handled()
                .filter(due -> !due.isAfter(now))
                .orElse(now);
    }

    private static Manifest.ScheduleRule rule(Service service) {
        return service.schedule().orElseThrow();
    }
}
