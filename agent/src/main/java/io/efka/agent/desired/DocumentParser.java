package io.efka.agent.desired;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.agent.command.CommandArguments;
import io.efka.agent.desired.DesiredDocument.Candidate;
import io.efka.agent.desired.DesiredDocument.OnFailure;
import io.efka.protocol.CandidateShare;
import io.efka.protocol.CommandException;
import io.efka.protocol.Durations;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Sha256;
import io.efka.protocol.json.JsonExcerpt;
import io.efka.protocol.json.StrictJson;
import io.efka.protocol.json.Utf8;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads a document. What is wrong with it is refused with its key, its value and what would be right. */
final class DocumentParser {
    /** As for commands. Larger files belong into an artifact. */
    static final int MAX_BYTES = 256 * 1024;

    /** So that a revision is the same number in every language that reads JSON. */
    private static final long MAX_REVISION = (1L << 53) - 1;

    /** A document that is spread over more than a day is better steered as a rollout. */
    private static final Duration MAX_SPLAY = Duration.ofDays(1);

    private static final int MAX_SALT = 128;

    private static final Set<String> KEYS = Set.of(
            "v",
            "revision",
            "removed",
            "services",
            "candidate",
            "on_failure",
            "splay",
            "not_before",
            "window",
            "expires_at");

    /** Without an exponent: 1e999999999 is short to write, and long to compare. */
    private static final Pattern SHARE = Pattern.compile("\\d{1,3}(\\.\\d{1,17})?");

    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm").withResolverStyle(ResolverStyle.STRICT);

    private final EntryParser entries;

    /** @param deployKeys the arguments that {@code deploy} understands */
    DocumentParser(Set<String> deployKeys) {
        this.entries = new EntryParser(deployKeys);
    }

    /**
     * A document that can be used.
     *
     * @param digest of all that devices act upon: another one is another content
     */
    record Parsed(DesiredDocument document, Sha256 digest) {}

    /** @throws CommandException saying what is wrong */
    Parsed parse(byte[] payload) throws CommandException {
        if (payload.length > MAX_BYTES) throw tooLarge(payload.length);
        Optional<String> text = Utf8.decode(payload);
        if (text.isEmpty()) throw bad("the document must be UTF-8");
        return parse(text.get());
    }

    static CommandException tooLarge(int bytes) {
        return new CommandException(
                ErrorCode.PAYLOAD_TOO_LARGE,
                "a document may have " + MAX_BYTES + " bytes, this one has " + bytes
                        + ": bring larger files as an artifact");
    }

    Parsed parse(String text) throws CommandException {
        JsonObject json = json(text);
        requireUnsigned(json);
        CommandArguments document = CommandArguments.of(json);
        requireVersion(document);
        EntryParser.requireKnown(document, KEYS);
        var parsed = new DesiredDocument(
                document.whole("revision", 1, MAX_REVISION)
                        .orElseThrow(() -> document.wrong("revision", "a whole number from 1 on, which grows")),
                isRemoval(document),
                entries.services(document, "services"),
                candidate(document),
                onFailure(document),
                new StartRule(document.time("not_before"), window(document), splay(document)),
                document.time("expires_at"));
        return new Parsed(parsed, digest(json));
    }

    private static JsonObject json(String text) throws CommandException {
        try {
            StrictJson.Document read = StrictJson.parse(text);
            if (!read.duplicates().isEmpty()) {
                String key = JsonExcerpt.of(read.duplicates().get(0));
                throw bad("the document must have every key once, has twice: " + key);
            }
            if (read.root() instanceof JsonObject object) return object;
            throw bad("the document must be a JSON object");
        } catch (StrictJson.NotJsonException e) {
            throw bad("the document " + e.getMessage());
        }
    }

    /** The envelope of a signed document. This agent trusts no signer, so it could not tell a forged one. */
    private static void requireUnsigned(JsonObject json) throws CommandException {
        if (!json.has("signed")) return;
        throw new CommandException(
                ErrorCode.BAD_SIGNATURE,
                "the document is signed, and this agent cannot check signatures: publish it unsigned");
    }

