package io.efka.agent.command;

import io.efka.agent.service.Outcome;
import io.efka.agent.service.ServiceStatus;
import java.util.List;
import java.util.Locale;

/** What became of a command, before it is put into a reply. */
sealed interface Answer {
    /** What the reply says beside its common keys. */
    Fields fields();

    /** The same verdict with other fields. */
    Answer with(Fields others);

    record Done(Fields fields) implements Answer {
        @Override
        public Answer with(Fields others) {
            return new Done(others);
        }
    }

    record Failed(ErrorCode code, String message, Fields fields) implements Answer {
        @Override
        public Answer with(Fields others) {
            return new Failed(code, message, others);
        }
    }

    static Answer done() {
        return new Done(Fields.NONE);
    }

    static Answer failed(ErrorCode code, String message) {
        return new Failed(code, message, Fields.NONE);
    }

    static Answer refused(Refusal refusal) {
        return new Failed(refusal.code(), refusal.reason(), Fields.NONE.andFaults(refusal.faults()));
    }

    /** A service as it is now. */
    static Answer of(ServiceStatus status) {
        return new Done(state(status));
    }

    static Answer of(Outcome outcome) {
        if (outcome instanceof Outcome.Rejected rejected) {
            Fields fields = state(rejected.status()).andFaults(rejected.status().faults());
            return new Failed(ErrorCode.of(rejected.reason()), rejected.message(), fields);
        }
        return of(((Outcome.Done) outcome).status());
    }

    /** This answer, with warnings where there are any. */
    default Answer warning(List<String> warnings) {
        return warnings.isEmpty() ? this : with(fields().andWarnings(warnings));
    }

    private static Fields state(ServiceStatus status) {
        Fields fields = Fields.NONE.and("state", status.state().name().toLowerCase(Locale.ROOT));
        if (status.pid().isPresent()) fields = fields.and("pid", status.pid().getAsLong());
        return fields.andWarnings(status.warnings());
    }
}
