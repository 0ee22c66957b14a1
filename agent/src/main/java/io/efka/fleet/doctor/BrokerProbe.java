package io.efka.fleet.doctor;

import io.efka.fleet.doctor.BrokerFacts.Publication;
import io.efka.fleet.doctor.BrokerFacts.Retention;
import io.efka.fleet.doctor.BrokerFacts.Right;
import io.efka.fleet.doctor.BrokerFacts.Session;
import io.efka.fleet.doctor.ProbeTopics.Place;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.mqtt.Message;
import io.efka.mqtt.VisitorLink;
import io.efka.threads.ExitCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Probes a broker: at most 1,200 retained messages and 1,200 others of some bytes, and one of 256 KiB. Each probe has a session of its own, so
 * that one that ends its connection tells nothing wrong of the others. Confined to the command's thread.
 */
public final class BrokerProbe {
    /** More than a stock Mosquitto keeps for a client that is slow: 1,000, and 20 on their way. */
    static final int BURST = 1200;

    private static final Duration PUBLISHED = Duration.ofSeconds(20);
    private static final Duration BACK = Duration.ofSeconds(3);
    private static final Duration CONNECTED = Duration.ofSeconds(10);
    private static final Duration EXPIRED = Duration.ofMillis(2500);
    private static final Duration WILL = Duration.ofSeconds(2);
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final int[] SIZES = {1024, 16 * 1024, (int) BrokerJudgement.CHUNK, (int) BrokerJudgement.COMMAND};

    private final Sessions sessions;
    private final Function<String, VisitorLink> links;
    private final Consumer<String> progress;

    /** Makes a session that is connected. */
    public interface Sessions {
        FleetSession connect() throws FleetException, InterruptedException;
    }

    /**
     * @param links makes a link with this client id
     * @param progress is told what is probed next, and what may be left behind
     */
    public BrokerProbe(Sessions sessions, Function<String, VisitorLink> links, Consumer<String> progress) {
        this.sessions = sessions;
        this.links = links;
        this.progress = progress;
    }

    private interface Probe<T> {
        Outcome<T> run(ProbeSession probes) throws FleetException, InterruptedException;
    }

    /**
     * Probes everything.
     *
     * @param granted what the broker granted when the command connected
     * @throws FleetException only when the operator has interrupted the command
     */
    public BrokerFacts run(Map<String, Long> granted) throws FleetException, InterruptedException {
        Outcome<Long> packet = probe("packet size", this::packet);
        Outcome<Retention> retention = probe("retained messages", this::retention);
        Outcome<Session> session = probe("sessions", this::session);
        Outcome<List<Right>> rights = probe("access rights", this::rights);
        return new BrokerFacts(granted, packet, retention, session, rights);
    }

    private <T> Outcome<T> probe(String name, Probe<T> probe) throws FleetException, InterruptedException {
        progress.accept("probing " + name);
        try (FleetSession session = sessions.connect()) {
            var probes = new ProbeSession(session);
            try {
                return probe.run(probes);
            } finally {
                probes.clear().ifPresent(progress);
            }
        } catch (FleetException e) {
            if (e.code() == ExitCode.INTERRUPTED) throw e;
            return Outcome.failed(String.valueOf(e.getMessage()));
        }
    }

    private Outcome<Long> packet(ProbeSession probes) throws FleetException, InterruptedException {
        String topic = probes.topics().probe("size");
        probes.session().subscribe(List.of(topic), 1, false);
        long largest = 0;
        for (int size : SIZES) {
            if (!isBack(probes, probes.message(topic, new byte[size]))) break;
            largest = size;
        }
        return largest > 0
                ? Outcome.of(largest)
                : Outcome.failed("nothing comes back on " + topic + ": may this account write and read it?");
    }

    /** A connection that ends is an answer, too. */
    private static boolean isBack(ProbeSession probes, Message message) throws FleetException, InterruptedException {
        try {
            CompletableFuture<Void> sent = probes.session().publish(message);
            probes.await(() -> sent.isCompletedExceptionally() || hasCome(probes, message), BACK);
            return hasCome(probes, message);
        } catch (FleetException e) {
            if (e.code() == ExitCode.INTERRUPTED) throw e;
            return false;
        }
    }

    private static boolean hasCome(ProbeSession probes, Message message) {
        return probes.came().stream()
                .anyMatch(
                        one -> one.topic().equals(message.topic()) && one.payload().length == message.payload().length);
    }

    private Outcome<Retention> retention(ProbeSession probes) throws FleetException, InterruptedException {
        byte[] payload = {'x'};
        String kept = probes.topics().probe("kept");
        String brief = probes.topics().probe("brief");
        probes.session().subscribe(List.of(kept), 1, false);
        Publication first = probes.publish(
                List.of(probes.retained(kept, payload, ProbeSession.longest()), probes.retained(brief, payload, 1)),
                BACK);
        if (!first.isWhole()) {
            return Outcome.failed("the broker does not take retained messages: "
                    + first.refusal().orElse("no answer within " + BACK.toSeconds() + " s"));
        }
        boolean isBack = probes.comes(one -> one.topic().equals(kept), BACK);
        boolean isFlagKept = isBack && probes.came().get(0).retain();
        probes.session().unsubscribe(List.of(kept));
        List<Message> burst = IntStream.range(0, BURST)
                .mapToObj(i -> probes.retained(probes.topics().probe("burst/" + i), payload, ProbeSession.longest()))
                .toList();
        Publication published = probes.publish(burst, PUBLISHED);
        int came = probes.read(probes.topics().probe("burst/+"), published.accepted())
                .size();
        probes.await(() -> false, EXPIRED);
        List<Message> later = probes.read(kept, 1);
        boolean isCounted = later.stream()
                .anyMatch(one ->
                        one.properties().expirySeconds().orElse(ProbeSession.longest()) < ProbeSession.longest());
        boolean hasExpired = probes.read(brief, 1).isEmpty();
        return Outcome.of(new Retention(published, came, isFlagKept, !later.isEmpty(), hasExpired, isCounted));
    }

