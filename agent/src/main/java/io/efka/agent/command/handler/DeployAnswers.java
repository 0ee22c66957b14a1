package io.efka.agent.command.handler;

import io.efka.agent.command.CommandResult;
import io.efka.agent.command.CommandResult.ReplyFields;
import io.efka.agent.release.DeployResult;
import io.efka.agent.release.Deployments;
import io.efka.agent.release.ServiceReleases;
import io.efka.protocol.ServiceId;
import java.util.Locale;

/** What a reply says of a service's releases. Thread-safe. */
record DeployAnswers(Deployments deployments) {

    /** How a deploy ended, and what is current now. */
    CommandResult of(ServiceId id, DeployResult over) {
        ReplyFields fields =
                state(id, ReplyFields.NONE.and("outcome", over.outcome().name().toLowerCase(Locale.ROOT)));
        return over.problem()
                .<CommandResult>map(problem -> new CommandResult.Failed(problem.code(), problem.message(), fields))
                .orElseGet(() -> new CommandResult.Done(fields));
    }

    /** What is current, and how the deploy stands. */
    ReplyFields state(ServiceId id, ReplyFields before) {
        ServiceReleases releases = deployments.releases(id);
        ReplyFields fields = before;
        if (releases.current().isPresent())
            fields = fields.and("release", releases.current().get().value());
        if (releases.previous().isPresent())
            fields = fields.and("previous", releases.previous().get().value());
        if (releases.deploy().isPresent())
            fields = fields.and("deploy", releases.deploy().get().state().visible());
        return fields;
    }
}
