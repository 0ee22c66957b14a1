package io.efka.fleet.logs;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import io.efka.fleet.view.Document;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a device answers to {@code logs}.
 *
 * @param offset of the first byte
 * @param next where to go on
 * @param chunks its output, one behind the other, each with when it was written
 * @param length of all of them, in bytes
 * @param isUntimed whether the agent is one of those that do not say when output was written
 * @param isTruncated whether there is more
 */
record OutputAnswer(
        long offset,
        long next,
        List<OutputChunk> chunks,
        int length,
        long oldest,
        long end,
        boolean isUntimed,
        boolean isTruncated) {

    /** No output is kept for longer than a hundred years. */
    private static final long MAX_MILLIS = Duration.ofDays(36_500).toMillis();

    OutputAnswer {
        chunks = List.copyOf(chunks);
    }

    /** Empty if it has no output. */
    static Optional<OutputAnswer> of(Document reply) {
        OptionalLong offset = reply.number("offset");
        OptionalLong next = reply.number("next");
        if (offset.isEmpty() || !OutputChunk.isOffset(offset.getAsLong())) return Optional.empty();
        if (next.isEmpty() || !OutputChunk.isOffset(next.getAsLong())) return Optional.empty();
        return bytes(reply)
                .map(bytes -> new OutputAnswer(
                        offset.getAsLong(),
                        next.getAsLong(),
                        chunks(new OutputChunk(offset.getAsLong(), bytes, Optional.empty()), reply.object("times")),
                        bytes.length,
                        reply.number("oldest").orElse(0),
                        reply.number("end").orElse(next.getAsLong()),
                        bytes.length > 0 && !reply.has("times"),
                        reply.flag("truncated")));
    }

    private static Optional<byte[]> bytes(Document reply) {
        return reply.text("text")
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .or(() -> reply.text("base64").flatMap(OutputAnswer::decode));
    }

    private static Optional<byte[]> decode(String base64) {
        try {
            return Optional.of(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Parts that make no sense end it: nobody can say when the rest was written. */
    private static List<OutputChunk> chunks(OutputChunk all, Document times) {
        var chunks = new ArrayList<OutputChunk>();
        int done = 0;
        Optional<Instant> base = times.instant("base");
        if (base.isPresent() && times.json().get("parts") instanceof JsonArray parts) {
            for (JsonElement part : parts) {
                OptionalLong end = number(part, 0);
                Optional<Written> written = written(base.get(), part);
                if (end.isEmpty() || written.isEmpty()) break;
                if (end.getAsLong() <= done || end.getAsLong() > all.bytes().length) break;
                OutputChunk bytes = all.part(done, (int) end.getAsLong());
                chunks.add(new OutputChunk(bytes.offset(), bytes.bytes(), written));
                done = (int) end.getAsLong();
            }
        }
        if (done < all.bytes().length) chunks.add(all.part(done, all.bytes().length));
        return chunks;
    }

    private static Optional<Written> written(Instant base, JsonElement part) {
        OptionalLong after = number(part, 1);
        if (after.isEmpty() || after.getAsLong() > MAX_MILLIS || after.getAsLong() < -MAX_MILLIS)
            return Optional.empty();
        boolean isUnknown =
                part instanceof JsonArray list && list.size() > 2 && list.get(2).isJsonNull();
        OptionalLong within = number(part, 2);
        try {
            Instant latest = base.plusMillis(after.getAsLong());
            Instant earliest = latest.minusMillis(Math.max(0, Math.min(MAX_MILLIS, within.orElse(0))));
            return Optional.of(Written.between(isUnknown ? Optional.empty() : Optional.of(earliest), latest));
        } catch (DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static OptionalLong number(JsonElement part, int index) {
        if (!(part instanceof JsonArray list) || list.size() <= index) return OptionalLong.empty();
        if (!(list.get(index) instanceof JsonPrimitive value) || !value.isNumber()) return OptionalLong.empty();
        try {
            return OptionalLong.of(value.getAsBigDecimal().longValueExact());
        } catch (ArithmeticException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
