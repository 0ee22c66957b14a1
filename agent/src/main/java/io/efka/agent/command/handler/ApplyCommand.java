package io.efka.agent.command.handler;

import io.efka.agent.command.Command;
import io.efka.agent.command.CommandResult;
import io.efka.agent.command.CommandTable;
import io.efka.agent.command.KeyedSerialExecutor;
import io.efka.agent.command.handler.ApplyDecoder.ApplyPlan;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.protocol.CommandException;
import java.util.concurrent.CompletableFuture;

/** {@code apply}: a declared set of services. Applied twice, the second time changes nothing. */
public final class ApplyCommand implements CommandTable.Handler {
    private final ServiceRegistry supervision;
    private final ServiceRequests services;
    private final Installation installation;
    private final KeyedSerialExecutor queues;

    /** @param queues the router's: every step of an apply waits its turn like a command to that service */
    public ApplyCommand(
            ServiceRegistry supervision,
            ServiceRequests services,
            Installation installation,
            KeyedSerialExecutor queues) {
        this.supervision = supervision;
        this.services = services;
        this.installation = installation;
        this.queues = queues;
    }

    @Override
    public CompletableFuture<CommandResult> handle(Command command) throws CommandException {
        var decoder = new ApplyDecoder(supervision, installation);
        ApplyPlan plan = decoder.decode(command.arguments());
        var steps = new ApplySteps(supervision, services, installation, command.id());
        return new ApplyRun(plan, steps, queues).run().thenApply(result -> result.warning(decoder.warnings()));
    }
}
