package io.efka.agent.install;

import io.efka.protocol.ErrorCode;
import io.efka.protocol.Fault;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** A service could not be installed, changed or removed; the message is for whoever asked. */
public final class InstallException extends Exception {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient List<Fault> faults;

    /** @param faults of the manifest, or the one argument that is wrong */
    public InstallException(ErrorCode code, String message, List<Fault> faults) {
        super(message);
        this.code = code;
        this.faults = List.copyOf(faults);
    }

    static InstallException invalid(List<Fault> faults) {
        String all = faults.stream().map(Fault::toString).collect(Collectors.joining("; "));
        return new InstallException(ErrorCode.INVALID_MANIFEST, "the manifest cannot be used: " + all, faults);
    }

    static InstallException badArgument(String message) {
        return new InstallException(ErrorCode.BAD_ARGUMENT, message, List.of());
    }

    static InstallException badArgument(Fault argument) {
        return new InstallException(ErrorCode.BAD_ARGUMENT, argument.sentence(), List.of(argument));
    }

    /** The request is well formed; the agent's settings forbid it. */
    static InstallException notAllowed(Fault argument) {
        return new InstallException(ErrorCode.NOT_ALLOWED, argument.sentence(), List.of(argument));
    }

    static InstallException alreadyInstalled(String message) {
        return new InstallException(ErrorCode.ALREADY_INSTALLED, message, List.of());
    }

    /** The disk did not do what it was asked to; {@code what} says what that was. */
    static InstallException broken(String what, IOException cause) {
        String message = what + ": " + cause.getClass().getSimpleName() + ": " + cause.getMessage();
        var broken = new InstallException(isFull(cause) ? ErrorCode.DISK_FULL : ErrorCode.INTERNAL, message, List.of());
        broken.initCause(cause);
        return broken;
    }

    /** The JDK has no type for ENOSPC and EDQUOT, only the C library's words. */
    private static boolean isFull(IOException cause) {
        String message = String.valueOf(cause.getMessage());
        return message.contains("No space left on device") || message.contains("quota exceeded");
    }

    /** What a command is refused with. */
    public ErrorCode code() {
        return code;
    }

    /** All that is wrong with the manifest, or the argument that is to blame. */
    public List<Fault> faults() {
        return faults;
    }
}
