package io.efka.fleet.logs;

import com.google.re2j.Pattern;
import io.efka.fleet.request.Reply;
import io.efka.fleet.request.Requests;
import io.efka.fleet.request.Requests.Request;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.mqtt.Message;
import io.efka.protocol.FleetTopics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
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

    /** By how many streams the order changes in which those that are behind are asked. */
    private static final int TURN = 100;

    /** For what waits, of all streams. */
    private static final long ROOM = 8 << 20;

    /** For what the devices keep, of all streams together; a sixteenth of the heap that the start script gives. */
    private static final long HISTORY = 32 << 20;

    /** No stream gets less than this, so that a round trip is worth it. */
    private static final int SMALLEST_PIECE = 4 << 10;

    /** What one answer can have. */
    private static final int LARGEST_PIECE = 192 << 10;

    private final FleetSession session;
    private final FleetTopics topics;
    private final OutputRequests requests;
    private final LogQuery query;
    private final Predicate<String> filter;
    private final Predicate<String> isOnline;
    private final Audience audience;

    private final NavigableMap<StreamId, Followed> streams = new TreeMap<>();
    private final StreamCursor.Room room = new StreamCursor.Room(ROOM);
    private final Set<String> untimed = new HashSet<>();
    private boolean isFollowing;
    private int connections;
    private int turn;

    /** Who is shown what. */
    public interface Audience {
        void line(LogLine line);

        /** Bytes that the device does not have any more. */
        void gone(StreamId stream, long bytes);

        /** The device has another stream in its place, from its first byte on. */
        void beganAnew(StreamId stream);

        /** A device has not answered, or with an error. */
        void failed(StreamId stream, String why);

        /** The device does not say when its output was written: it comes after that of the others. */
        void untimed(String device);

        /** The device had no time to search all that it keeps; the oldest output was left out. */
        void partial(StreamId stream);
    }

    /** @param isOnline which devices are asked for what is missing */
    public LogFollower(
            FleetSession session, Requests requests, LogQuery query, Predicate<String> isOnline, Audience audience) {
        this.session = session;
        this.topics = new FleetTopics(session.prefix());
        this.requests = new OutputRequests(requests, PATIENCE);
        this.query = query;
        this.filter = query.match()
                .map(Pattern::compile)
                .<Predicate<String>>map(pattern -> line -> pattern.matcher(line).find())
                .orElse(line -> true);
        this.isOnline = isOnline;
        this.audience = audience;
        session.listen(this);
    }

    /** Adds streams; those that are known already stay as they are. */
    public void add(Collection<StreamId> more) throws FleetException, InterruptedException {
        var fresh = new ArrayList<StreamId>();
        for (StreamId stream : new TreeSet<>(more)) {
            if (streams.containsKey(stream)) continue;
            streams.put(stream, new Followed(stream, room, this::show, audience));
            fresh.add(stream);
        }
        if (isFollowing) session.subscribe(fresh.stream().map(this::topic).toList(), 1, false);
    }

    private void show(LogLine line) {
        if (filter.test(line.text())) audience.line(line);
    }

    private String topic(StreamId stream) {
        return topics.service(stream.device(), stream.service(), stream.stream());
    }

    /**
     * Shows what the devices keep, as the query says, in the order in which it was written by the clocks of the devices. Of each
     * stream, one and a half answers are in memory at most: 32 MiB of all streams, or 6 KiB of each where that is more.
     *
     * @return whether all have answered
     */
    public boolean history() throws FleetException, InterruptedException {
        Map<StreamId, StreamHistory> histories = begin();
        var merge = new HistoryMerge(histories.values());
        int before = connections;
        boolean isComplete = true;
        while (!session.isInterrupted() && histories.values().stream().anyMatch(StreamHistory::isStarved)) {
            isComplete &= askMore(histories);
            Optional<LogLine> line = merge.next();
            while (line.isPresent() && !session.isInterrupted()) {
                audience.line(line.get());
                line = merge.next();
            }
        }
        histories.keySet().forEach(stream -> followed(stream).ifPresent(Followed::goOn));
        if (connections != before) streams.values().forEach(Followed::fallBehind);
        return isComplete;
    }

    private Map<StreamId, StreamHistory> begin() {
        Map<StreamId, Followed> fresh = new LinkedHashMap<>(streams);
        fresh.values().removeIf(Followed::isAsked);
        long share = HISTORY * 2 / 3 / Math.max(1, fresh.size());
        int piece = (int) Math.max(SMALLEST_PIECE, Math.min(LARGEST_PIECE, share));
        Map<StreamId, StreamHistory> histories = new LinkedHashMap<>();
        fresh.forEach((stream, followed) -> histories.put(stream, followed.begin(query, piece, isFollowing)));
        return histories;
    }

    private Optional<Followed> followed(StreamId stream) {
        return Optional.ofNullable(streams.get(stream));
    }

    /** @return whether all have answered that were asked */
    private boolean askMore(Map<StreamId, StreamHistory> histories) throws FleetException, InterruptedException {
        Map<StreamId, Request> asked = new LinkedHashMap<>();
        histories.forEach((stream, history) -> {
            if (history.wantsMore()) asked.put(stream, history.request());
        });
        Map<StreamId, StreamHistory> silent = new LinkedHashMap<>(histories);
        silent.keySet().retainAll(asked.keySet());
        var failed = new HashSet<StreamId>();
        requests.send(asked, (stream, reply) -> {
            Optional.ofNullable(silent.remove(stream)).ifPresent(history -> {
                if (!take(stream, history, reply)) failed.add(stream);
            });
        });
        silent.forEach((stream, history) -> {
            history.abandon();
            if (!session.isInterrupted()
                    && followed(stream).filter(Followed::fallsSilent).isPresent())
                audience.failed(stream, requests.silence(stream));
        });
        return silent.isEmpty() && failed.isEmpty();
    }

    /** Whether a stream has never been answered for. */
    public boolean isIncomplete() {
        return streams.values().stream().anyMatch(followed -> !followed.isAsked());
    }

    private boolean take(StreamId stream, StreamHistory history, Reply reply) {
        Optional<OutputAnswer> answer = answer(reply);
        if (answer.isEmpty()) {
            history.abandon();
            followed(stream).ifPresent(Followed::failed);
            audience.failed(stream, reply.isOk() ? "an answer without output" : reply.problem());
            return false;
        }
        boolean isFurther = followed(stream)
                .map(followed -> followed.answered(answer.get()))
                .orElse(true);
        if (!isFurther) audience.failed(stream, "its answers have no end");
        if (history.isUntimed() && untimed.add(stream.device())) audience.untimed(stream.device());
        if (history.isPartial()) audience.partial(stream);
        long skipped = history.takeSkipped();
        if (skipped > 0 && isFurther) audience.gone(stream, skipped);
        return isFurther;
    }

    private static Optional<OutputAnswer> answer(Reply reply) {
        return Optional.of(reply).filter(Reply::isOk).map(Reply::document).flatMap(OutputAnswer::of);
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
        streams.values().forEach(Followed::end);
    }

    private boolean isBehind() {
        return streams.entrySet().stream().anyMatch(one -> isBehind(one.getKey(), one.getValue()));
    }

    /** A device that is offline is asked when it is back. */
    private boolean isBehind(StreamId stream, Followed followed) {
        return followed.isAsked() && followed.cursor().isBehind() && isOnline.test(stream.device());
    }

    /** @return whether every device has answered with something new */
    private boolean catchUp() throws FleetException, InterruptedException {
        // Those that do not answer must not always be the first: time may be over before the others are asked.
        var order = new ArrayList<>(streams.keySet());
        Collections.rotate(order, -TURN * turn++);
        Map<StreamId, Request> behind = new LinkedHashMap<>();
        for (StreamId stream : order) {
            Followed followed = Objects.requireNonNull(streams.get(stream));
            OptionalLong next = followed.cursor().next();
            if (isBehind(stream, followed) && next.isPresent())
                behind.put(stream, LogQuery.rest(stream, next.getAsLong()));
        }
        var filled = new HashSet<StreamId>();
        requests.send(behind, (stream, reply) -> {
            Optional<OutputAnswer> answer = answer(reply);
            Optional<Followed> followed = followed(stream);
            if (answer.isEmpty() || followed.isEmpty()) return;
            if (followed.get().fill(answer.get())) filled.add(stream);
        });
        return filled.size() == behind.size();
    }

    @Override
    public void received(Message message) {
        Optional<StreamId> stream = StreamId.of(topics, message.topic());
        Optional<Followed> followed = stream.map(streams::get);
        if (followed.isEmpty()) return;
        OutputChunk.of(message).ifPresent(followed.get().cursor()::live);
    }

    @Override
    public void reconnected() throws FleetException, InterruptedException {
        connections++;
        streams.values().forEach(Followed::fallBehind);
        if (isFollowing) follow();
    }
}
