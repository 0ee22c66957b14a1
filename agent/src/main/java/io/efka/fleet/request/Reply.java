package io.efka.fleet.request;

import io.efka.fleet.view.Document;
import java.util.Optional;

/**
 * What one address answered.
 *
 * @param document as it came
 */
public record Reply(Address from, Document document) {
    public boolean isOk() {
        return document.flag("ok");
    }

    /** The error code: {@code already_running}. */
    public Optional<String> code() {
        return document.object("error").text("code");
    }

    /** The error in words: {@code already_running: service is running}. */
    public String problem() {
        return code().orElse("failed") + message().map(words -> ": " + words).orElse("");
    }

    /** What the error says. */
    public Optional<String> message() {
        return document.object("error").text("message");
    }
}
