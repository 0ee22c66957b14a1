package io.efka.agent.process.proc;

/** A program cannot be started. The message is one sentence for the operator. */
public final class LaunchRefused extends Exception {
    public LaunchRefused(String reason) {
        super(reason);
    }

    /** The message; never null. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
