package io.efka.agent.supervision;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * Somebody who asked a supervisor for something and waits for its outcome. Answered exactly once.
 *
 * @param commandId for the status's cause; empty when the command had none
 * @param waits false: answered at acceptance, not when done
 * @param answer takes the outcome; called on the mailbox, must not block
 */
public record Request(Optional<String> commandId, boolean waits, Consumer<Outcome> answer) {}
