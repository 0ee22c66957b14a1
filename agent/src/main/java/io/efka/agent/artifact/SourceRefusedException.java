package io.efka.agent.artifact;

import io.efka.protocol.ErrorCode;

/** A source cannot be used: trying it again does not help. The message names the source and says what would be right. */
public final class SourceRefusedException extends Exception {
    private final ErrorCode code;

    public SourceRefusedException(ErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    ErrorCode code() {
        return code;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
