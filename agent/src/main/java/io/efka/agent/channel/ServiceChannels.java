package io.efka.agent.channel;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.agent.channel.ChannelRegistry.AttachedChannel;
import io.efka.agent.channel.ServiceCalls.CallResult;
import io.efka.agent.supervision.ConfigStore;
import io.efka.agent.supervision.ConfigStore.Configuration;
import io.efka.agent.supervision.Event;
import io.efka.agent.supervision.Launcher;
import io.efka.agent.supervision.ServiceRegistry;
import io.efka.agent.supervision.StatusListener;
import io.efka.agent.supervision.StopNotifier;
import io.efka.protocol.EfkaVariables;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.manifest.Manifest;
import io.efka.threads.Timers;
import io.efka.words.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The services' channels: gives each launch the path of the socket and a token, and exchanges lines with the services
 * that have attached. If there is no folder for the socket, the agent runs without channels and logs it. Thread-safe;
 * blocks only where stated.
 */
public final class ServiceChannels implements ServiceCalls, StopNotifier, StatusListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceChannels.class);

    /** How often the agent checks that the socket still exists. */
    private static final Duration SOCKET_CHECK = Duration.ofSeconds(5);

    private final Timers timers;
    private final Executor disk;
    private final Duration socketCheck;
    private final ServiceMessageSink messages;
    private final ChannelStats stats = new ChannelStats();
    private final Configurations configurations;
    /** Empty if there can be no channels. */
    private volatile Optional<Endpoint> endpoint;
    /** Empty before {@link #open} and after {@link #close}. */
    private volatile Optional<ChannelThread> thread = Optional.empty();

    private volatile boolean isSocketMissing;

    /** What a service needs to attach. */
    private record Endpoint(ChannelDirectory directory, ChannelCredentials credentials) {
        static Optional<Endpoint> prepare(Path data) {
            try {
                ChannelDirectory directory = ChannelDirectory.prepare(data);
                return Optional.of(
                        new Endpoint(directory, ChannelCredentials.load(data, Files.getOwner(directory.folder()))));
            } catch (IOException e) {
                LOG.error("services get no channel: {}", FileFailure.words(e));
                return Optional.empty();
            }
        }

        ConfigFiles files() {
            return new ConfigFiles(directory.configurations());
        }
    }

    /**
     * Creates the folder for the socket, in {@code data} if possible. Blocks for a disk sync the first time.
     *
     * @param messages receives what services send
     * @param disk runs tasks that wait for the disk
     */
    public ServiceChannels(Path data, Timers timers, ServiceMessageSink messages, ConfigStore store, Executor disk) {
        this(data, timers, messages, store, disk, SOCKET_CHECK);
    }

    ServiceChannels(
            Path data,
            Timers timers,
            ServiceMessageSink messages,
            ConfigStore store,
            Executor disk,
            Duration socketCheck) {
        this.timers = timers;
        this.disk = disk;
        this.socketCheck = socketCheck;
        this.messages = messages;
        endpoint = Endpoint.prepare(data);
        configurations = new Configurations(store, endpoint.map(Endpoint::files), disk);
    }

    /**
     * Deletes the configuration files of services that are not installed. Blocks for the disk. To be called once,
     * first.
     */
    public void forgetAllBut(Set<ServiceId> installed) {
        configurations.forgetAllBut(installed);
    }

    /**
     * Creates the socket. Services can connect from now on; they are answered after {@link #start()}. If the socket
     * cannot be created, the agent tries again at each launch and every 5 seconds.
     *
     * @param holds is told of the services that must not be stopped for a deploy
     */
    public void open(ServiceRegistry supervision, ServiceHolds holds) {
        if (endpoint.isEmpty()) return;
        ChannelDirectory directory = endpoint.get().directory();
        try {
            var registry = new ChannelRegistry(
                    supervision, endpoint.get().credentials(), configurations, messages, holds, stats, timers);
            var opened = new ChannelThread(directory, registry, timers::nanos);
            thread = Optional.of(opened);
            createSocket(opened);
        } catch (IOException e) {
            LOG.error("services get no channel: {}: {}", directory.socket(), FileFailure.words(e));
            endpoint = Optional.empty();
        }
    }

    /** Lets services attach. To be called when the supervision knows all of them. */
    public void start() {
        thread.ifPresent(ChannelThread::start);
        checkSocketLater();
    }

    /**
     * The variables that lead a run to its channel and to its configuration file, which exists when this returns.
     * Blocks for the disk.
     */
    public Map<String, String> environment(Launcher.Launch launch) {
        if (endpoint.isEmpty()) return Map.of();
        ServiceId service = launch.manifest().id();
        thread.ifPresent(this::requireSocket);
        configurations.write(launch.manifest());
        return Map.of(
                EfkaVariables.CONFIG, endpoint.get().files().of(service).toString(),
                EfkaVariables.CHANNEL, endpoint.get().directory().socket().toString(),
                EfkaVariables.TOKEN, endpoint.get().credentials().token(service, launch.run()));
    }

    private void createSocket(ChannelThread channels) {
        try {
            channels.requireSocket();
        } catch (IOException e) {
            reportMissing(e);
        }
    }

    private void requireSocket(ChannelThread channels) {
        try {
            if (channels.requireSocket()) {
                LOG.warn(
                        "the channel's socket {}, and exists again",
                        isSocketMissing ? "could not be created" : "was deleted or replaced");
            }
            isSocketMissing = false;
        } catch (IOException e) {
            reportMissing(e);
        }
    }

    /** Warns once, not at every check. */
    private void reportMissing(IOException reason) {
        String message = "services cannot attach until the channel's socket can be created: {}";
        if (isSocketMissing) LOG.debug(message, FileFailure.words(reason));
        else LOG.warn(message, FileFailure.words(reason));
        isSocketMissing = true;
    }

    /** For services that lose their connection and are not launched again. */
    private void checkSocketLater() {
        if (thread.isPresent()) timers.schedule(socketCheck, this::checkSocket);
    }

    private void checkSocket() {
        try {
            disk.execute(() -> {
                try {
                    thread.ifPresent(this::createIfMissing);
                } finally {
                    checkSocketLater();
                }
            });
        } catch (RejectedExecutionException full) {
            checkSocketLater();
        }
    }

    /** Checks first: {@link #requireSocket} writes to the disk. */
    private void createIfMissing(ChannelThread channels) {
        try {
            if (channels.isListening()) return;
        } catch (IOException unknown) {
            LOG.debug("the socket cannot be checked", unknown);
        }
        requireSocket(channels);
    }

    @Override
    public CompletableFuture<CallResult> call(ServiceId service, String name, JsonElement args, Duration timeout) {
        return find(service)
                .map(channel -> channel.ask(timeout, id -> AgentLine.call(id, name, args)))
                .orElseGet(() -> CompletableFuture.completedFuture(noChannel()));
    }

    @Override
    public Configuration configuration(ServiceId service) {
        return configurations.of(service);
    }

    @Override
    public CompletableFuture<CallResult> configure(Manifest manifest, JsonObject config) {
        return configurations.set(new Configurations.Change(
                manifest, config, next -> find(manifest.id()).map(channel -> ChannelRegistry.push(channel, next))));
    }

    private static CallResult noChannel() {
        return new CallResult.Unanswered(ErrorCode.NO_CHANNEL, "the service has attached no channel");
    }

    private Optional<AttachedChannel> find(ServiceId service) {
        return thread.flatMap(channels -> channels.registry().find(service));
    }

    @Override
    public void stopping(ServiceId service, RunId run, Duration grace) {
        find(service)
                .filter(channel -> channel.run().equals(run))
                .ifPresent(channel -> channel.connection().send(AgentLine.stop(grace)));
    }

    @Override
    public void afterReading(Event.TimerFired fired, Consumer<Event> supervisor) {
        thread.ifPresentOrElse(
                channels -> channels.afterReading(fired, supervisor),
                () -> StopNotifier.super.afterReading(fired, supervisor));
    }

    @Override
    public void changed(ServiceStatus status) {
        thread.ifPresent(channels -> channels.registry().changed(status));
    }

    @Override
    public void removed(ServiceId id) {
        thread.ifPresent(channels -> channels.registry().removed(id));
        configurations.removed(id);
    }

    /** The socket's path, and counters, for {@code info}. */
    public Map<String, Object> describe() {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("socket", endpoint.map(it -> it.directory().socket().toString()));
        facts.put("attached", thread.map(channels -> channels.registry().size()).orElse(0));
        facts.putAll(stats.counts());
        return facts;
    }

    /** Closes all channels. Services that stay alive find the next agent at the same path. Idempotent. */
    @Override
    public void close() {
        thread.ifPresent(channels -> {
            channels.close();
            if (!channels.registry().isAnyServiceAlive()) endpoint.ifPresent(ServiceChannels::remove);
        });
        thread = Optional.empty();
    }

    private static void remove(Endpoint endpoint) {
        try {
            endpoint.directory().remove();
        } catch (IOException e) {
            LOG.info("the channel's folder was not deleted: {}", e.toString());
        }
    }
}
