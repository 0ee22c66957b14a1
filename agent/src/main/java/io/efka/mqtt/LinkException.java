package io.efka.mqtt;

/** A message was not acknowledged by the broker. {@link #kind()} says whether and how its publisher may try again. */
public final class LinkException extends Exception {
    private final Kind kind;

    /** What sending again can do. */
    public enum Kind {
        /** There is no connection, it ended, or the link's queue is full: send again at the next connection, or soon. */
        LOST,
        /** The broker cannot take it now: send again after waits that grow. */
        BUSY,
        /** The broker takes no message of this size: send a smaller one; {@link MqttLink#maxPacket()} says what fits. */
        TOO_LARGE,
        /** The broker or the protocol does not allow it: the same message would be refused again. */
        REFUSED,
        /** It ended several connections in a row and is not sent any more. */
        POISON
    }

    private LinkException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public LinkException(String message) {
        this(Kind.LOST, message);
    }

    public LinkException(String message, Throwable cause) {
        super(message, cause);
        this.kind = Kind.LOST;
    }

    public static LinkException busy(String message) {
        return new LinkException(Kind.BUSY, message);
    }

    public static LinkException tooLarge(String message) {
        return new LinkException(Kind.TOO_LARGE, message);
    }

    public static LinkException refused(String message) {
        return new LinkException(Kind.REFUSED, message);
    }

    public static LinkException poison(String message) {
        return new LinkException(Kind.POISON, message);
    }

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

    /** The kind of any failure of a publish; what is not from the link counts as {@link Kind#LOST}. */
    public static Kind kindOf(Throwable problem) {
        return problem instanceof LinkException failure ? failure.kind : Kind.LOST;
    }
}
