package io.efka.agent.command;

import io.efka.protocol.ErrorCode;
import io.efka.protocol.Fault;
import java.util.List;
import java.util.Optional;

/** A command, or a part of one, that is refused; the message names the thing, the value and what would be right. */
public final class CommandException extends Exception {
    private final ErrorCode code;
    private final List<Fault> faults;
    private final Optional<Fault> argument;

    public CommandException(ErrorCode code, String message) {
        this(code, message, List.of());
    }

    /** @param faults of a manifest, all of them; empty where there is none */
    public CommandException(ErrorCode code, String message, List<Fault> faults) {
        this(code, message, faults, Optional.empty());
    }

    private CommandException(ErrorCode code, String message, List<Fault> faults, Optional<Fault> argument) {
        super(message);
        this.code = code;
        this.faults = List.copyOf(faults);
        this.argument = argument;
    }

    /** One argument is to blame; the message is made of the fault. */
    public static CommandException of(ErrorCode code, Fault argument) {
        return new CommandException(code, argument.sentence(), List.of(), Optional.of(argument));
    }

    public ErrorCode code() {
        return code;
    }

    /** What {@link #getMessage()} says, never null. */
    public String reason() {
        return String.valueOf(getMessage());
    }

    /** What is wrong with a manifest. */
    public List<Fault> faults() {
        return faults;
    }

    /** The argument that is to blame, where it is one. */
    public Optional<Fault> argument() {
        return argument;
    }
}
