package io.efka.agent.release;

import io.efka.agent.release.DeployPorts.Changes;
import io.efka.agent.telemetry.Events;
import io.efka.protocol.CommandException;
import io.efka.protocol.ServiceId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Says what became of a deploy: in the log, as an event, and in the service's status. Thread-safe. */
record DeployNews(ServiceId id, Events events, Changes changes) {
    private static final Logger LOG = LoggerFactory.getLogger(DeployNews.class);

    /** An agent has found it unfinished. */
    void resumed(Deploy deploy) {
        LOG.info(
                "service={} deploy of {} goes on, it was {}",
                id,
                deploy.target(),
                deploy.state().visible());
    }

    /** Says what a step of it is worth saying. */
    void moved(Deploy before, Deploy next) {
        boolean isMoved =
                next.isOver() || !next.state().visible().equals(before.state().visible());
        if (isMoved) moved(next);
        else if (next.state() instanceof DeployState.Pending) told(next);
    }

    /** It has entered the state it is in. */
    void moved(Deploy deploy) {
        String why = deploy.problem().map(problem -> ", " + problem.message()).orElse("");
        LOG.atLevel(why.isEmpty() ? Level.INFO : Level.WARN)
                .log(
                        "service={} deploy of {}: {}{}{}",
                        id,
                        deploy.target(),
                        deploy.state().visible(),
                        holders(deploy),
                        why);
        say(deploy, events::service);
    }

    private static String holders(Deploy deploy) {
        if (!(deploy.state() instanceof Held held)) return "";
        return held.holds().stream().map(Hold::toString).collect(Collectors.joining(", ", " ", ""));
    }

    /** It has got further within that state: only what it waits for is worth keeping. */
    void told(Deploy deploy) {
        boolean isMoving = deploy.state() instanceof Preparing preparing
                && preparing.transfer().filter(it -> it.waiting().isEmpty()).isPresent();
        say(deploy, isMoving ? events::progress : events::service);
    }

    /** How an event is announced. */
    private interface Announcement {
        void of(ServiceId id, String kind, Map<String, ?> fields);
    }

    private void say(Deploy deploy, Announcement announcement) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("release", deploy.target().value());
        fields.put("state", deploy.state().visible());
        deploy.back().ifPresent(back -> fields.put("previous", back.value()));
        deploy.commandId().ifPresent(command -> fields.put("id", command));
        if (deploy.state() instanceof Held held)
            fields.put("holds", held.holds().stream().map(Hold::fields).toList());
        fields.putAll(deploy.detailFields());
        announcement.of(id, "deploy", fields);
        changes.changed(id);
    }

    /** What was accepted before cannot begin any more, and perhaps nobody waits for the answer. */
    void refused(DeployRequest request, CommandException refusal) {
        LOG.warn("service={} a deploy that waited cannot begin: {}", id, refusal.reason());
        var fields = new LinkedHashMap<String, Object>();
        fields.put("state", "failed");
        request.commandId().ifPresent(command -> fields.put("id", command));
        fields.put("code", refusal.code().word());
        fields.put("message", refusal.reason());
        events.service(id, "deploy", fields);
    }
}