    private Outcome<Session> session(ProbeSession probes) throws FleetException, InterruptedException {
        String id = probes.topics().device() + "-device";
        String queue = probes.topics().probe("queue");
        String will = probes.topics().probe("will");
        probes.session().subscribe(List.of(will), 1, false);
        Message last = probes.message(will, new byte[] {'x'});
        try {
            return session(probes, id, queue, last);
        } finally {
            end(id);
        }
    }

    private Outcome<Session> session(ProbeSession probes, String id, String queue, Message will)
            throws FleetException, InterruptedException {
        long expiry;
        boolean isWillEarly;
        try (var first = DeviceLikeClient.open(links.apply(id), will, queue)) {
            if (!isConnected(probes, first)) return Outcome.failed("a client like a device " + trouble(first));
            expiry = first.link().granted().getOrDefault("session_expiry_interval", (long) Integer.MAX_VALUE);
            try (var second = DeviceLikeClient.open(links.apply(id), will, queue)) {
                if (!isConnected(probes, second)) return Outcome.failed("a client like a device " + trouble(second));
                isWillEarly = probes.comes(one -> one.topic().equals(will.topic()), WILL);
            }
        }
        Message command = probes.message(queue, new byte[] {'x'});
        Publication sent =
                probes.publish(IntStream.range(0, BURST).mapToObj(i -> command).toList(), PUBLISHED);
        if (sent.accepted() == 0) return Outcome.failed("the broker takes no commands on " + queue);
        try (var third = DeviceLikeClient.open(links.apply(id), will, queue)) {
            if (!isConnected(probes, third)) return Outcome.failed("a client like a device " + trouble(third));
            awaitAll(probes, third, sent.accepted());
            return Outcome.of(new Session(expiry, isWillEarly, third.isPresent(), sent, third.received()));
        }
    }

    private static void awaitAll(ProbeSession probes, DeviceLikeClient client, int most)
            throws FleetException, InterruptedException {
        int before = -1;
        while (client.received() > before && before < most) {
            before = client.received();
            int seen = before;
            long end = probes.session().now() + BACK.toNanos();
            while (client.received() == seen && seen < most && probes.session().now() < end) {
                probes.await(() -> false, LOOK);
            }
        }
    }

    private static boolean isConnected(ProbeSession probes, DeviceLikeClient client)
            throws FleetException, InterruptedException {
        long end = probes.session().now() + CONNECTED.toNanos();
        while (!client.settled().isDone() && probes.session().now() < end) probes.await(() -> false, LOOK);
        return client.settled().getNow(false);
    }

    private static String trouble(DeviceLikeClient client) {
        return client.trouble().isEmpty()
                ? "was not answered within " + CONNECTED.toSeconds() + " s"
                : "cannot connect: " + client.trouble();
    }

    /** A visitor with the same id begins anew, and the broker keeps nothing of it. Also after an interrupt. */
    private void end(String id) {
        try (var visitor = DeviceLikeClient.visit(links.apply(id))) {
            boolean isGone = visitor.settled()
                    .completeOnTimeout(false, CONNECTED.toSeconds(), TimeUnit.SECONDS)
                    .join();
            if (!isGone) progress.accept("the session of " + id + " may be left for 24 h");
        }
    }

    private Outcome<List<Right>> rights(ProbeSession probes) throws FleetException, InterruptedException {
        List<Place> places = probes.topics().places();
        Map<String, CompletableFuture<Void>> sent = new HashMap<>();
        for (Place place : places) {
            subscribe(probes, place.topic());
            sent.put(place.topic(), probes.session().publish(probes.message(place.topic(), new byte[] {'{', '}'})));
        }
        probes.await(
                () -> places.stream()
                        .allMatch(place -> isBack(probes, place)
                                || Optional.ofNullable(sent.get(place.topic()))
                                        .filter(CompletableFuture::isCompletedExceptionally)
                                        .isPresent()),
                BACK);
        var rights = new ArrayList<Right>();
        for (Place place : places) {
            boolean isRefused = Optional.ofNullable(sent.get(place.topic()))
                    .filter(CompletableFuture::isCompletedExceptionally)
                    .isPresent();
            Right.Answer answer = isBack(probes, place)
                    ? Right.Answer.CAME_BACK
                    : isRefused ? Right.Answer.REFUSED : Right.Answer.DROPPED;
            rights.add(new Right(place.what(), place.topic(), place.isNeeded(), answer));
        }
        return Outcome.of(List.copyOf(rights));
    }

    private static boolean isBack(ProbeSession probes, Place place) {
        return probes.came().stream().anyMatch(one -> one.topic().equals(place.topic()));
    }

    /** One that is refused is found by what does not come back. */
    private static void subscribe(ProbeSession probes, String topic) throws FleetException, InterruptedException {
        try {
            probes.session().subscribe(List.of(topic), 1, false);
        } catch (FleetException e) {
            if (e.code() != ExitCode.NOT_ALLOWED) throw e;
        }
    }
}
