package io.efka.agent.command.handler;

import io.efka.agent.command.Command;
import io.efka.agent.command.CommandResult;
import io.efka.agent.command.handler.ApplyDecoder.ApplyPlan;
import io.efka.agent.release.DeployPlan;
import io.efka.agent.release.DeployRequest;
import io.efka.agent.release.DeployRequest.Content;
import io.efka.agent.release.Deployments;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus.Desired;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What an apply does to services whose content comes as a release: each is a deploy. Thread-safe. */
record ReleaseSteps(Deployments deployments, ServiceRequests services, Installation installation, Command command) {

    /** Whether the content is fetched or stored, or takes the place of a release. */
    boolean isFor(ApplyPlan.Wanted wanted) {
        if (wanted.content().isEmpty()) return false;
        if (!(wanted.content().get() instanceof Content.Inline inline)) return true;
        return inline.request().workDir().isEmpty() && hasReleases(deployments, wanted.id());
    }

    private static boolean hasReleases(Deployments deployments, ServiceId id) {
        return deployments.releases(id).current().isPresent();
    }

    /** Whether it is what is current already. */
    boolean isCurrent(ApplyPlan.Wanted wanted) throws CommandException {
        Content content = wanted.content().orElseThrow();
        if (content instanceof Content.Inline inline) return !installation.differs(wanted.id(), inline.request());
        return deployments.isCurrent(wanted.id(), content);
    }

    /**
     * Installs a service, stopped, or has another release take the place of the one it has. It waits for its turn by itself.
     */
    CompletableFuture<CommandResult> deploy(ApplyPlan.Wanted wanted) throws CommandException {
        ServiceId id = wanted.id();
        DeployRequest request = request(wanted, false);
        var answers = new DeployAnswers(deployments);
        return deployments.deploy(id, request).result().thenApply(over -> answers.of(id, over));
    }

    /** What {@link #deploy} would do. Completes with a {@link CommandException} if it would be refused. */
    CompletableFuture<DeployPlan> plan(ApplyPlan.Wanted wanted) throws CommandException {
        // A new service is started by a later step of the apply, and watched then as it would be here.
        return deployments.plan(wanted.id(), request(wanted, wanted.desired() == Desired.RUNNING));
    }

    private DeployRequest request(ApplyPlan.Wanted wanted, boolean starts) throws CommandException {
        ServiceId id = wanted.id();
        if (services.isInstalled(id) && !services.isOwn(id)) {
            throw new CommandException(
                    ErrorCode.NOT_ALLOWED, "service " + id + " was registered where it is, and has no releases");
        }
        return new DeployRequest(
                command.id(),
                false,
                content(wanted),
                wanted.rule(),
                Optional.empty(),
                false,
                false,
                starts,
                command.isRepeated(),
                false);
    }

    /** What names all files of the service is called by its content alone, whatever it takes the place of. */
    private Content content(ApplyPlan.Wanted wanted) throws CommandException {
        Content content = wanted.content().orElseThrow();
        if (!(content instanceof Content.Inline inline)) return content;
        return new Content.Inline(inline.request(), installation.hasOthers(wanted.id(), inline.request()));
    }
}
