package io.efka.mqtt;

/** The broker did not acknowledge a message. {@link #kind()} says whether and how to send it again. */
public final class LinkException extends Exception {
    private final Kind kind;

    /** Whether sending again can help. */
    public enum Kind {
        /**
         * There is no connection, it ended, or the link's queue is full: send again at the next connection, or soon.
         */
        LOST,
        /** The broker cannot accept it now: send again after growing waits. */
        BUSY,
        /**
         * The broker accepts no message of this size: send a smaller one; {@link MqttLink#maxPacket()} says what fits.
         */
        TOO_LARGE,
        /** The broker or the protocol does not allow it: the same message would be refused again. */
        REFUSED,
        /** It ended several connections in a row and is not sent again. */
        POISON
    }

    private LinkException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** A failure of the kind {@link Kind#LOST}. */
    public LinkException(String message) {
        this(Kind.LOST, message);
    }

    /** A failure of the kind {@link Kind#LOST}, with its cause. */
    public LinkException(String message, Throwable cause) {
        super(message, cause);
        this.kind = Kind.LOST;
    }

    /** A failure of the kind {@link Kind#BUSY}. */
    public static LinkException busy(String message) {
        return new LinkException(Kind.BUSY, message);
    }

    /** A failure of the kind {@link Kind#TOO_LARGE}. */
    public static LinkException tooLarge(String message) {
        return new LinkException(Kind.TOO_LARGE, message);
    }

    /** A failure of the kind {@link Kind#REFUSED}. */
    public static LinkException refused(String message) {
        return new LinkException(Kind.REFUSED, message);
    }

    /** A failure of the kind {@link Kind#POISON}. */
    public static LinkException poison(String message) {
        return new LinkException(Kind.POISON, message);
    }

    /** Whether and how to send the message again. */
    public Kind kind() {
        return kind;
    }

    /** Whether sending the same message again cannot help. */
    public boolean isRefused() {
        return switch (kind) {
            case LOST, BUSY -> false;
            case TOO_LARGE, REFUSED, POISON -> true;
        };
    }

    /** The kind of a failed publish. An exception of another type counts as {@link Kind#LOST}. */
    public static Kind kindOf(Throwable problem) {
        return problem instanceof LinkException failure ? failure.kind : Kind.LOST;
    }
}
