package io.efka.fleet.request;

import com.google.gson.JsonObject;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.view.Document;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.mqtt.Message.Properties;
import io.efka.protocol.FleetTopics;
import io.efka.protocol.FleetTopics.Source;
import io.efka.protocol.json.JsonWriter;
import io.efka.threads.ExitCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Sends commands and collects their replies, one for each address. Each command has an id of its own, so it takes effect once,
 * and expires when nobody waits for it any more. Used by the session's thread.
 */
public final class Requests implements FleetSession.Listener {
    /** A stock Mosquitto keeps 1,000 messages for a client that is behind, and drops the others without a word. */
    private static final int MAX_OPEN = 200;

    /** Who has not answered by then holds up nobody any more, and may still answer. */
    private static final Duration PLACE = Duration.ofSeconds(5);

    private final FleetSession session;
    private final FleetTopics topics;
    private final Map<String, Sent> open = new LinkedHashMap<>();
    private Consumer<Reply> taker = reply -> {};
    private boolean isListening;
    private int number;
    private Set<Address> unsent = Set.of();
    private Optional<FleetException> failure = Optional.empty();

    private record Sent(Address to, Message command, long at, CompletableFuture<Void> published) {
        Sent again(CompletableFuture<Void> publishedAgain) {
            return new Sent(to, command, at, publishedAgain);
        }
    }

    /** One command to one address. */
    public record Request(Address to, String command, JsonObject arguments) {}

    public Requests(FleetSession session) {
        this.session = session;
        this.topics = new FleetTopics(session.prefix());
        session.listen(this);
    }

    /**
     * Sends the commands and waits for the replies.
     *
     * @param limit until all must have answered; the commands expire then
     * @param taker is given each reply as it comes
     * @return the addresses that have not answered in time, or until the operator interrupted; those of them to which nothing
     *     was sent are {@link #unsent}
     * @throws FleetException when the broker refuses a command
     */
    public List<Address> send(List<Request> requests, Duration limit, Consumer<Reply> taker)
            throws FleetException, InterruptedException {
        listen();
        this.taker = taker;
        try {
            return exchange(requests, limit);
        } finally {
            open.clear(); // what is answered later is of no interest
        }
    }

    /** To whom the last {@link #send} has sent nothing, since too many others did not answer. */
    public Set<Address> unsent() {
        return unsent;
    }

    /** Why an address has not answered the last {@link #send} within its limit, in words. */
    public String silence(Address address, Duration limit) {
        String who = unsent.contains(address) ? "too many others have not answered" : "no answer";
        return who + " within " + limit.toSeconds() + " s";
    }

    /** Ends {@link #send}, now or later: what the commands need is not there any more. On the session's thread. */
    public void fail(FleetException why) {
        failure = Optional.of(why);
    }

    private List<Address> exchange(List<Request> requests, Duration limit) throws FleetException, InterruptedException {
        Deque<Request> waiting = new ArrayDeque<>(requests);
        long end = session.now() + limit.toNanos();
        while (!waiting.isEmpty() || !open.isEmpty()) {
            Duration patience = fill(waiting, end);
            int before = open.size();
            session.await(() -> open.size() < before || !refused().isEmpty() || failure.isPresent(), patience);
            if (failure.isPresent()) throw failure.get();
            for (Sent sent : refused()) throw refusal(sent);
            if (session.isInterrupted() || session.now() - end >= 0) break;
        }
        var silent = new ArrayList<Address>();
        open.values().forEach(sent -> silent.add(sent.to()));
        waiting.forEach(request -> silent.add(request.to()));
        unsent = waiting.stream().map(Request::to).collect(Collectors.toSet());
        return silent;
    }

    /**
     * Sends as many as have a place.
     *
     * @return how long until more can be sent, or the end
     */
    private Duration fill(Deque<Request> waiting, long end) {
        long now = session.now();
        Deque<Long> places = new ArrayDeque<>();
        for (Sent sent : open.values()) if (now - sent.at() < PLACE.toNanos()) places.add(sent.at());
        while (places.size() < MAX_OPEN && !waiting.isEmpty()) {
            publish(waiting.removeFirst(), now, end);
            places.add(now);
        }
        long left = end - now;
        return Duration.ofNanos(waiting.isEmpty() ? left : Math.min(left, PLACE.toNanos() - (now - places.getFirst())));
    }

    private void listen() throws FleetException, InterruptedException {
        if (isListening) return;
        subscribe();
        isListening = true;
    }

    private void subscribe() throws FleetException, InterruptedException {
        session.subscribe(List.of(replyTopic(FleetTopics.ANY)), 1, false);
    }

    @Override
    public void reconnected() throws FleetException, InterruptedException {
        if (!isListening) return;
        subscribe();
        // What was under way may be lost, in either direction. The same command again has no second effect.
        open.replaceAll((id, sent) -> sent.again(session.publish(sent.command())));
    }

    /** Where devices may publish replies, at a broker with access rights. */
    private String replyTopic(String device) {
        return topics.device(device, "reply/" + session.name());
    }

    private void publish(Request request, long now, long end) {
        String id = session.name() + "-" + ++number;
        Address to = request.to();
        String leaf = "cmd/" + request.command();
        String topic = to.service()
                .map(service -> topics.service(to.device(), service, leaf))
                .orElseGet(() -> topics.device(to.device(), leaf));
        long seconds = Math.max(1, Duration.ofNanos(end - now).toSeconds());
        var properties = new Properties(
                Optional.of("application/json"),
                Optional.of(replyTopic(to.device())),
                Optional.of(id.getBytes(StandardCharsets.UTF_8)),
                OptionalLong.of(seconds),
                List.of());
        byte[] payload = JsonWriter.bytes(request.arguments());
        var command = new Message(topic, payload, 1, false, properties);
        open.put(id, new Sent(to, command, now, session.publish(command)));
    }

    private List<Sent> refused() {
        return open.values().stream()
                .filter(sent -> sent.published().isCompletedExceptionally())
                .filter(sent -> !session.isLasting() || !isLost(problem(sent)))
                .toList();
    }

    /** It is sent again when the connection is back. */
    private static boolean isLost(Throwable problem) {
        return LinkException.kindOf(problem) == LinkException.Kind.LOST;
    }

    private static Throwable problem(Sent sent) {
        return sent.published().handle((done, why) -> why).join();
    }

    private static FleetException refusal(Sent sent) {
        Throwable problem = problem(sent);
        boolean isRefused = problem instanceof LinkException why && why.isRefused();
        return new FleetException(
                isRefused ? ExitCode.NOT_ALLOWED : ExitCode.UNAVAILABLE,
                "the command to " + sent.to() + " was not sent: " + problem.getMessage());
    }

    @Override
    public void received(Message message) {
        Optional<Source> source =
                topics.parse(message.topic()).filter(from -> from.leaf().equals("reply/" + session.name()));
        Optional<byte[]> id = message.properties().correlationData();
        if (source.isEmpty() || id.isEmpty()) return;
        String answered = new String(id.get(), StandardCharsets.UTF_8);
        Sent sent = open.get(answered);
        // Anybody may publish there: a reply of another device than the one that was asked is none.
        if (sent == null || !sent.to().device().equals(source.get().device())) return;
        Optional<Document> document = Document.parse(message.payload());
        if (document.isEmpty()) return;
        open.remove(answered);
        taker.accept(new Reply(sent.to(), document.get()));
    }
}