    private static void requireVersion(CommandArguments document) throws CommandException {
        OptionalLong version = document.whole("v", 1, Integer.MAX_VALUE);
        if (version.isEmpty() || version.getAsLong() != 1) throw document.wrong("v", "1, the version this agent knows");
    }

    private static boolean isRemoval(CommandArguments document) throws CommandException {
        if (!document.flag("removed", false)) {
            if (document.any("services").isPresent()) return false;
            throw document.wrong("services", "an object by service id, as in {\"camera\":{\"desired\":\"running\"}}");
        }
        for (String key : Set.of("services", "candidate")) {
            if (document.any(key).isPresent()) throw document.wrong(key, "left out where removed is true");
        }
        return true;
    }

    private Optional<Candidate> candidate(CommandArguments document) throws CommandException {
        Optional<CommandArguments> candidate = document.object("candidate");
        if (candidate.isEmpty()) return Optional.empty();
        CommandArguments inner = candidate.get();
        EntryParser.requireKnown(inner, Set.of("share", "salt", "services", "plan"));
        String salt = inner.required("salt", "a text that mixes the fleet, such as \"camera-1.5.0\"");
        if (salt.length() > MAX_SALT) throw inner.wrong("salt", "at most " + MAX_SALT + " characters");
        var services = new TreeMap<>(entries.services(inner, "services"));
        return Optional.of(new Candidate(new CandidateShare(share(inner), salt), services));
    }

    private static BigDecimal share(CommandArguments candidate) throws CommandException {
        if (candidate.any("share").orElse(null) instanceof JsonPrimitive share
                && share.isNumber()
                && SHARE.matcher(share.getAsString()).matches()
                && share.getAsBigDecimal().compareTo(BigDecimal.valueOf(100)) <= 0) {
            return share.getAsBigDecimal();
        }
        throw candidate.wrong("share", "a number from 0 to 100, the percentage of devices");
    }

    private static OnFailure onFailure(CommandArguments document) throws CommandException {
        return switch (document.string("on_failure").orElse("rollback")) {
            case "rollback" -> OnFailure.ROLLBACK;
            case "each" -> OnFailure.EACH;
            case "keep" -> OnFailure.KEEP;
            default -> throw document.wrong("on_failure", "\"rollback\", \"each\" or \"keep\"");
        };
    }

    private static Duration splay(CommandArguments document) throws CommandException {
        Optional<String> text = document.string("splay");
        if (text.isEmpty()) return Duration.ZERO;
        return Durations.parse(text.get())
                .filter(splay -> splay.compareTo(MAX_SPLAY) <= 0)
                .orElseThrow(() -> document.wrong("splay", "a duration of 1d at most, " + Durations.EXAMPLES));
    }

    private static Optional<LocalWindow> window(CommandArguments document) throws CommandException {
        Optional<CommandArguments> window = document.object("window");
        if (window.isEmpty()) return Optional.empty();
        EntryParser.requireKnown(window.get(), Set.of("from", "to"));
        LocalTime from = clock(window.get(), "from");
        LocalTime to = clock(window.get(), "to");
        if (from.equals(to)) throw window.get().wrong("to", "another time than from");
        return Optional.of(new LocalWindow(from, to));
    }

    private static LocalTime clock(CommandArguments window, String key) throws CommandException {
        String right = "a local time from \"00:00\" to \"23:59\"";
        try {
            return LocalTime.parse(window.required(key, right), CLOCK);
        } catch (DateTimeParseException e) {
            throw window.wrong(key, right);
        }
    }

    /** Without {@code candidate.plan}, which whoever steers a rollout may write anew as often as it likes. */
    private static Sha256 digest(JsonObject json) {
        if (!(json.get("candidate") instanceof JsonObject candidate) || !candidate.has("plan")) {
            return CanonicalJson.digest(json);
        }
        JsonObject others = json.deepCopy();
        others.getAsJsonObject("candidate").remove("plan");
        return CanonicalJson.digest(others);
    }

    private static CommandException bad(String message) {
        return new CommandException(ErrorCode.BAD_PAYLOAD, message);
    }
}
