package io.efka.agent.command.handler;

import io.efka.agent.command.Command;
import io.efka.agent.command.CommandException;
import io.efka.agent.command.CommandHandler;
import io.efka.agent.command.CommandResult;
import io.efka.agent.supervision.ServiceRegistry;
import java.util.concurrent.CompletableFuture;

/** {@code apply}: a declared set of services. Applied twice, the second time changes nothing. */
final class ApplyCommand implements CommandHandler {
    private final ServiceRegistry supervision;
    private final ServiceRequests services;
    private final Installation installation;
    private final Toolbox toolbox;

    ApplyCommand(ServiceRegistry supervision, ServiceRequests services, Installation installation, Toolbox toolbox) {
        this.supervision = supervision;
        this.services = services;
        this.installation = installation;
        this.toolbox = toolbox;
    }

    @Override
    public CompletableFuture<CommandResult> handle(Command command) throws CommandException {
        var decoder = new ApplyDecoder(supervision, toolbox.installer());
        ApplyPlan plan = decoder.decode(command.arguments());
        var steps = new ApplySteps(supervision, services, installation, command.id());
        return new ApplyRun(plan, steps, toolbox.lanes()).run().thenApply(answer -> answer.warning(decoder.warnings()));
    }
}
