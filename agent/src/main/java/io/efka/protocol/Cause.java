package io.efka.protocol;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * Why the last change happened.
 *
 * @param commandId the command's id, if it had one
 * @param code the exit code, if there is one
 * @param signal the signal that ended the process, if one did
 * @param message one more sentence, if there is something to say
 */
public record Cause(
        Kind kind, Optional<String> commandId, OptionalInt code, Optional<Signal> signal, Optional<String> message) {

    /** What caused it; on the wire in lower case. */
    public enum Kind {
        COMMAND,
        ROLLBACK,
        EXIT,
        LAUNCH_FAILED,
        NOT_READY,
        HEALTH,
        WATCHDOG,
        DEPENDENCY,
        AGENT_START,
        AGENT_STOP,
        ADOPTED,
        LIMIT,
        SCHEDULE,
        RUN_TIMEOUT,
        INVALID_MANIFEST,
        INTERNAL
    }

    public static Cause of(Kind kind) {
        return new Cause(kind, Optional.empty(), OptionalInt.empty(), Optional.empty(), Optional.empty());
    }

    public static Cause of(Kind kind, String message) {
        return new Cause(kind, Optional.empty(), OptionalInt.empty(), Optional.empty(), Optional.of(message));
    }

    /** Caused by a command; {@code id} is empty if the command had none. */
    public static Cause command(Optional<String> id) {
        return new Cause(Kind.COMMAND, id, OptionalInt.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * A release is not kept, and another one comes back.
     *
     * @param id of the command that deployed it, if it had one
     * @param why it is not kept
     */
    public static Cause rollback(Optional<String> id, String why) {
        return new Cause(Kind.ROLLBACK, id, OptionalInt.empty(), Optional.empty(), Optional.of(why));
    }

    /** Whether somebody asked for it: a command, or a deploy that takes its release back. */
    public boolean isAsked() {
        return kind == Kind.COMMAND || kind == Kind.ROLLBACK;
    }

    public static Cause exit(Exit exit) {
        return new Cause(Kind.EXIT, Optional.empty(), exit.code(), exit.signal(), Optional.empty());
    }

    /** The same cause with a sentence that explains it. */
    public Cause because(String explanation) {
        return new Cause(kind, commandId, code, signal, Optional.of(explanation));
    }
}
