package io.efka.agent.channel;

/** A line that is not what the channel's protocol allows; the message says what would be right. */
final class BadLine extends Exception {
    private static final long serialVersionUID = 1L;

    BadLine(String message) {
        super(message);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
