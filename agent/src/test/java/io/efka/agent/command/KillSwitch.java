package io.efka.agent.command;

/** Kills an agent's life at its n-th touch of the outside world: from then on nothing it does has any effect. */
final class KillSwitch {
    private int touchesLeft;
    private boolean isDead;

    private KillSwitch(int touchesLeft) {
        this.touchesLeft = touchesLeft;
    }

    static KillSwitch never() {
        return new KillSwitch(Integer.MAX_VALUE);
    }

    static KillSwitch at(int touch) {
        return new KillSwitch(touch);
    }

    boolean isDead() {
        return isDead;
    }

    void touch() {
        if (isDead || touchesLeft-- == 0) {
            isDead = true;
            throw new Killed();
        }
    }

    static final class Killed extends Error {
        private Killed() {
            super("killed", null, false, false);
        }
    }
}
