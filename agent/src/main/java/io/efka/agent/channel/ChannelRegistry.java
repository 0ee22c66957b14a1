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
 * The channels of all services: decides which connections may attach, and knows those that have. Attaching is confined
 * to the channel's thread; everything else is thread-safe.
 */
final class ChannelRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelRegistry.class);

    private final ServiceRegistry supervision;
    private final ChannelCredentials credentials;
    private final Timers timers;
    private final Configurations configurations;
    private final ServiceMessageSink messages;
    private final ServiceHolds holds;
    private final ChannelStats stats;
    private final Map<ServiceId, AttachedChannel> attached = new ConcurrentHashMap<>();

    /** A connection may not attach. */
    private static final class AttachRefused extends Exception {
        private static final long serialVersionUID = 1L;
        private final String code;

        AttachRefused(String code, String message) {
            super(message);
            this.code = code;
        }

        AgentLine line() {
            return AgentLine.error(code, String.valueOf(getMessage()));
        }
    }

    ChannelRegistry(
            ServiceRegistry supervision,
            ChannelCredentials credentials,
            Configurations configurations,
            ServiceMessageSink messages,
            ServiceHolds holds,
            ChannelStats stats,
            Timers timers) {
        this.supervision = supervision;
        this.credentials = credentials;
        this.timers = timers;
        this.configurations = configurations;
        this.messages = messages;
        this.holds = holds;
        this.stats = stats;
    }

    ServiceMessageSink messages() {
        return messages;
    }

    ServiceHolds holds() {
        return holds;
    }

    ChannelStats stats() {
        return stats;
    }

    Optional<AttachedChannel> find(ServiceId service) {
        return Optional.ofNullable(attached.get(service));
    }

    int size() {
        return attached.size();
    }

    /** Whether a service has a process, or may have one. */
    boolean isAnyServiceAlive() {
        return supervision.list().stream().anyMatch(status -> switch (status.state()) {
            case STARTING, RUNNING, STOPPING -> true;
            case STOPPED, BACKOFF, FAILED, COMPLETED, SCHEDULED -> false;
        });
    }

    void tell(AttachedChannel sender, Event event) {
        supervision.tell(sender.service(), event);
    }

    /** Attaches a connection and answers it; if it may not attach, answers with an error and closes it. */
    Optional<AttachedChannel> attach(ServiceLine.Attach request, ChannelConnection connection) {
        try {
            var channel = new AttachedChannel(service(request), run(request), connection, new PendingCalls(timers));
            require(channel);
            requireFree(channel.service());
            Configuration newest = configurations.of(channel.service());
            connection.greet(greeting(channel.service(), newest), () -> attached.put(channel.service(), channel));
            // The connection or the run may have ended before the map contained the channel.
            if (connection.hasEnded()) forget(channel, ChannelConnection.EndReason.CLOSED_BY_SERVICE);
            supervision.find(channel.service()).ifPresent(this::changed);
            if (configurations.of(channel.service()).version() != newest.version()) {
                push(channel, configurations.of(channel.service()));
            }
            stats.attached();
            LOG.info("service={} run={} channel attached", channel.service(), channel.run());
            return Optional.of(channel);
        } catch (AttachRefused refused) {
            stats.refused(JsonExcerpt.of(request.service()), String.valueOf(refused.getMessage()));
            connection.refuse(refused.line());
            return Optional.empty();
        }
    }

    /** Asks a service whether it accepts a configuration. */
    static CompletableFuture<CallResult> push(AttachedChannel channel, Configuration next) {
        return channel.ask(
                Configurations.TIMEOUT, id -> AgentLine.config(id, next.version(), Configurations.json(next)));
    }

    private static ServiceId service(ServiceLine.Attach request) throws AttachRefused {
        if (Names.isLegal(request.service())) return new ServiceId(request.service());
        throw new AttachRefused("not_allowed", "service must be the id of a service on this device");
    }

    private RunId run(ServiceLine.Attach request) throws AttachRefused {
        return credentials
                .runOf(service(request), request.token())
                .orElseThrow(() ->
                        new AttachRefused("not_allowed", "token must be EFKA_TOKEN of the service's current run"));
    }

    private void require(AttachedChannel candidate) throws AttachRefused {
        Optional<ServiceStatus> status = supervision.find(candidate.service());
        Optional<Manifest> manifest = supervision.manifest(candidate.service());
        boolean isAllowed = status.isPresent()
                && manifest.isPresent()
                && credentials.isAllowedPeer(candidate.connection().socket(), manifest.get());
        if (!isAllowed) throw new AttachRefused("not_allowed", "only the user that the service runs as may attach");
        boolean isCurrent = status.get().run().equals(Optional.of(candidate.run()));
        boolean isUp = status.get().state() == ServiceStatus.State.STARTING
                || status.get().state() == ServiceStatus.State.RUNNING;
        if (isCurrent && isUp) return;
        if (!isCurrent && status.get().desired() == Desired.RUNNING) {
            throw new AttachRefused("not_allowed", "the token is of an earlier run of the service");
        }
        throw new AttachRefused("service_stopped", "the service is not meant to be running");
    }

    /**
     * A service may close its channel and connect again. The end of the old channel has then been read already, because
     * the thread reads older connections before one that it has just accepted.
     */
    private void requireFree(ServiceId service) throws AttachRefused {
        if (find(service).isEmpty()) return;
        throw new AttachRefused("channel_exists", "the service has an open channel; close that one first");
    }

    private static AgentLine greeting(ServiceId service, Configuration newest) {
        return AgentLine.attached(service.value(), newest.version(), Configurations.json(newest));
    }

    /** A connection has ended. */
    void ended(ChannelConnection connection, ChannelConnection.EndReason reason) {
        stats.ended(reason);
        attached.values().stream()
                .filter(channel -> channel.connection() == connection)
                .findFirst()
                .ifPresent(channel -> forget(channel, reason));
    }

    private void forget(AttachedChannel channel, ChannelConnection.EndReason why) {
        if (!attached.remove(channel.service(), channel)) return;
        String reason = why.name().toLowerCase(Locale.ROOT);
        LOG.info("service={} run={} channel closed: {}", channel.service(), channel.run(), reason);
        channel.pendingCalls().close("the service's channel was closed (" + reason + ")");
        if (why == ChannelConnection.EndReason.NOT_READING) {
            messages.incident(channel.service(), "channel_cut_off", reason);
        }
    }

    /** Closes the channel of a run that has ended. */
    void changed(ServiceStatus status) {
        find(status.id())
                .filter(channel -> !status.run().equals(Optional.of(channel.run())))
                .ifPresent(channel -> channel.connection().end(ChannelConnection.EndReason.RUN_OVER));
    }

    void removed(ServiceId service) {
        find(service).ifPresent(channel -> channel.connection().end(ChannelConnection.EndReason.RUN_OVER));
    }

    /** A channel that is attached: its run, its connection, and its open calls. Thread-safe. */
    record AttachedChannel(ServiceId service, RunId run, ChannelConnection connection, PendingCalls pendingCalls) {

        /**
         * Sends a line that the service must answer.
         *
         * @param line creates the line for an id, which the answer repeats
         */
        CompletableFuture<CallResult> ask(Duration timeout, Function<String, AgentLine> line) {
            PendingCalls.PendingCall call = pendingCalls.open(timeout);
            if (!call.answer().isDone() && !connection.send(line.apply(call.id()))) {
                pendingCalls.complete(
                        call.id(),
                        new CallResult.Unanswered(ErrorCode.NO_CHANNEL, "the service's channel has just been closed"));
            }
            return call.answer();
        }
    }
}
