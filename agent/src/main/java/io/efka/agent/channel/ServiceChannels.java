package io.efka.agent.channel;

import com.google.gson.JsonElement;
import io.efka.agent.service.Farewells;
import io.efka.agent.service.Launcher;
import io.efka.agent.service.RunId;
import io.efka.agent.service.ServiceId;
import io.efka.agent.service.ServiceStatus;
import io.efka.agent.service.StatusListener;
import io.efka.agent.service.Supervision;
import io.efka.agent.service.Timers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The services' channels: tells every launch where its channel is and with which token, and speaks with those that have
 * attached. Without a place for its socket the agent goes on without channels, and says so. Thread-safe; never blocks
 * but where said.
 */
public final class ServiceChannels implements Farewells, StatusListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceChannels.class);

    private final Timers timers;
    private final Publications publications;
    private final Tally tally = new Tally();
    private volatile Optional<Door> door = Optional.empty();
    private volatile Optional<Open> open = Optional.empty();

    /** Where services find us, and how they prove who they are. */
    private record Door(ChannelPlace place, Tokens tokens) {}

    /** What there is between start and end. */
    private record Open(Rendezvous rendezvous, ChannelThread thread) {}

    /**
     * Makes the place for the socket below {@code data}, or near it; blocks for a disk sync when it is new.
     *
     * @param publications hears what services say to the world
     */
    public ServiceChannels(Path data, Timers timers, Publications publications) {
        this.timers = timers;
        this.publications = publications;
        try {
            door = Optional.of(new Door(ChannelPlace.prepare(data), Tokens.in(data)));
        } catch (IOException e) {
            LOG.error("services get no channel: {}", e.toString());
        }
    }

    /** Opens the socket: services that are started from now on find it, and wait there for {@link #start()}. */
    public void open(Supervision supervision) {
        if (door.isEmpty()) return;
        try {
            open = Optional.of(bound(door.get(), supervision));
        } catch (IOException e) {
            LOG.error("services get no channel: {}: {}", door.get().place().socket(), e.toString());
            door = Optional.empty();
        }
    }

    /** Lets services attach, once all of them are known to the supervision. */
    public void start() {
        open.ifPresent(o -> o.thread().start());
    }

    private Open bound(Door to, Supervision supervision) throws IOException {
        var peers = new Peers(to.place().folder());
        var rendezvous = new Rendezvous(supervision, to.tokens(), peers, timers, publications, tally);
        return new Open(rendezvous, new ChannelThread(to.place().socket(), rendezvous));
    }

    /** The variables by which a run finds its channel. */
    public Map<String, String> environment(Launcher.Launch launch) {
        if (door.isEmpty()) return Map.of();
        ServiceId service = launch.manifest().id();
        return Map.of(
                "EFKA_CHANNEL", door.get().place().socket().toString(),
                "EFKA_TOKEN", door.get().tokens().of(service, launch.run()));
    }

    /**
     * Asks a service to do something.
     *
     * @param name which of its own doings
     * @return completes with the answer, or with why there is none, after {@code timeout} at the latest
     */
    public CompletableFuture<Answered> call(ServiceId service, String name, JsonElement args, Duration timeout) {
        return find(service)
                .map(channel -> ask(channel, timeout, id -> AgentLine.call(id, name, args)))
                .orElseGet(() -> CompletableFuture.completedFuture(noChannel()));
    }

    private interface Wording {
        AgentLine with(String id);
    }

    private static CompletableFuture<Answered> ask(Attached channel, Duration timeout, Wording wording) {
        Questions.Question question = channel.questions().open(timeout);
        if (!question.answer().isDone() && !channel.connection().send(wording.with(question.id()))) {
            channel.questions().settle(question.id(), noChannel());
        }
        return question.answer();
    }

    private static Answered noChannel() {
        return new Answered.Unanswered(Answered.Why.NO_CHANNEL, "the service has attached no channel");
    }

    private Optional<Attached> find(ServiceId service) {
        return open.flatMap(o -> o.rendezvous().find(service));
    }

    @Override
    public void stopping(ServiceId service, RunId run, Duration grace) {
        find(service)
                .filter(channel -> channel.run().equals(run))
                .ifPresent(channel -> channel.connection().send(AgentLine.stop(grace)));
    }

    @Override
    public void changed(ServiceStatus status) {
        open.ifPresent(o -> o.rendezvous().changed(status));
    }

    @Override
    public void removed(ServiceId id) {
        open.ifPresent(o -> o.rendezvous().removed(id));
    }

    /** Where the socket is and what has happened on it, for {@code info}. */
    public Map<String, Object> describe() {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("socket", door.map(d -> d.place().socket().toString()));
        facts.put("attached", open.map(o -> o.rendezvous().size()).orElse(0));
        facts.putAll(tally.counts());
        return facts;
    }

    /** Closes all channels; services that live on find the next agent at the same place. Idempotent. */
    @Override
    public void close() {
        open.ifPresent(o -> o.thread().close());
        open = Optional.empty();
    }
}
