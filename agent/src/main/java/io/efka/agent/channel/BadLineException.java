package io.efka.agent.channel;

/** A line that is not what the channel's protocol allows; the message says what would be right. */
final class BadLineException extends Exception {
    private static final long serialVersionUID = 1L;

    BadLineException(String message) {
        super(message);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
