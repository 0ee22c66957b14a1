package io.efka.agent.command;

import io.efka.agent.service.Supervision;
import java.util.concurrent.CompletableFuture;

/** {@code apply}: a declared set of services. Applied twice, the second time changes nothing. */
final class ApplyCommand implements Handler {
    private final Supervision supervision;
    private final Services services;
    private final Installation installation;
    private final Toolbox toolbox;

    ApplyCommand(Supervision supervision, Services services, Installation installation, Toolbox toolbox) {
        this.supervision = supervision;
        this.services = services;
        this.installation = installation;
        this.toolbox = toolbox;
    }

    @Override
    public CompletableFuture<Answer> handle(Command command) throws Refusal {
        var decoder = new ApplyDecoder(supervision, toolbox.installer());
        ApplyPlan plan = decoder.decode(command.arguments());
        var steps = new ApplySteps(supervision, services, installation, command.id());
        return new ApplyRun(plan, steps, toolbox.lanes()).run().thenApply(answer -> answer.warning(decoder.warnings()));
    }
}
