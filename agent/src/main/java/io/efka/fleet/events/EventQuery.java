package io.efka.fleet.events;

import com.google.gson.JsonObject;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is asked of the journals.
 *
 * @param lines the last ones of each device; with {@code since} all are asked for
 * @param since a time, or how long ago, as a device understands it
 * @param match a regular expression in RE2's syntax; empty: all events
 */
public record EventQuery(int lines, Optional<String> since, Optional<String> until, Optional<String> match) {
    /** @param from the number of the first event; empty: as the query says */
    JsonObject arguments(OptionalLong from) {
        var arguments = new JsonObject();
        if (from.isPresent()) arguments.addProperty("from", from.getAsLong());
        else if (since.isPresent()) arguments.addProperty("since", since.get());
        else arguments.addProperty("lines", lines);
        until.ifPresent(time -> arguments.addProperty("until", time));
        match.ifPresent(text -> arguments.addProperty("match", text));
        return arguments;
    }
}
