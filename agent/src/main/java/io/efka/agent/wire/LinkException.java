package io.efka.agent.wire;

/** A message was not acknowledged by the broker; the publisher may try again at the next connection. */
public final class LinkException extends Exception {
    public LinkException(String message) {
        super(message);
    }

    public LinkException(String message, Throwable cause) {
        super(message, cause);
    }
}
