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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Shows events: first what the devices' journals have, in the order of time, then what comes. A journal numbers its events, so
 * after a lost connection each device is asked for those since. Used by the session's thread.
 */
public final class EventFollower implements FleetSession.Listener {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** Of one device, until it has been asked again. Older ones may be shown a second time after a lost connection. */
    private static final int MAX_REMEMBERED = 1_000;

    /** So many are put in order at most, since all of them are in memory. */
    static final int MAX_FOUND = 50_000;

    /** A device may search a part of its journal and find nothing, but not without end. */
    private static final int MAX_EMPTY = 100;

    private final FleetSession session;
    private final FleetTopics topics;
    private final Requests requests;
    private final EventQuery query;
    private final Predicate<FleetEvent> isMeant;
    private final Predicate<String> isOnline;
    private final Audience audience;

    private final Map<String, Journal> journals = new TreeMap<>();
    private final List<FleetEvent> early = new ArrayList<>();
    private boolean isAsking;
    private boolean isFollowing;

    /** Devices whose journals may have what has not come. */
    private final Set<String> due = new TreeSet<>();

    private final PriorityQueue<Found> found =
            new PriorityQueue<>(Comparator.comparing(Found::at).thenComparingLong(Found::number));
    private long number;
    private long leftOut;

    /** Who is shown what. */
    public interface Audience {
        void event(FleetEvent event);

        /** A device has not answered, or with an error. */
        void failed(String device, String why);

        /** So many of the oldest events are not shown: there are too many. */
        void leftOut(long events);
    }

    /** An event of a journal, by the device's own clock; without a time it is the oldest. At equal times, as they came. */
    private record Found(Instant at, long number, FleetEvent event) {}

    /** How far a device's journal was read, and which events came by themselves since. */
    private static final class Journal {
        private OptionalLong next = OptionalLong.empty();
        private int emptyAnswers;

        /** Of what was shown, by a hash: texts may be long. */
        private final Set<UUID> seen = new LinkedHashSet<>();

        /** @return false if it was seen before */
        boolean remember(FleetEvent event) {
            if (!seen.add(hash(event))) return false;
            if (seen.size() > MAX_REMEMBERED) seen.remove(seen.iterator().next());
            return true;
        }

        boolean forget(FleetEvent event) {
            return seen.remove(hash(event));
        }

        private static UUID hash(FleetEvent event) {
            String text = event.service().orElse("") + " " + event.document();
            return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /**
     * @param isMeant which events are shown
     * @param isOnline which devices can be asked
     */
    public EventFollower(
            FleetSession session,
            Requests requests,
            EventQuery query,
            Predicate<FleetEvent> isMeant,
            Predicate<String> isOnline,
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
        this.isOnline = isOnline;
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
     * Shows what the journals of these devices have. Those that are offline are asked within {@link #await}, when they are back.
     *
     * @return whether all have answered that are online, and all of it was shown
     */
    public boolean history(Collection<String> devices) throws FleetException, InterruptedException {
        devices.forEach(device -> journals.putIfAbsent(device, new Journal()));
        return ask(devices.stream().filter(isOnline).toList());
    }

    private boolean ask(Collection<String> devices) throws FleetException, InterruptedException {
        isAsking = true;
        leftOut = 0;
        List<String> open = List.copyOf(devices);
        boolean isComplete = true;
        while (!open.isEmpty() && !session.isInterrupted()) {
            var more = new ArrayList<String>();
            List<Address> silent =
                    requests.send(open.stream().map(this::request).toList(), PATIENCE, reply -> take(reply, more));
            silent.forEach(address -> audience.failed(address.device(), requests.silence(address, PATIENCE)));
            isComplete &= silent.isEmpty();
            open = more;
        }
        if (leftOut > 0) audience.leftOut(leftOut);
        isAsking = false;
        // What came meanwhile may be in the answers as well.
        Set<FleetEvent> shown = new HashSet<>();
        while (!found.isEmpty()) {
            FleetEvent event = found.remove().event();
            shown.add(event);
            audience.event(event);
        }
        early.stream().filter(event -> !shown.contains(event)).forEach(this::live);
        early.clear();
        return isComplete && leftOut == 0;
    }

    private Request request(String device) {
        OptionalLong from = journal(device).next;
        return new Request(new Address(device, Optional.empty()), "events", query.arguments(from));
    }

    private Journal journal(String device) {
        return journals.computeIfAbsent(device, name -> new Journal());
    }

    private void take(Reply reply, List<String> more) {
        String device = reply.from().device();
        Document answer = reply.document();
        if (!reply.isOk()) {
            audience.failed(device, reply.problem());
            return;
        }
        Journal journal = journal(device);
        boolean isForwards = query.since().isPresent() || journal.next.isPresent();
        List<Document> events = answer.objects("events");
        for (Document document : events) {
            FleetEvent event = FleetEvent.of(device, document);
            if (!journal.forget(event)) keep(event);
        }
        OptionalLong before = journal.next;
        journal.next = answer.number("next");
        journal.emptyAnswers = events.isEmpty() ? journal.emptyAnswers + 1 : 0;
        if (!isForwards || !answer.flag("truncated") || journal.next.isEmpty()) return;
        boolean isFurther = before.isEmpty() || journal.next.getAsLong() > before.getAsLong();
        if (isFurther && journal.emptyAnswers < MAX_EMPTY) more.add(device);
        else audience.failed(device, "its answers have no end");
    }

    /** The newest, if there are too many. */
    private void keep(FleetEvent event) {
        if (!isMeant.test(event)) return;
        found.add(new Found(event.at().orElse(Instant.EPOCH), number++, event));
        if (found.size() <= MAX_FOUND) return;
        found.remove();
        leftOut++;
    }

    /** Shows what comes until the operator interrupts. */
    public void await() throws FleetException, InterruptedException {
        while (!session.isInterrupted()) {
            session.await(() -> session.isConnected() && !back().isEmpty(), Duration.ofHours(1));
            List<String> back = back();
            if (back.isEmpty() || session.isInterrupted()) continue;
            back.forEach(due::remove);
            ask(back);
        }
    }

    /** Those that are to be asked, and can be. Who is offline now is to be asked later. */
    private List<String> back() {
        for (String device : journals.keySet()) if (!isOnline.test(device)) due.add(device);
        return due.stream().filter(isOnline).toList();
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
        if (!isMeant.test(event)) return;
        Journal journal = journals.get(event.device());
        // The broker may deliver it twice, and the journal will have it as well.
        if (journal == null || journal.remember(event)) audience.event(event);
    }

    @Override
    public void reconnected() throws FleetException, InterruptedException {
        if (!isFollowing) return;
        subscribe();
        due.addAll(journals.keySet());
    }
}
