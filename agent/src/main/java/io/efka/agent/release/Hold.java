package io.efka.agent.release;

import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Until;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Somebody says "not now": until it ends, no deploy stops the service. A release that failed is taken back all the same.
 *
 * @param since when it was asked for first
 * @param until when it ends by itself
 * @param run whose hold it is, and ends with; empty for an operator's
 * @param commandId of an operator's command, if it had one
 */
public record Hold(
        By by, String reason, Instant since, Instant until, Optional<RunId> run, Optional<String> commandId) {
    /** Characters of a reason. */
    public static final int MAX_REASON = 256;

    /** Who holds; each may have one hold. On the wire in lower case. */
    public enum By {
        SERVICE,
        OPERATOR;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What somebody asks for.
     *
     * @param until empty: as long as the device allows
     */
    public record Request(
            By by, String reason, Optional<Until> until, Optional<RunId> run, Optional<String> commandId) {}

    /**
     * What came of it.
     *
     * @param isShortened whether it was asked for longer than the device allows
     */
    public record Placed(Hold hold, boolean isShortened) {}

    /** As a status, an event and a reply have it. */
    public Map<String, Object> fields() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("by", by.word());
        fields.put("reason", reason);
        fields.put("since", since);
        fields.put("until", until);
        commandId.ifPresent(id -> fields.put("id", id));
        return fields;
    }

    /** How long it still lasts, in an agent that finds it. A clock that was set back does not make it last longer. */
    Duration left(Instant now) {
        return Activating.left(since, Duration.between(since, until), now);
    }

    @Override
    public String toString() {
        return "by the " + by.word() + " until " + until + " (" + reason + ")";
    }

    /** Why there can be no hold any more. */
    static CommandException ofRemoved(ServiceId service) {
        return new CommandException(ErrorCode.UNKNOWN_SERVICE, "service " + service + " is being removed");
    }
}
