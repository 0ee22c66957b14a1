package io.efka.agent.command;

import java.util.concurrent.CompletableFuture;

/** Does what one command asks for. Called on a thread of the pool, in the command's lane; may block for disk work. */
public interface CommandHandler {

    /**
     * Begins, and completes the answer when it is done, or accepted if the command does not wait.
     *
     * @throws CommandException before anything was done
     */
    CompletableFuture<CommandResult> handle(Command command) throws CommandException;
}
