package io.efka.protocol;

import io.efka.words.FileFailure;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.Optional;

/**
 * A command, or a part of one, that is refused or could not be carried out. The message names the thing, its value and what
 * would be right.
 */
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

    /**
     * The manifest of {@code what} cannot be used; the message has the first fault.
     *
     * @param faults all of them; none: it could not be read
     */
    public static CommandException invalidManifest(String what, List<Fault> faults) {
        String first = faults.isEmpty() ? "unreadable" : faults.get(0).toString();
        String more = faults.size() > 1 ? " (and " + (faults.size() - 1) + " more, see faults)" : "";
        return new CommandException(ErrorCode.INVALID_MANIFEST, what + ": " + first + more, faults);
    }

    /** The disk did not do what it was asked to; {@code what} says what that was. */
    public static CommandException broken(String what, IOException cause) {
        String message = what + ": " + FileFailure.words(cause);
        var broken = new CommandException(code(cause), message);
        broken.initCause(cause);
        return broken;
    }

    private static ErrorCode code(IOException cause) {
        if (cause instanceof AccessDeniedException) return ErrorCode.NOT_ALLOWED;
        return isFull(cause) ? ErrorCode.DISK_FULL : ErrorCode.INTERNAL;
    }

    /** The JDK has no type for ENOSPC and EDQUOT, only the C library's words. */
    private static boolean isFull(IOException cause) {
        String message = String.valueOf(cause.getMessage());
        return message.contains("No space left on device") || message.contains("quota exceeded");
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
