package io.efka.agent.desired;

import java.util.Optional;

/**
 * How far a revision is with one service.
 *
 * @param release current when it was changed; empty before, and for a service without one
 * @param problem why it failed; empty if it did not
 */
record Task(Stage stage, Optional<String> release, Optional<Problem> problem) {

    /** What is left to do, or was done. */
    enum Stage {
        /** It is to become what its entry says. */
        CHANGE,
        /** An earlier revision began to change it, and this one does not: it is to become what it was. */
        RESTORE,
        /** It is to go, once all others are what they should be: this cannot be taken back. */
        REMOVE,
        /** It failed, and is to become what it was. */
        TAKE_BACK,
        CHANGED,
        RESTORED,
        REMOVED,
        FAILED;

        boolean isLeft() {
            return this == CHANGE || this == RESTORE || this == REMOVE || this == TAKE_BACK;
        }
    }

    static Task of(Stage stage) {
        return new Task(stage, Optional.empty(), Optional.empty());
    }

    static Task failed(Stage stage, Problem problem) {
        return new Task(stage, Optional.empty(), Optional.of(problem));
    }

    /** It is done. */
    Task done(Optional<String> current) {
        return switch (stage) {
            case CHANGE -> new Task(Stage.CHANGED, current, Optional.empty());
            case REMOVE -> Task.of(Stage.REMOVED);
            case RESTORE -> Task.of(Stage.RESTORED);
            case TAKE_BACK -> new Task(Stage.FAILED, Optional.empty(), problem);
            case CHANGED, RESTORED, REMOVED, FAILED -> this;
        };
    }
}
