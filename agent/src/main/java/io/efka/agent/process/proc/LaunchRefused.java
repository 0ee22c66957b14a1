package io.efka.agent.process.proc;

/** A program cannot be started; the message is one sentence for the operator. */
public final class LaunchRefused extends Exception {
    public LaunchRefused(String why) {
        super(why);
    }

    /** The message, which is always there. */
    public String why() {
        return String.valueOf(getMessage());
    }
}
