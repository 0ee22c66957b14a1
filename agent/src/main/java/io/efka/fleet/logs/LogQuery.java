package io.efka.fleet.logs;

import com.google.gson.JsonObject;
import io.efka.fleet.request.Address;
import io.efka.fleet.request.Requests.Request;
import java.util.Optional;

/**
 * What is asked of the devices.
 *
 * @param lines the last ones; 0: none; ignored with {@code since}
 * @param since a time, or how long ago, as the device understands it
 * @param match a regular expression in RE2's syntax; empty: all lines
 */
public record LogQuery(int lines, Optional<String> since, Optional<String> until, Optional<String> match) {
    /** Whether output is wanted that was there before. */
    boolean wantsHistory() {
        return lines > 0 || since.isPresent();
    }

    /**
     * Asks for the output from the beginning of the query.
     *
     * @param maxBytes of an answer
     */
    Request first(StreamId stream, int maxBytes) {
        JsonObject arguments = common(stream);
        since.ifPresentOrElse(
                time -> arguments.addProperty("since", time), () -> arguments.addProperty("lines", Math.max(1, lines)));
        until.ifPresent(time -> arguments.addProperty("until", time));
        match.ifPresent(text -> arguments.addProperty("match", text));
        arguments.addProperty("max_bytes", maxBytes);
        return request(stream, arguments);
    }

    /** Asks for more of an answer that was cut. */
    Request more(StreamId stream, long from, int maxBytes) {
        JsonObject arguments = common(stream);
        arguments.addProperty("from", from);
        until.ifPresent(time -> arguments.addProperty("until", time));
        match.ifPresent(text -> arguments.addProperty("match", text));
        arguments.addProperty("max_bytes", maxBytes);
        return request(stream, arguments);
    }

    /** Asks for the bytes from {@code from} to {@code to}. */
    static Request range(StreamId stream, long from, long to, int maxBytes) {
        JsonObject arguments = common(stream);
        arguments.addProperty("from", from);
        arguments.addProperty("to", to);
        arguments.addProperty("max_bytes", maxBytes);
        return request(stream, arguments);
    }

    /** Asks for all that follows. */
    static Request rest(StreamId stream, long from) {
        JsonObject arguments = common(stream);
        arguments.addProperty("from", from);
        return request(stream, arguments);
    }

    private static JsonObject common(StreamId stream) {
        var arguments = new JsonObject();
        arguments.addProperty("stream", stream.stream());
        return arguments;
    }

    private static Request request(StreamId stream, JsonObject arguments) {
        return new Request(new Address(stream.device(), Optional.of(stream.service())), "logs", arguments);
    }
}
