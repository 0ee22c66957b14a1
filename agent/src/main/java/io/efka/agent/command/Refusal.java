package io.efka.agent.command;

import io.efka.agent.service.Fault;
import java.util.List;

/** A command, or a part of one, that is refused; the message names the thing, the value and what would be right. */
public final class Refusal extends Exception {
    private final ErrorCode code;
    private final List<Fault> faults;

    public Refusal(ErrorCode code, String message) {
        this(code, message, List.of());
    }

    /** @param faults of a manifest, all of them; empty where there is none */
    public Refusal(ErrorCode code, String message, List<Fault> faults) {
        super(message);
        this.code = code;
        this.faults = List.copyOf(faults);
    }

    public ErrorCode code() {
        return code;
    }

    /** What {@link #getMessage()} says, never null. */
    public String reason() {
        return String.valueOf(getMessage());
    }

    public List<Fault> faults() {
        return faults;
    }
}
