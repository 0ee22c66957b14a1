package io.efka.agent.wire;

/** A message was not acknowledged by the broker; unless it was refused, the publisher may try again. */
public final class LinkException extends Exception {
    private final boolean refused;

    public LinkException(String message) {
        super(message);
        this.refused = false;
    }

    public LinkException(String message, Throwable cause) {
        super(message, cause);
        this.refused = false;
    }

    private LinkException(String message, boolean refused) {
        super(message);
        this.refused = refused;
    }

    /** The broker or the protocol does not allow this message, now or later. */
    public static LinkException refused(String message) {
        return new LinkException(message, true);
    }

    /** Whether sending the same message again cannot help. */
    public boolean isRefused() {
        return refused;
    }
}
