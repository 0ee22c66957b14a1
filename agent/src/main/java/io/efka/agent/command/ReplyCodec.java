package io.efka.agent.command;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Writes replies as they stand in the protocol document. */
final class ReplyCodec {
    /** The ledger keeps no reply larger than this: 1,000 of them must not fill a small device's heap. */
    static final int MAX_KEPT = 16 * 1024;

    private static final List<String> KEPT =
            List.of("v", "id", "device", "service", "command", "ok", "state", "pid", "took_ms");
    private static final int MAX_KEPT_MESSAGE = 1000;

    private final String device;

    ReplyCodec(String device) {
        this.device = device;
    }

    /**
     * A reply as JSON.
     *
     * @param kept as the ledger keeps it: itself, or, where it is too large, without its details and marked so
     */
    record Written(String text, String kept) {}

    Written encode(Address address, Answer answer, Instant now) {
        Fields reply = reply(address, answer, now);
        String text = reply.text();
        return new Written(text, text.length() <= MAX_KEPT ? text : shortened(reply, answer));
    }

    static Fields error(Answer.Failed failed) {
        return error(failed, failed.message());
    }

    private Fields reply(Address address, Answer answer, Instant now) {
        Fields reply = Fields.NONE.and("v", 1);
        if (address.id().isPresent()) reply = reply.and("id", address.id().get());
        reply = reply.and("device", device);
        if (address.service().isPresent()) {
            reply = reply.and("service", address.service().get());
        }
        reply = reply.and("command", address.name()).and("ok", answer instanceof Answer.Done);
        if (answer instanceof Answer.Failed failed) reply = reply.and("error", error(failed));
        // A wall clock that is set back meanwhile makes no negative time of it.
        long took = Math.max(0, Duration.between(address.arrived(), now).toMillis());
        return reply.andAll(answer.fields()).and("took_ms", took);
    }

    private static String shortened(Fields reply, Answer answer) {
        Fields core = reply.only(KEPT);
        if (answer instanceof Answer.Failed failed) core = core.and("error", error(failed, clipped(failed.message())));
        return core.and("shortened", true).text();
    }

    private static String clipped(String message) {
        return message.length() > MAX_KEPT_MESSAGE ? message.substring(0, MAX_KEPT_MESSAGE) + "…" : message;
    }

    private static Fields error(Answer.Failed failed, String message) {
        return Fields.NONE.and("code", failed.code().word()).and("message", message);
    }
}
