package io.efka.agent.channel;

import io.efka.agent.service.Configuration;
import io.efka.agent.service.Desired;
import io.efka.agent.service.Event;
import io.efka.agent.service.Manifest;
import io.efka.agent.service.Names;
import io.efka.agent.service.RunId;
import io.efka.agent.service.ServiceId;
import io.efka.agent.service.ServiceStatus;
import io.efka.agent.service.Supervision;
import io.efka.agent.service.Timers;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where services and their channels come together: who may attach, who is attached, who has gone. Attaching is confined
 * to the channel's thread, everything else is thread-safe.
 */
final class Rendezvous {
    private static final Logger LOG = LoggerFactory.getLogger(Rendezvous.class);

    private final Supervision supervision;
    private final Gate gate;
    private final Timers timers;
    private final Configurations configurations;
    private final Hearing hearing;
    private final Map<ServiceId, Attached> attached = new ConcurrentHashMap<>();

    /** By what it is known who may attach. */
    record Gate(Tokens tokens, Peers peers) {}

    /** Who hears what services say and what happens to their channels. */
    record Hearing(Publications publications, Tally tally) {}

    /** What was said at attaching is refused. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        private final String code;

        Refused(String code, String message) {
            super(message);
            this.code = code;
        }

        AgentLine line() {
            return AgentLine.error(code, String.valueOf(getMessage()));
        }
    }

    Rendezvous(Supervision supervision, Gate gate, Timers timers, Configurations configurations, Hearing hearing) {
        this.supervision = supervision;
        this.gate = gate;
        this.timers = timers;
        this.configurations = configurations;
        this.hearing = hearing;
    }

    Publications publications() {
        return hearing.publications();
    }

    Tally tally() {
        return hearing.tally();
    }

    Optional<Attached> find(ServiceId service) {
        return Optional.ofNullable(attached.get(service));
    }

    int size() {
        return attached.size();
    }

    /** Whether a service has a process, or may have one. */
    boolean isAnybodyAlive() {
        return supervision.list().stream().anyMatch(status -> switch (status.state()) {
            case STARTING, RUNNING, STOPPING -> true;
            case STOPPED, BACKOFF, FAILED -> false;
        });
    }

    void tell(Attached who, Event event) {
        supervision.tell(who.service(), event);
    }

    /** Answers who wants to attach; whoever may not is sent away. */
    Optional<Attached> attach(ServiceLine.Attach asked, Connection connection) {
        try {
            var channel = new Attached(service(asked), run(asked), connection, new Questions(timers));
            require(channel);
            requireFree(channel.service());
            Configuration newest = configurations.of(channel.service());
            connection.greet(greeting(channel.service(), newest), () -> attached.put(channel.service(), channel));
            // It may have ended, or the run may be over, before it was found in the map.
            if (connection.isOver()) forget(channel, Connection.Ending.CLOSED_BY_SERVICE);
            supervision.find(channel.service()).ifPresent(this::changed);
            if (configurations.of(channel.service()).version() != newest.version()) {
                push(channel, configurations.of(channel.service()));
            }
            tally().attached();
            LOG.info("service={} run={} channel attached", channel.service(), channel.run());
            return Optional.of(channel);
        } catch (Refused refused) {
            tally().refused(LineJson.shown(asked.service()), String.valueOf(refused.getMessage()));
            connection.refuse(refused.line());
            return Optional.empty();
        }
    }

    /** Asks a service whether it takes a configuration. */
    static CompletableFuture<Answered> push(Attached channel, Configuration next) {
        return channel.ask(
                Configurations.PATIENCE, id -> AgentLine.config(id, next.version(), Configurations.json(next)));
    }

    private static ServiceId service(ServiceLine.Attach asked) throws Refused {
        if (Names.isLegal(asked.service())) return new ServiceId(asked.service());
        throw new Refused("not_allowed", "service must be the id of a service on this device");
    }

    private RunId run(ServiceLine.Attach asked) throws Refused {
        return gate.tokens()
                .runOf(service(asked), asked.token())
                .orElseThrow(() -> new Refused("not_allowed", "token must be EFKA_TOKEN of the service's current run"));
    }

    private void require(Attached candidate) throws Refused {
        Optional<ServiceStatus> status = supervision.find(candidate.service());
        Optional<Manifest> manifest = supervision.manifest(candidate.service());
        boolean isOurs = status.isPresent()
                && manifest.isPresent()
                && gate.peers().isAllowed(candidate.connection().socket(), manifest.get());
        if (!isOurs) throw new Refused("not_allowed", "only the user that the service runs as may attach");
        boolean isCurrent = status.get().run().equals(Optional.of(candidate.run()));
        boolean isUp = status.get().state() == ServiceStatus.State.STARTING
                || status.get().state() == ServiceStatus.State.RUNNING;
        if (isCurrent && isUp) return;
        if (!isCurrent && status.get().desired() == Desired.RUNNING) {
            throw new Refused("not_allowed", "the token is of an earlier run of the service");
        }
        throw new Refused("service_stopped", "the service is not to be running");
    }

    /**
     * The end of a channel that its service closed before it connected anew has been read by now: the thread reads what
     * is there before it reads what has just been accepted.
     */
    private void requireFree(ServiceId service) throws Refused {
        if (find(service).isEmpty()) return;
        throw new Refused("channel_exists", "the service has a living channel; close that one first");
    }

    private static AgentLine greeting(ServiceId service, Configuration newest) {
        return AgentLine.attached(service.value(), newest.version(), Configurations.json(newest));
    }

    /** A connection is over. */
    void ended(Connection connection, Connection.Ending why) {
        tally().ended(why);
        attached.values().stream()
                .filter(channel -> channel.connection() == connection)
                .findFirst()
                .ifPresent(channel -> forget(channel, why));
    }

    private void forget(Attached channel, Connection.Ending why) {
        if (!attached.remove(channel.service(), channel)) return;
        String reason = why.name().toLowerCase(Locale.ROOT);
        LOG.info("service={} run={} channel closed: {}", channel.service(), channel.run(), reason);
        channel.questions().close("the service's channel was closed (" + reason + ")");
        if (why == Connection.Ending.NOT_READING) {
            publications().incident(channel.service(), "channel_cut_off", reason);
        }
    }

    /** Whatever holds the channel of a run that is over has no business there any more. */
    void changed(ServiceStatus status) {
        find(status.id())
                .filter(channel -> !status.run().equals(Optional.of(channel.run())))
                .ifPresent(channel -> channel.connection().end(Connection.Ending.RUN_OVER));
    }

    void removed(ServiceId service) {
        find(service).ifPresent(channel -> channel.connection().end(Connection.Ending.RUN_OVER));
    }
}
