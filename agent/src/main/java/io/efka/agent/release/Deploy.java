package io.efka.agent.release;

import io.efka.protocol.Cause;
import io.efka.protocol.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One deploy at one moment. A value: a step makes a new one.
 *
 * @param commandId of the command that asked for it, by which a repeated command finds it again
 * @param isRollback whether {@code rollback} asked for it
 * @param back the release that was current when it was activated; empty for a new service
 * @param isWanted whether the service was to run before the switch stopped it, or is by what was asked since; a switch starts it again
 */
public record Deploy(
        Optional<String> commandId,
        boolean isRollback,
        ReleaseId target,
        Optional<ReleaseId> back,
        DeployRule rule,
        boolean isWanted,
        DeployState state) {

    /**
     * When a release counts as good, and what is done if it does not.
     *
     * @param minHealthy so long it must be running, ready and not unhealthy without an exit
     * @param deadline from its activation to the end of {@code minHealthy}
     * @param rollsBack whether the release before comes back; otherwise it is left as it is
     * @param confirmWithin from when it is healthy, by when {@code confirm} must have come; empty: nobody need confirm
     */
    public record DeployRule(
            Duration minHealthy, Duration deadline, boolean rollsBack, Optional<Duration> confirmWithin) {
        /** From the protocol document. */
        public static final DeployRule STANDARD =
                new DeployRule(Duration.ofSeconds(10), Duration.ofMinutes(5), true, Optional.empty());
    }

    static Deploy begun(DeployRequest request, ReleaseId target, Preparing first) {
        return new Deploy(
                request.commandId(), request.isRollback(), target, Optional.empty(), request.rule(), false, first);
    }

    public boolean isOver() {
        return state instanceof DeployState.Ended;
    }

    /** Whether the service is being stopped for another release, or will be at once. */
    boolean isSwitching() {
        if (state instanceof RollingBack back) return !back.isSwitched();
        return state instanceof Activating;
    }

    /** Why it did not succeed; empty while it is under way, and if it did. */
    Optional<DeployResult.Problem> problem() {
        return state instanceof DeployState.Ended ended ? ended.result().problem() : Optional.empty();
    }

    /** Of the stops and starts that it does in its state. */
    Cause cause() {
        if (state instanceof RollingBack back)
            return Cause.rollback(commandId, back.problem().message());
        return problem().map(why -> Cause.rollback(commandId, why.message())).orElseGet(() -> Cause.command(commandId));
    }

    /** How far its download is, or why it failed, as a status and an event have it. */
    Map<String, Object> detailFields() {
        var fields = new LinkedHashMap<String, Object>();
        if (state instanceof Preparing preparing)
            preparing.transfer().ifPresent(transfer -> fields.putAll(transfer.fields()));
        problem().ifPresent(why -> {
            fields.put("code", why.code().word());
            fields.put("message", why.message());
        });
        return fields;
    }

    DeployStep on(DeployEvent event, Instant now) {
        return event.applyTo(state, this, now);
    }

    /** The same deploy in another state. */
    DeployStep move(DeployState next) {
        return new DeployStep(new Deploy(commandId, isRollback, target, back, rule, isWanted, next), List.of());
    }

    DeployStep stay() {
        return new DeployStep(this, List.of());
    }

    Deploy activated(Optional<ReleaseId> current, boolean wanted, Instant now) {
        return new Deploy(commandId, isRollback, target, current, rule, wanted, new Activating(now));
    }

    /** With the name that its manifest gives it. */
    Deploy of(ReleaseId named) {
        return new Deploy(commandId, isRollback, named, back, rule, isWanted, state);
    }

    /** Somebody started or stopped the service after the switch: so it stays, also after a rollback. */
    Deploy wanted(boolean wanted) {
        return new Deploy(commandId, isRollback, target, back, rule, wanted, state);
    }

    /** Ends it, and tells whoever waits. */
    DeployStep end(DeployState.Ended ended) {
        return move(ended).then(new DeployEffect.Answer(ended.result()));
    }

    /** The release failed: the one before comes back, if there is one and it may. */
    DeployStep fail(DeployResult.Problem problem, Instant now) {
        var bad = new DeployEffect.MarkBad(target, problem.message());
        if (!rule.rollsBack())
            return end(new DeployState.Ended(DeployResult.failed(problem), now)).then(bad);
        if (back.isEmpty()) {
            var none = new DeployResult.Problem(
                    ErrorCode.NO_PREVIOUS_RELEASE,
                    problem.message() + "; there is no release to go back to, so the service is stopped");
            return end(new DeployState.Ended(DeployResult.failed(none), now))
                    .then(bad)
                    .then(new DeployEffect.StopService());
        }
        return goBack(problem, now).then(bad);
    }

    /** The release before comes back, whatever this one is worth. */
    DeployStep goBack(DeployResult.Problem problem, Instant now) {
        return move(new RollingBack(problem, now)).then(new DeployEffect.Switch(back.orElseThrow(), isWanted));
    }
}
