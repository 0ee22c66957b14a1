package io.efka.agent.command;

import io.efka.agent.command.ledger.ReplyText;
import io.efka.protocol.json.JsonExcerpt;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Writes replies as they stand in the protocol document. */
public final class ReplyCodec {
    /** The ledger keeps no reply larger than this: 1,000 of them must not fill a small device's heap. */
    public static final int MAX_KEPT = 16 * 1024;

    private static final List<String> KEPT =
            List.of("v", "id", "device", "service", "command", "ok", "state", "pid", "took_ms");
    private static final int MAX_KEPT_MESSAGE = 1000;

    private final String device;

    ReplyCodec(String device) {
        this.device = device;
    }

    ReplyText encode(CommandHeader address, CommandResult answer, Instant now) {
        ReplyFields reply = reply(address, answer, now);
        String text = reply.text();
        return new ReplyText(text, text.length() <= MAX_KEPT ? text : shortened(reply, answer));
    }

    public static ReplyFields error(CommandResult.Failed failed) {
        return error(failed, failed.message());
    }

    private ReplyFields reply(CommandHeader address, CommandResult answer, Instant now) {
        ReplyFields reply = ReplyFields.NONE.and("v", 1);
        if (address.id().isPresent()) reply = reply.and("id", address.id().get());
        reply = reply.and("device", device);
        if (address.service().isPresent()) {
            reply = reply.and("service", address.service().get());
        }
        reply = reply.and("command", address.name()).and("ok", answer instanceof CommandResult.Done);
        if (answer instanceof CommandResult.Failed failed) reply = reply.and("error", error(failed));
        // A wall clock that is set back meanwhile makes no negative time of it.
        long took = Math.max(0, Duration.between(address.arrived(), now).toMillis());
        return reply.andAll(answer.fields()).and("took_ms", took);
    }

    private static String shortened(ReplyFields reply, CommandResult answer) {
        ReplyFields core = reply.only(KEPT);
        if (answer instanceof CommandResult.Failed failed)
            core = core.and("error", error(failed, JsonExcerpt.cut(failed.message(), MAX_KEPT_MESSAGE)));
        return core.and("shortened", true).text();
    }

    private static ReplyFields error(CommandResult.Failed failed, String message) {
        return ReplyFields.NONE.and("code", failed.code().word()).and("message", message);
    }
}
