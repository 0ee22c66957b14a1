package io.efka.agent.desired;

import io.efka.protocol.CommandException;
import java.util.Locale;

/**
 * Why a document is not applied, or not as it says.
 *
 * @param code a word of the protocol document's list
 * @param message a sentence for a person
 */
record Problem(String code, String message) {
    /** Characters of what is put together: a report and an event must stay small enough to be published. */
    private static final int MAX = 2_000;

    private static final String MORE = "; and more";

    static Problem of(CommandException refusal) {
        return new Problem(refusal.code().name().toLowerCase(Locale.ROOT), refusal.reason());
    }

    /** The same with what it is about in front. */
    Problem at(Object what) {
        return new Problem(code, what + ": " + message);
    }

    /** This one, and one more that came of it. */
    Problem and(Problem other) {
        if (message.endsWith(MORE)) return this;
        String all = message + "; " + other.message();
        return new Problem(code, all.length() <= MAX ? all : message + MORE);
    }
}
