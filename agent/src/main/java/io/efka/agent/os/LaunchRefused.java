package io.efka.agent.os;

/** A program cannot be started; the message is one sentence for the operator. */
final class LaunchRefused extends Exception {
    LaunchRefused(String why) {
        super(why);
    }

    /** The message, which is always there. */
    String why() {
        return String.valueOf(getMessage());
    }
}
