package io.efka.fleet.logs;

import io.efka.fleet.request.Address;
import io.efka.fleet.request.Reply;
import io.efka.fleet.request.Requests;
import io.efka.fleet.request.Requests.Request;
import io.efka.fleet.session.FleetException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Asks devices for output, of many streams at once. Used by the session's thread. */
final class OutputRequests {
    private final Requests requests;
    private final Duration patience;

    /** @param patience until all must have answered */
    OutputRequests(Requests requests, Duration patience) {
        this.requests = requests;
        this.patience = patience;
    }

    /** Why there is no answer about a stream that was to be asked for. */
    String silence(StreamId stream) {
        return requests.silence(new Address(stream.device(), Optional.of(stream.service())), patience);
    }

    /** @param taker is given each answer as it comes, and errors at the end */
    void send(Map<StreamId, Request> asked, BiConsumer<StreamId, Reply> taker)
            throws FleetException, InterruptedException {
        var open = new HashMap<Address, Map<String, StreamId>>();
        asked.forEach((stream, request) ->
                open.computeIfAbsent(request.to(), to -> new HashMap<>()).put(stream.stream(), stream));
        var errors = new HashMap<Address, Reply>();
        requests.send(List.copyOf(asked.values()), patience, reply -> {
            Map<String, StreamId> streamsThere = open.computeIfAbsent(reply.from(), from -> new HashMap<>());
            Optional<StreamId> named = reply.document().text("stream").map(streamsThere::remove);
            if (named.isPresent()) taker.accept(named.get(), reply);
            else errors.putIfAbsent(reply.from(), reply);
        });
        // An error has no stream in it, and concerns whichever was asked and not answered.
        errors.forEach((from, reply) ->
                List.copyOf(open.getOrDefault(from, Map.of()).values()).forEach(stream -> taker.accept(stream, reply)));
    }
}
