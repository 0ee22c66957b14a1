package io.efka.fleet.events;

import com.google.re2j.Pattern;
import io.efka.fleet.request.Address;
import io.efka.fleet.request.Reply;
import io.efka.fleet.request.Requests;
import io.efka.fleet.request.Requests.Request;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.view.Document;
import io.efka.mqtt.Message;
import io.efka.protocol.FleetTopics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Shows events: first what the devices' journals have, in the order of time, then what comes. A journal numbers its events, so
 * after a lost connection each device is asked for those since. Used by the session's thread.
 */
public final class EventFollower implements FleetSession.Listener {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** Of one device, until it has been asked again. Older ones may be shown a second time after a lost connection. */
    private static final int MAX_REMEMBERED = 1_000;

    private final FleetSession session;
    private final FleetTopics topics;
    private final Requests requests;
    private final EventQuery query;
    private final Predicate<FleetEvent> isMeant;
    private final Audience audience;

    private final Map<String, Journal> journals = new TreeMap<>();
    private final List<FleetEvent> early = new ArrayList<>();
    private boolean isAsking;
    private boolean isBehind;
    private boolean isFollowing;

    /** Who is shown what. */
    public interface Audience {
        void event(FleetEvent event);

        /** A device has not answered, or with an error. */
        void failed(String device, String why);
    }

    /** How far a device's journal was read, and which events came by themselves since. */
    private static final class Journal {
        private OptionalLong next = OptionalLong.empty();
        private final Set<String> seen = new HashSet<>();
    }

    /** @param isMeant which events are shown */
    public EventFollower(
            FleetSession session,
            Requests requests,
            EventQuery query,
            Predicate<FleetEvent> isMeant,
            Audience audience) {
        this.session = session;
        this.topics = new FleetTopics(session.prefix());
        this.requests = requests;
        this.query = query;
        Optional<Pattern> match = query.match().map(Pattern::compile);
        this.isMeant = event -> isMeant.test(event)
                && match.map(pattern ->
                                pattern.matcher(event.document().toString()).find())
                        .orElse(true);
        this.audience = audience;
        session.listen(this);
    }

    /** From now on events that come are shown. Call it before {@link #history}, so that none is missed in between. */
    public void follow() throws FleetException, InterruptedException {
        isFollowing = true;
        isAsking = true;
        subscribe();
    }

    private void subscribe() throws FleetException, InterruptedException {
        List<String> filters = List.of(
                topics.device(FleetTopics.ANY, "event"), topics.service(FleetTopics.ANY, FleetTopics.ANY, "event"));
        session.subscribe(filters, 1, false);
    }

    /**
     * Shows what the journals of these devices have.
     *
     * @return whether all have answered
     */
    public boolean history(Collection<String> devices) throws FleetException, InterruptedException {
        devices.forEach(device -> journals.putIfAbsent(device, new Journal()));
        return ask(devices);
    }

    private boolean ask(Collection<String> devices) throws FleetException, InterruptedException {
        isAsking = true;
        var found = new ArrayList<FleetEvent>();
        List<String> open = List.copyOf(devices);
        boolean isComplete = true;
        while (!open.isEmpty() && !session.isInterrupted()) {
            var more = new ArrayList<String>();
            List<Address> silent = requests.send(
                    open.stream().map(this::request).toList(), PATIENCE, reply -> take(reply, found, more));
            silent.forEach(
                    address -> audience.failed(address.device(), "no answer within " + PATIENCE.toSeconds() + " s"));
            isComplete &= silent.isEmpty();
            open = more;
        }
        found.sort(FleetEvent.BY_TIME);
        found.forEach(this::show);
        isAsking = false;
        // What came meanwhile may be in the answers as well.
        Set<FleetEvent> shown = new HashSet<>(found);
        early.stream().filter(event -> !shown.contains(event)).forEach(this::live);
        early.clear();
        return isComplete;
    }

    private Request request(String device) {
        OptionalLong from = journal(device).next;
        return new Request(new Address(device, Optional.empty()), "events", query.arguments(from));
    }

    private Journal journal(String device) {
        return journals.computeIfAbsent(device, name -> new Journal());
    }

    private void take(Reply reply, List<FleetEvent> found, List<String> more) {
        String device = reply.from().device();
        Document answer = reply.document();
        if (!reply.isOk()) {
            audience.failed(device, reply.problem());
            return;
        }
        Journal journal = journal(device);
        boolean isForwards = query.since().isPresent() || journal.next.isPresent();
        for (Document event : answer.objects("events")) {
            if (!journal.seen.remove(event.toString())) found.add(FleetEvent.of(device, event));
        }
        journal.next = answer.number("next");
        if (isForwards && answer.flag("truncated") && journal.next.isPresent()) more.add(device);
    }

    private void show(FleetEvent event) {
        if (isMeant.test(event)) audience.event(event);
    }

    /** Shows what comes until the operator interrupts. */
    public void await() throws FleetException, InterruptedException {
        while (!session.isInterrupted()) {
            session.await(() -> isBehind && session.isConnected(), Duration.ofHours(1));
            if (!isBehind || session.isInterrupted()) continue;
            isBehind = false;
            ask(List.copyOf(journals.keySet()));
        }
    }

    @Override
    public void received(Message message) {
        if (!isFollowing) return;
        Optional<FleetEvent> event = FleetEvent.of(topics, message);
        if (event.isEmpty()) return;
        if (isAsking) early.add(event.get());
        else live(event.get());
    }

    private void live(FleetEvent event) {
        Journal journal = journals.get(event.device());
        if (journal != null && journal.seen.size() < MAX_REMEMBERED) {
            // The broker may deliver it twice, and the journal will have it as well.
            if (!journal.seen.add(event.document().toString())) return;
        }
        show(event);
    }

    @Override
    public void reconnected() throws FleetException, InterruptedException {
        if (!isFollowing) return;
        subscribe();
        isBehind = true;
    }
}
