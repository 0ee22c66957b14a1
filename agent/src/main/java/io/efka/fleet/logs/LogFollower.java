package io.efka.fleet.logs;

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
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Shows the output of services: what the devices keep, and then what comes. Messages say at which offset they begin. Where one
 * is missing, or the connection was, the device is asked for the bytes in between, and meanwhile what comes waits. Used by the
 * session's thread.
 */
public final class LogFollower implements FleetSession.Listener {
    /** A device that does not answer is asked again after this time, as long as something is missing. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final Duration PAUSE = Duration.ofSeconds(2);

    /** After so many answers without what is missing, it is taken for gone. */
    private static final int FUTILE_ANSWERS = 2;

    /** For what waits, of all streams; an eighth of the heap that the start script gives. */
    private static final long ROOM = 8 << 20;

    private final FleetSession session;
    private final FleetTopics topics;
    private final Requests requests;
    private final LogQuery query;
    private final Predicate<String> filter;
    private final Audience audience;

    private final NavigableMap<StreamId, Followed> streams = new TreeMap<>();
    private final StreamCursor.Room room = new StreamCursor.Room(ROOM);
    private boolean isFollowing;

    /** Who is shown what. */
    public interface Audience {
        void line(LogLine line);

        /** Bytes that the device does not have any more. */
        void gone(StreamId stream, long bytes);

        /** The device has another stream in its place, from its first byte on. */
        void beganAnew(StreamId stream);

        /** A device has not answered, or with an error. */
        void failed(StreamId stream, String why);
    }

    private static final class Followed {
        private final StreamCursor cursor;
        private final LineAssembly lines;
        private boolean isAsked;
        private boolean isSilent;
        private int futileAnswers;

        Followed(StreamCursor cursor, LineAssembly lines) {
            this.cursor = cursor;
            this.lines = lines;
        }
    }

    public LogFollower(FleetSession session, Requests requests, LogQuery query, Audience audience) {
        this.session = session;
        this.topics = new FleetTopics(session.prefix());
        this.requests = requests;
        this.query = query;
        this.filter = query.match()
                .map(Pattern::compile)
                .<Predicate<String>>map(pattern -> line -> pattern.matcher(line).find())
                .orElse(line -> true);
        this.audience = audience;
        session.listen(this);
    }

    /** Adds streams; those that are known already stay as they are. */
    public void add(Collection<StreamId> more) throws FleetException, InterruptedException {
        var fresh = new ArrayList<StreamId>();
        for (StreamId stream : new TreeSet<>(more)) {
            if (streams.containsKey(stream)) continue;
            streams.put(stream, made(stream));
            fresh.add(stream);
        }
        if (isFollowing) session.subscribe(fresh.stream().map(this::topic).toList(), 1, false);
    }

    private Followed made(StreamId stream) {
        var lines = new LineAssembly(stream, line -> {
            if (filter.test(line.text())) audience.line(line);
        });
        var cursor = new StreamCursor(room, lines::add);
        cursor.fallBehind();
        return new Followed(cursor, lines);
    }

    private String topic(StreamId stream) {
        return topics.service(stream.device(), stream.service(), stream.stream());
    }

    /**
     * Shows what the devices keep, as the query says.
     *
     * @return whether all have answered
     */
    public boolean history() throws FleetException, InterruptedException {
        Map<StreamId, Request> open = new LinkedHashMap<>();
        streams.forEach((stream, followed) -> {
            if (!followed.isAsked) open.put(stream, query.first(stream));
        });
        boolean isComplete = true;
        while (!open.isEmpty() && !session.isInterrupted()) {
            Map<StreamId, Reply> replies = ask(open);
            Map<StreamId, Request> more = new LinkedHashMap<>();
            for (StreamId stream : open.keySet()) {
                Optional<Reply> reply = Optional.ofNullable(replies.get(stream));
                isComplete &= reply.filter(Reply::isOk).isPresent();
                if (reply.isPresent()) take(stream, reply.get(), more);
                else if (!session.isInterrupted()) silent(stream);
            }
            open.clear();
            open.putAll(more);
        }
        if (!isFollowing) end();
        return isComplete;
    }

    /** It is asked again; the operator is told once. */
    private void silent(StreamId stream) {
        Followed followed = streams.get(stream);
        if (followed == null || followed.isSilent) return;
        followed.isSilent = true;
        audience.failed(stream, "no answer within " + PATIENCE.toSeconds() + " s");
    }

    /** Whether a stream has never been answered for. */
    public boolean isIncomplete() {
        return streams.values().stream().anyMatch(followed -> !followed.isAsked);
    }

    private void take(StreamId stream, Reply reply, Map<StreamId, Request> more) {
        Followed followed = streams.get(stream);
        if (followed == null) return;
        Document document = reply.document();
        followed.isAsked = true;
        if (!reply.isOk()) {
            followed.cursor.beginAnywhere();
            audience.failed(stream, reply.problem());
            return;
        }
        Optional<OutputChunk> chunk = OutputChunk.of(document);
        OptionalLong next = document.number("next");
        if (chunk.isEmpty() || next.isEmpty()) {
            audience.failed(stream, "an answer without output");
            return;
        }
        if (query.match().isPresent()) showMatches(stream, chunk.get());
        else if (query.lines() > 0 || query.since().isPresent()) followed.cursor.answered(chunk.get());
        boolean isForwards = query.since().isPresent();
        if (isForwards && document.flag("truncated")) more.put(stream, query.more(stream, next.getAsLong()));
        else followed.cursor.caughtUp(next.getAsLong());
    }

