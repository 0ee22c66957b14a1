package io.efka.agent.channel;

import io.efka.agent.channel.ServiceCalls.CallResult;
import io.efka.agent.supervision.ConfigStore.Configuration;
import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Names;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.json.JsonExcerpt;
import io.efka.protocol.manifest.Manifest;
import io.efka.threads.Timers;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channels of all services: decides who may attach, and knows who is attached. Attaching is confined
 * to the channel's thread, everything else is thread-safe.
 */
final class ChannelRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelRegistry.class);

    private final ServiceRegistry supervision;
    private final Gate gate;
    private final Timers timers;
    private final Configurations configurations;
    private final Hearing hearing;
    private final Map<ServiceId, AttachedChannel> attached = new ConcurrentHashMap<>();

    /** Decides who may attach. */
    record Gate(Tokens tokens, PeerCredentials peers) {}

    /** Receives what services send, and counts what happens to their channels. */
    record Hearing(ServiceMessageSink publications, ChannelStats stats) {}

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

    ChannelRegistry(
            ServiceRegistry supervision, Gate gate, Timers timers, Configurations configurations, Hearing hearing) {
        this.supervision = supervision;
        this.gate = gate;
        this.timers = timers;
        this.configurations = configurations;
        this.hearing = hearing;
    }

    ServiceMessageSink publications() {
        return hearing.publications();
    }

    ChannelStats stats() {
        return hearing.stats();
    }

    Optional<AttachedChannel> find(ServiceId service) {
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

    void tell(AttachedChannel who, Event event) {
        supervision.tell(who.service(), event);
    }

    /** Answers who wants to attach; whoever may not is sent away. */
    Optional<AttachedChannel> attach(ServiceLine.Attach asked, ChannelConnection connection) {
        try {
            var channel = new AttachedChannel(service(asked), run(asked), connection, new PendingCalls(timers));
            require(channel);
            requireFree(channel.service());
            Configuration newest = configurations.of(channel.service());
            connection.greet(greeting(channel.service(), newest), () -> attached.put(channel.service(), channel));
            // It may have ended, or the run may be over, before it was found in the map.
            if (connection.isOver()) forget(channel, ChannelConnection.Ending.CLOSED_BY_SERVICE);
            supervision.find(channel.service()).ifPresent(this::changed);
            if (configurations.of(channel.service()).version() != newest.version()) {
                push(channel, configurations.of(channel.service()));
            }
            stats().attached();
            LOG.info("service={} run={} channel attached", channel.service(), channel.run());
            return Optional.of(channel);
        } catch (Refused refused) {
            stats().refused(JsonExcerpt.of(asked.service()), String.valueOf(refused.getMessage()));
            connection.refuse(refused.line());
            return Optional.empty();
        }
    }

    /** Asks a service whether it takes a configuration. */
    static CompletableFuture<CallResult> push(AttachedChannel channel, Configuration next) {
        return channel.ask(
                Configurations.TIMEOUT, id -> AgentLine.config(id, next.version(), Configurations.json(next)));
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

    private void require(AttachedChannel candidate) throws Refused {
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
    void ended(ChannelConnection connection, ChannelConnection.Ending why) {
        stats().ended(why);
        attached.values().stream()
                .filter(channel -> channel.connection() == connection)
                .findFirst()
                .ifPresent(channel -> forget(channel, why));
    }

    private void forget(AttachedChannel channel, ChannelConnection.Ending why) {
        if (!attached.remove(channel.service(), channel)) return;
        String reason = why.name().toLowerCase(Locale.ROOT);
        LOG.info("service={} run={} channel closed: {}", channel.service(), channel.run(), reason);
        channel.pendingCalls().close("the service's channel was closed (" + reason + ")");
        if (why == ChannelConnection.Ending.NOT_READING) {
            publications().incident(channel.service(), "channel_cut_off", reason);
        }
    }

    /** Whatever holds the channel of a run that is over has no business there any more. */
    void changed(ServiceStatus status) {
        find(status.id())
                .filter(channel -> !status.run().equals(Optional.of(channel.run())))
                .ifPresent(channel -> channel.connection().end(ChannelConnection.Ending.RUN_OVER));
    }

    void removed(ServiceId service) {
        find(service).ifPresent(channel -> channel.connection().end(ChannelConnection.Ending.RUN_OVER));
    }

    /** An attached channel: its service, its connection, and the calls that are not answered yet. Thread-safe. */
    record AttachedChannel(ServiceId service, RunId run, ChannelConnection connection, PendingCalls pendingCalls) {

        /**
         * Sends a line that the service is to answer.
         *
         * @param wording the line, for the id that the answer carries
         */
        CompletableFuture<CallResult> ask(Duration timeout, Function<String, AgentLine> wording) {
            PendingCalls.PendingCall call = pendingCalls.open(timeout);
            if (!call.answer().isDone() && !connection.send(wording.apply(call.id()))) {
                pendingCalls.complete(
                        call.id(),
                        new CallResult.Unanswered(ErrorCode.NO_CHANNEL, "the service's channel has just been closed"));
            }
            return call.answer();
        }
    }
}
