package io.efka.agent.command;

import io.efka.agent.supervision.Request.Outcome;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceStatus;
import java.util.List;
import java.util.Locale;

/** What became of a command, before it is put into a reply. */
public sealed interface CommandResult {
    /** What the reply says beside its common keys. */
    ReplyFields fields();

    /** The same verdict with other fields. */
    CommandResult with(ReplyFields others);

    record Done(ReplyFields fields) implements CommandResult {
        @Override
        public CommandResult with(ReplyFields others) {
            return new Done(others);
        }
    }

    record Failed(ErrorCode code, String message, ReplyFields fields) implements CommandResult {
        @Override
        public CommandResult with(ReplyFields others) {
            return new Failed(code, message, others);
        }

        /** As a reply's {@code error}. */
        public ReplyFields error() {
            return ReplyFields.NONE.and("code", code.word()).and("message", message);
        }
    }

    static CommandResult done() {
        return new Done(ReplyFields.NONE);
    }

    static CommandResult failed(ErrorCode code, String message) {
        return new Failed(code, message, ReplyFields.NONE);
    }

    static CommandResult refused(CommandException refusal) {
        return new Failed(refusal.code(), refusal.reason(), ReplyFields.NONE.andFaults(refusal.faults()));
    }

    /** A service as it is now. */
    static CommandResult of(ServiceStatus status) {
        return new Done(state(status));
    }

    static CommandResult of(Outcome outcome) {
        if (outcome instanceof Outcome.Rejected rejected) {
            ReplyFields fields =
                    state(rejected.status()).andFaults(rejected.status().faults());
            return new Failed(rejected.reason(), rejected.message(), fields);
        }
        return of(((Outcome.Done) outcome).status());
    }

    /** This answer, with warnings where there are any. */
    default CommandResult warning(List<String> warnings) {
        return warnings.isEmpty() ? this : with(fields().andWarnings(warnings));
    }

    private static ReplyFields state(ServiceStatus status) {
        ReplyFields fields = ReplyFields.NONE.and("state", status.state().name().toLowerCase(Locale.ROOT));
        if (status.pid().isPresent()) fields = fields.and("pid", status.pid().getAsLong());
        return fields.andWarnings(status.warnings());
    }
}
