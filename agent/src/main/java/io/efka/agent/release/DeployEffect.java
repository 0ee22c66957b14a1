package io.efka.agent.release;

import java.time.Duration;

/** What a deploy has done outside itself. {@code Deployer} performs it. */
sealed interface DeployEffect {
    /** Performs it with what {@code actor} has. Must not block. */
    void perform(Actor actor);

    /** Stops fetching and unpacking; what comes of it is not used. */
    record Abort() implements DeployEffect {
        @Override
        public void perform(Actor actor) {
            actor.abort();
        }
    }

    /** Waits until no command to the service is under way, then tells {@link DeployEvent.TurnCame}. */
    record AwaitTurn() implements DeployEffect {
        @Override
        public void perform(Actor actor) {
            actor.awaitTurn();
        }
    }

    /** Lets commands to the service go on, until the turn is waited for again. */
    record GiveUpTurn() implements DeployEffect {
        @Override
        public void perform(Actor actor) {
            actor.giveUpTurn();
        }
    }

    /**
     * Stops the service, makes a release the current one, and starts the service if it is to run. Tells {@link
     * DeployEvent.Switched} or {@link DeployEvent.SwitchFailed}. May be done again after a crash.
     */
    record Switch(ReleaseId to, boolean starts) implements DeployEffect {
        @Override
        public void perform(Actor actor) {
            actor.switchTo(to, starts);
        }
    }

    /** Stops the service for good. */
    record StopService() implements DeployEffect {
        @Override
        public void perform(Actor actor) {
            actor.stopService();
        }
    }

    /** Remembers that a release failed here, so that it is not deployed again by mistake. */
    record MarkBad(ReleaseId release, String why) implements DeployEffect {
        @Override
        public void perform(Actor actor) {
            actor.markBad(release, why);
        }
    }

    /** In place of an earlier one of that kind. */
    record SetTimer(DeployEvent.TimerKind kind, Duration delay) implements DeployEffect {
        @Override
        public void perform(Actor actor) {
            actor.setTimer(kind, delay);
        }
    }

    record CancelTimer(DeployEvent.TimerKind kind) implements DeployEffect {
        @Override
        public void perform(Actor actor) {
            actor.cancelTimer(kind);
        }
    }

    /** Tells whoever waits for the end of the deploy. */
    record Answer(DeployResult result) implements DeployEffect {
        @Override
        public void perform(Actor actor) {
            actor.answer(result);
        }
    }

    /** Performs effects. Its methods are called on the deploy's mailbox, and must not block. */
    interface Actor {
        void abort();

        void awaitTurn();

        void giveUpTurn();

        void switchTo(ReleaseId to, boolean starts);

        void stopService();

        void markBad(ReleaseId release, String why);

        void setTimer(DeployEvent.TimerKind kind, Duration delay);

        void cancelTimer(DeployEvent.TimerKind kind);

        void answer(DeployResult result);
    }
}
