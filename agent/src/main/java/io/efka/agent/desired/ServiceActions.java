package io.efka.agent.desired;

import com.google.gson.JsonObject;
import io.efka.agent.command.CommandResult;
import io.efka.protocol.CommandException;
import io.efka.protocol.ServiceId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Changes services by the commands that an operator would send. Thread-safe. */
public interface ServiceActions {

    /**
     * Runs a command to a service, or to the device if {@code service} is empty. Never blocks.
     *
     * @param id of the command; a deploy is found again by it
     * @param waits whether it completes at the end; otherwise when the command was accepted
     */
    CompletableFuture<CommandResult> run(
            Optional<ServiceId> service, String command, JsonObject arguments, String id, boolean waits);

    /**
     * Finds what can be found wrong before anything is changed. May block for the disk.
     *
     * @param arguments of the entry, without {@code desired} and {@code config}
     * @throws CommandException saying what is wrong
     */
    void check(ServiceId service, JsonObject arguments) throws CommandException;
}
