package io.efka.agent.command;

/** Kills an agent's life at its n-th touch of the outside world: from then on nothing it does has any effect. */
public final class KillSwitch {
    private int touchesLeft;
    private boolean isDead;

    private KillSwitch(int touchesLeft) {
        this.touchesLeft = touchesLeft;
    }

    public static KillSwitch never() {
        return new KillSwitch(Integer.MAX_VALUE);
    }

    public static KillSwitch at(int touch) {
        return new KillSwitch(touch);
    }

    public boolean isDead() {
        return isDead;
    }

    void touch() {
        if (isDead || touchesLeft-- == 0) {
            isDead = true;
            throw new Killed();
        }
    }

    public static final class Killed extends Error {
        private Killed() {
            super("killed", null, false, false);
        }
    }
}
