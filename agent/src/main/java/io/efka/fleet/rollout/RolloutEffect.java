package io.efka.fleet.rollout;

/** What is to be done when an event has changed a rollout. */
sealed interface RolloutEffect {

    /** The document goes to the devices, and nothing else is done before the broker has it. */
    record Publish() implements RolloutEffect {}

    /** The command is done. The rollout's state says what has come of it. */
    record Finish() implements RolloutEffect {}

    /** What was asked for cannot be done; nothing has changed. */
    record Refuse(String why) implements RolloutEffect {}
}
