package io.efka.demo;

/** The embedded broker could not be started; the message says what to do about it. */
public final class BrokerException extends Exception {
    BrokerException(String message) {
        super(message);
    }

    BrokerException(String message, Throwable cause) {
        super(message, cause);
    }
}
