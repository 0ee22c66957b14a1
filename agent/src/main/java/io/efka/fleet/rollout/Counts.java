package io.efka.fleet.rollout;

/**
 * How many devices of a group are where in a rollout.
 *
 * @param devices of the group that are known, also those that are offline
 * @param share that are in the share of the candidate
 * @param done in the share, that run the candidate
 * @param failed in the share, that went back or do not work with it
 * @param updating in the share and online, that are neither done nor failed
 * @param offline in the share and offline, that are neither done nor failed
 */
record Counts(int devices, int share, int done, int failed, int updating, int offline) {
    static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0);

    /** How many devices have said what became of it. */
    int answered() {
        return done + failed;
    }

    /** How many devices take part: all of the share but those that are away. */
    int takingPart() {
        return done + failed + updating;
    }

    @Override
    public String toString() {
        return done + " done, " + failed + " failed, " + updating + " updating, " + offline + " offline, of " + share
                + " in the share and " + devices + " in the group";
    }
}
