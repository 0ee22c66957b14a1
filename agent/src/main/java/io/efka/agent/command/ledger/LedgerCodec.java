package io.efka.agent.command.ledger;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.agent.command.ledger.LedgerEntry.ReplyTo;
import io.efka.agent.command.ledger.LedgerEntry.ServiceSnapshot;
import io.efka.mqtt.Message;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceStatus;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Encodes ledger entries as the documents that are stored. */
final class LedgerCodec {
    private static final int VERSION = 1;

    private LedgerCodec() {}

    static String encode(LedgerEntry entry) {
        var document = new JsonObject();
        document.addProperty("v", VERSION);
        document.addProperty("number", entry.number());
        document.addProperty("digest", entry.digest());
        document.addProperty("accepted", entry.accepted().toString());
        if (entry.stage() instanceof LedgerEntry.Accepted accepted) document.add("request", request(accepted));
        if (entry.stage() instanceof LedgerEntry.Done done) document.add("done", done(done));
        return document.toString();
    }

    /** @throws IllegalArgumentException if the document is not a ledger entry, or of a later version */
    static LedgerEntry decode(String id, String text) {
        try {
            JsonObject document = JsonParser.parseString(text).getAsJsonObject();
            requireVersion(document);
            LedgerEntry.Stage stage = document.has("done")
                    ? done(document.getAsJsonObject("done"))
                    : accepted(document.getAsJsonObject("request"));
            return new LedgerEntry(
                    id,
                    document.get("number").getAsLong(),
                    document.get("digest").getAsString(),
                    Instant.parse(document.get("accepted").getAsString()),
                    stage);
        } catch (RuntimeException e) { // whatever is wrong with it: one document must not cost the others
            throw new IllegalArgumentException("not an entry of the ledger: " + e.getMessage(), e);
        }
    }

    /** A reply that a duplicate of {@code command} is owed. */
    static String encodeOwed(String command, ReplyTo to) {
        var document = new JsonObject();
        document.addProperty("v", VERSION);
        document.addProperty("owed", command);
        put(document, to);
        return document.toString();
    }

    /** @throws IllegalArgumentException as {@link #decode} */
    static OwedReplies.Owed decodeOwed(String key, String text) {
        try {
            JsonObject document = JsonParser.parseString(text).getAsJsonObject();
            requireVersion(document);
            return new OwedReplies.Owed(key, document.get("owed").getAsString(), replyTo(document));
        } catch (RuntimeException e) { // as above
            throw new IllegalArgumentException("not a reply that is owed: " + e.getMessage(), e);
        }
    }

    private static void requireVersion(JsonObject document) {
        int version = document.get("v").getAsInt();
        if (version != VERSION) {
            throw new IllegalArgumentException("version is " + version + ", known is " + VERSION);
        }
    }

    private static JsonObject request(LedgerEntry.Accepted accepted) {
        Message message = accepted.request();
        var request = new JsonObject();
        request.addProperty("topic", message.topic());
        // An accepted payload was decoded once, so it is UTF-8.
        request.addProperty("payload", new String(message.payload(), StandardCharsets.UTF_8));
        Message.Properties properties = message.properties();
        properties.responseTopic().ifPresent(topic -> request.addProperty("response_topic", topic));
        properties
                .correlationData()
                .ifPresent(data ->
                        request.addProperty("correlation", Base64.getEncoder().encodeToString(data)));
        properties.expirySeconds().ifPresent(seconds -> request.addProperty("expiry_s", seconds));
        accepted.snapshot().state().ifPresent(state -> request.addProperty("state", state.name()));
        accepted.snapshot().run().ifPresent(run -> request.addProperty("run", run.value()));
        return request;
    }

    private static LedgerEntry.Accepted accepted(JsonObject request) {
        var properties = new Message.Properties(
                Optional.empty(),
                text(request, "response_topic"),
                text(request, "correlation").map(Base64.getDecoder()::decode),
                request.has("expiry_s")
                        ? OptionalLong.of(request.get("expiry_s").getAsLong())
                        : OptionalLong.empty(),
                List.of());
        var message = new Message(
                request.get("topic").getAsString(),
                request.get("payload").getAsString().getBytes(StandardCharsets.UTF_8),
                1,
                false,
                properties);
        var snapshot = new ServiceSnapshot(
                text(request, "state").map(ServiceStatus.State::valueOf),
                text(request, "run").map(RunId::new));
        return new LedgerEntry.Accepted(message, snapshot);
    }

    private static JsonObject done(LedgerEntry.Done done) {
        var document = new JsonObject();
        document.addProperty("at", done.at().toString());
        put(document, done.to());
        document.addProperty("reply", done.reply());
        document.addProperty("replied", done.isReplied());
        return document;
    }

    private static LedgerEntry.Done done(JsonObject document) {
        return new LedgerEntry.Done(
                Instant.parse(document.get("at").getAsString()),
                replyTo(document),
                document.get("reply").getAsString(),
                document.get("replied").getAsBoolean());
    }

    private static void put(JsonObject document, ReplyTo to) {
        document.addProperty("topic", to.topic());
        to.correlation().ifPresent(data -> document.addProperty("correlation", data));
        to.deadline().ifPresent(deadline -> document.addProperty("deadline", deadline.toString()));
    }

    private static ReplyTo replyTo(JsonObject document) {
        return new ReplyTo(
                document.get("topic").getAsString(),
                text(document, "correlation"),
                text(document, "deadline").map(Instant::parse));
    }

    private static Optional<String> text(JsonObject object, String key) {
        return Optional.ofNullable(object.get(key)).map(JsonElement::getAsString);
    }
}