    /** An answer with matches is not the bytes as they stand there. */
    private void showMatches(StreamId stream, OutputChunk chunk) {
        String text = new String(chunk.bytes(), StandardCharsets.UTF_8);
        text.lines().forEach(line -> audience.line(new LogLine(stream, chunk.offset(), line, Optional.empty())));
    }

    private Map<StreamId, Reply> ask(Map<StreamId, Request> asked) throws FleetException, InterruptedException {
        var byAddress = new HashMap<Address, Map<String, StreamId>>();
        asked.forEach((stream, request) ->
                byAddress.computeIfAbsent(request.to(), to -> new HashMap<>()).put(stream.stream(), stream));
        var replies = new HashMap<StreamId, Reply>();
        requests.send(List.copyOf(asked.values()), PATIENCE, reply -> {
            // An error has no stream in it, and concerns whichever was asked.
            Map<String, StreamId> streamsThere = byAddress.getOrDefault(reply.from(), Map.of());
            Optional<StreamId> named = reply.document().text("stream").map(streamsThere::get);
            if (named.isPresent()) replies.put(named.get(), reply);
            else streamsThere.values().forEach(stream -> replies.putIfAbsent(stream, reply));
        });
        return replies;
    }

    /** From now on what comes is shown as well. Call it before {@link #history}, so that nothing is missed in between. */
    public void follow() throws FleetException, InterruptedException {
        isFollowing = true;
        session.subscribe(streams.keySet().stream().map(this::topic).toList(), 1, false);
    }

    /** Shows what comes, until the operator interrupts or {@code limit} is over. */
    public void await(Duration limit) throws FleetException, InterruptedException {
        long end = session.now() + limit.toNanos();
        while (!session.isInterrupted() && session.now() - end < 0) {
            boolean isBehind = session.await(this::isBehind, Duration.ofNanos(end - session.now()));
            if (isBehind && session.isConnected() && !catchUp()) session.await(() -> false, PAUSE);
            else if (isBehind && !session.isConnected()) session.await(session::isConnected, PAUSE);
        }
    }

    /** Shows the lines that have begun: nothing more comes. */
    public void end() {
        streams.values().forEach(followed -> followed.lines.end());
    }

    private boolean isBehind() {
        return streams.values().stream().anyMatch(followed -> followed.isAsked && followed.cursor.isBehind());
    }

    /** @return whether every device has answered with something new */
    private boolean catchUp() throws FleetException, InterruptedException {
        Map<StreamId, Request> behind = new LinkedHashMap<>();
        streams.forEach((stream, followed) -> {
            OptionalLong next = followed.cursor.next();
            if (followed.isAsked && followed.cursor.isBehind() && next.isPresent()) {
                behind.put(stream, LogQuery.rest(stream, next.getAsLong()));
            }
        });
        Map<StreamId, Reply> replies = ask(behind);
        boolean isComplete = true;
        for (StreamId stream : behind.keySet()) {
            Optional<Reply> reply = Optional.ofNullable(replies.get(stream)).filter(Reply::isOk);
            isComplete &= reply.isPresent() && fill(stream, reply.get().document());
        }
        return isComplete;
    }

    /** @return whether the answer had something new, or nothing is missing any more */
    private boolean fill(StreamId stream, Document document) {
        Followed followed = streams.get(stream);
        Optional<OutputChunk> chunk = OutputChunk.of(document);
        OptionalLong next = document.number("next");
        if (followed == null || chunk.isEmpty() || next.isEmpty()) return false;
        StreamCursor cursor = followed.cursor;
        long before = cursor.next().orElse(0);
        if (document.number("end").orElse(before) < before) {
            audience.beganAnew(stream);
            followed.lines.end();
            cursor.restart();
            return true;
        }
        cursor.gapBefore(chunk.get().offset()).ifPresent(bytes -> audience.gone(stream, bytes));
        cursor.answered(chunk.get());
        if (!document.flag("truncated")) cursor.caughtUp(next.getAsLong());
        boolean isNew = !cursor.isBehind() || cursor.next().orElse(0) > before;
        followed.futileAnswers = isNew ? 0 : followed.futileAnswers + 1;
        if (followed.futileAnswers < FUTILE_ANSWERS) return isNew;
        followed.futileAnswers = 0;
        long left = cursor.giveUp();
        if (left > 0) audience.gone(stream, left);
        return true;
    }

    @Override
    public void received(Message message) {
        Optional<StreamId> stream = StreamId.of(topics, message.topic());
        Optional<Followed> followed = stream.map(streams::get);
        if (followed.isEmpty()) return;
        OutputChunk.of(message).ifPresent(followed.get().cursor::live);
    }

    @Override
    public void reconnected() throws FleetException, InterruptedException {
        streams.values().forEach(followed -> followed.cursor.fallBehind());
        if (isFollowing) follow();
    }
}
