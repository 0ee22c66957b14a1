package io.efka.agent.supervision;

/** A change could not be made durable; the message says why, for an operator. */
public final class StoreException extends Exception {
    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
