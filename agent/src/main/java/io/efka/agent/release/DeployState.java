package io.efka.agent.release;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** Where a deploy is. A state holds only what is true in it, and answers every event; {@code agent/docs/deploys.md} has the table. */
public sealed interface DeployState permits DeployState.Pending, DeployState.Activated, DeployState.Ended {

    /** The state that a status shows. */
    String visible();

    /** When it was entered. */
    Instant since();

    /** What whoever asked for the deploy has been told; empty: they still wait. */
    default Optional<DeployResult> answer() {
        return Optional.empty();
    }

    DeployStep on(DeployEvent.StageReached event, Deploy deploy, Instant now);

    DeployStep on(DeployEvent.Prepared event, Deploy deploy, Instant now);

    DeployStep on(DeployEvent.PreparationFailed event, Deploy deploy, Instant now);

    DeployStep on(DeployEvent.TurnCame event, Deploy deploy, Instant now);

    DeployStep on(DeployEvent.HoldsChanged event, Deploy deploy, Instant now);

    DeployStep on(DeployEvent.Switched event, Deploy deploy, Instant now);

    DeployStep on(DeployEvent.SwitchFailed event, Deploy deploy, Instant now);

    DeployStep on(DeployEvent.Observed event, Deploy deploy, Instant now);

    DeployStep on(DeployEvent.TimerFired event, Deploy deploy, Instant now);

    DeployStep on(DeployEvent.ConfirmAsked event, Deploy deploy, Instant now);

    DeployStep on(DeployEvent.EndAsked event, Deploy deploy, Instant now);

    DeployStep on(DeployEvent.AgentStarted event, Deploy deploy, Instant now);

    /** A state in which nothing that runs has changed. What comes of a switch, or is seen, belongs to an earlier deploy. */
    sealed interface Pending extends DeployState permits Preparing, Staged, Held {
        @Override
        default DeployStep on(DeployEvent.Switched event, Deploy deploy, Instant now) {
            return deploy.stay();
        }

        @Override
        default DeployStep on(DeployEvent.SwitchFailed event, Deploy deploy, Instant now) {
            return deploy.stay();
        }

        @Override
        default DeployStep on(DeployEvent.Observed event, Deploy deploy, Instant now) {
            return deploy.stay();
        }

        @Override
        default DeployStep on(DeployEvent.TimerFired event, Deploy deploy, Instant now) {
            return deploy.stay();
        }

        @Override
        default DeployStep on(DeployEvent.ConfirmAsked event, Deploy deploy, Instant now) {
            return deploy.stay();
        }
    }

    /** A state in which the release is current, or about to be: preparing it is over, and its turn has come. */
    sealed interface Activated extends DeployState permits Activating, DeployState.Switched, RollingBack {
        @Override
        default DeployStep on(DeployEvent.StageReached event, Deploy deploy, Instant now) {
            return deploy.stay();
        }

        @Override
        default DeployStep on(DeployEvent.Prepared event, Deploy deploy, Instant now) {
            return deploy.stay();
        }

        @Override
        default DeployStep on(DeployEvent.PreparationFailed event, Deploy deploy, Instant now) {
            return deploy.stay();
        }

        @Override
        default DeployStep on(DeployEvent.TurnCame event, Deploy deploy, Instant now) {
            return deploy.stay();
        }

        /** Too late: a release that is current proves itself or is taken back. */
        @Override
        default DeployStep on(DeployEvent.HoldsChanged event, Deploy deploy, Instant now) {
            return deploy.stay();
        }
    }

    /** A state in which the release is current: nothing is being switched. */
    sealed interface Switched extends Activated permits Watching, Unwatched, Confirming {
        @Override
        default String visible() {
            return "watching";
        }

        @Override
        default DeployStep on(DeployEvent.Switched event, Deploy deploy, Instant now) {
            return deploy.stay();
        }

        @Override
        default DeployStep on(DeployEvent.SwitchFailed event, Deploy deploy, Instant now) {
            return deploy.stay();
        }
    }

    /** It is over. Nothing changes it any more. */
    record Ended(DeployResult result, Instant since) implements DeployState {
        @Override
        public Optional<DeployResult> answer() {
            return Optional.of(result);
        }

        @Override
        public String visible() {
            return result.outcome().name().toLowerCase(Locale.ROOT);
        }

        @Override
        public DeployStep on(DeployEvent.StageReached event, Deploy deploy, Instant now) {
            return deploy.stay();
        }

        @Override
        public DeployStep on(DeployEvent.Prepared event, Deploy deploy, Instant now) {
            return deploy.stay();
        }

        @Override
        public DeployStep on(DeployEvent.PreparationFailed event, Deploy deploy, Instant now) {
            return deploy.stay();
        }

        @Override
        public DeployStep on(DeployEvent.TurnCame event, Deploy deploy, Instant now) {
            return deploy.stay();
        }

        @Override
        public DeployStep on(DeployEvent.HoldsChanged event, Deploy deploy, Instant now) {
            return deploy.stay();
        }

        @Override
        public DeployStep on(DeployEvent.Switched event, Deploy deploy, Instant now) {
            return deploy.stay();
        }

        @Override
        public DeployStep on(DeployEvent.SwitchFailed event, Deploy deploy, Instant now) {
            return deploy.stay();
        }

        @Override
        public DeployStep on(DeployEvent.Observed event, Deploy deploy, Instant now) {
            return deploy.stay();
        }

        @Override
        public DeployStep on(DeployEvent.TimerFired event, Deploy deploy, Instant now) {
            return deploy.stay();
        }

        @Override
        public DeployStep on(DeployEvent.ConfirmAsked event, Deploy deploy, Instant now) {
            return deploy.stay();
        }

        @Override
        public DeployStep on(DeployEvent.EndAsked event, Deploy deploy, Instant now) {
            return deploy.stay();
        }

        @Override
        public DeployStep on(DeployEvent.AgentStarted event, Deploy deploy, Instant now) {
            return deploy.stay();
        }

        static Ended committed(Instant now) {
            return new Ended(DeployResult.COMMITTED, now);
        }

        static Ended of(DeployResult.Outcome outcome, DeployResult.Problem problem, Instant now) {
            return new Ended(new DeployResult(outcome, Optional.of(problem)), now);
        }
    }
}
