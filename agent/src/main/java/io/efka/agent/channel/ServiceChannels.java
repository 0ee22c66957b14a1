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
import java.io.IOException;
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
 * The services' channels: tells every launch where its channel is and with which token, and speaks with those that have
 * attached. Without a place for its socket the agent goes on without channels, and says so. Thread-safe; never blocks
 * but where said.
 */
public final class ServiceChannels implements ServiceCalls, StopNotifier, StatusListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceChannels.class);

    /** Between two looks at the socket. */
    private static final Duration LOOK = Duration.ofSeconds(5);

    private final Timers timers;
    private final Executor disk;
    private final Duration look;
    private final ServiceMessageSink publications;
    private final ChannelStats stats = new ChannelStats();
    private final Configurations configurations;
    private volatile Optional<Door> door;
    private volatile Optional<Open> open = Optional.empty();
    private volatile boolean isMissing;

    /** Where services find us, and how they prove who they are. */
    private record Door(ChannelDirectory place, Tokens tokens) {
        ConfigFiles files() {
            return new ConfigFiles(place.configurations());
        }
    }

    /** What there is between start and end. */
    private record Open(ChannelRegistry registry, ChannelThread thread) {}

    /**
     * Makes the place for the socket below {@code data}, or near it; blocks for a disk sync when it is new.
     *
     * @param publications hears what services say to the world
     * @param disk runs what waits for a disk
     */
    public ServiceChannels(
            Path data, Timers timers, ServiceMessageSink publications, ConfigStore store, Executor disk) {
        this(data, timers, publications, store, disk, LOOK);
    }

    ServiceChannels(
            Path data,
            Timers timers,
            ServiceMessageSink publications,
            ConfigStore store,
            Executor disk,
            Duration look) {
        this.timers = timers;
        this.disk = disk;
        this.look = look;
        this.publications = publications;
        door = door(data);
        configurations = new Configurations(store, door.map(Door::files), disk);
    }

    private static Optional<Door> door(Path data) {
        try {
            return Optional.of(new Door(ChannelDirectory.prepare(data), Tokens.in(data)));
        } catch (IOException e) {
            LOG.error("services get no channel: {}", e.toString());
            return Optional.empty();
        }
    }

    /** Deletes the configuration files of services that are not installed; blocks for that. Called once, first. */
    public void forgetAllBut(Set<ServiceId> installed) {
        configurations.forgetAllBut(installed);
    }

    /**
     * Opens the socket: services that are started from now on find it, and wait there for {@link #start()}. If it cannot be
     * made now, that is tried again at every launch and every 5 seconds.
     */
    public void open(ServiceRegistry supervision) {
        if (door.isEmpty()) return;
        try {
            var opened = opened(door.get(), supervision);
            open = Optional.of(opened);
            makeSocket(opened.thread());
        } catch (IOException e) {
            LOG.error("services get no channel: {}: {}", door.get().place().socket(), e.toString());
            door = Optional.empty();
        }
    }

    /** Lets services attach, once all of them are known to the supervision. */
    public void start() {
        open.ifPresent(o -> o.thread().start());
        lookLater();
    }

    private Open opened(Door to, ServiceRegistry supervision) throws IOException {
        var gate = new ChannelRegistry.Gate(
                to.tokens(), new PeerCredentials(to.place().agent()));
        var hearing = new ChannelRegistry.Hearing(publications, stats);
        var registry = new ChannelRegistry(supervision, gate, timers, configurations, hearing);
        return new Open(registry, new ChannelThread(to.place(), registry));
    }

    /** The variables by which a run finds its channel and its configuration, whose file is there then. Blocks for it. */
    public Map<String, String> environment(Launcher.Launch launch) {
        if (door.isEmpty()) return Map.of();
        ServiceId service = launch.manifest().id();
        open.ifPresent(o -> requireSocket(o.thread()));
        configurations.write(launch.manifest());
        return Map.of(
                EfkaVariables.CONFIG, door.get().files().of(service).toString(),
                EfkaVariables.CHANNEL, door.get().place().socket().toString(),
                EfkaVariables.TOKEN, door.get().tokens().of(service, launch.run()));
    }

    private void makeSocket(ChannelThread thread) {
        try {
            thread.requireSocket();
        } catch (IOException e) {
            reportMissing(e);
        }
    }

    private void requireSocket(ChannelThread thread) {
        try {
            if (thread.requireSocket()) {
                LOG.warn(
                        "the channel's socket {}, and is there again",
                        isMissing ? "could not be made" : "was deleted or replaced");
            }
            isMissing = false;
        } catch (IOException e) {
            reportMissing(e);
        }
    }

    /** Said once, and not at every look. */
    private void reportMissing(IOException why) {
        String message = "services cannot attach a channel until its socket can be made: {}";
        if (isMissing) LOG.debug(message, why.toString());
        else LOG.warn(message, why.toString());
        isMissing = true;
    }

    /** For services that lose their connection and are not launched anew. */
    private void lookLater() {
        if (open.isPresent()) timers.schedule(look, this::look);
    }

    private void look() {
        try {
            disk.execute(() -> {
                try {
                    open.ifPresent(o -> lookAfterSocket(o.thread()));
                } finally {
                    lookLater();
                }
            });
        } catch (RejectedExecutionException full) {
            lookLater();
        }
    }

    /** Only a look where all is well: making sure of the folder writes to the disk. */
    private void lookAfterSocket(ChannelThread thread) {
        try {
            if (thread.isListening()) return;
        } catch (IOException unknown) {
            LOG.debug("the socket cannot be looked at", unknown);
        }
        requireSocket(thread);
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
        return open.flatMap(o -> o.registry().find(service));
    }

    @Override
    public void stopping(ServiceId service, RunId run, Duration grace) {
        find(service)
                .filter(channel -> channel.run().equals(run))
                .ifPresent(channel -> channel.connection().send(AgentLine.stop(grace)));
    }

    @Override
    public void afterReading(Event.TimerFired fired, Consumer<Event> supervisor) {
        open.ifPresentOrElse(
                o -> o.thread().afterReading(fired, supervisor),
                () -> StopNotifier.super.afterReading(fired, supervisor));
    }

    @Override
    public void changed(ServiceStatus status) {
        open.ifPresent(o -> o.registry().changed(status));
    }

    @Override
    public void removed(ServiceId id) {
        open.ifPresent(o -> o.registry().removed(id));
        configurations.removed(id);
    }

    /** Where the socket is and what has happened on it, for {@code info}. */
    public Map<String, Object> describe() {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("socket", door.map(d -> d.place().socket().toString()));
        facts.put("attached", open.map(o -> o.registry().size()).orElse(0));
        facts.putAll(stats.counts());
        return facts;
    }

    /** Closes all channels; services that live on find the next agent at the same place. Idempotent. */
    @Override
    public void close() {
        open.ifPresent(o -> {
            o.thread().close();
            if (!o.registry().isAnybodyAlive()) door.ifPresent(ServiceChannels::leave);
        });
        open = Optional.empty();
    }

    private static void leave(Door door) {
        try {
            door.place().remove();
        } catch (IOException e) {
            LOG.info("the channel's folder stays behind: {}", e.toString());
        }
    }
}
