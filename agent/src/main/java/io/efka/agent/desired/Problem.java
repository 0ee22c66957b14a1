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
    static Problem of(CommandException refusal) {
        return new Problem(refusal.code().name().toLowerCase(Locale.ROOT), refusal.reason());
    }

    /** The same with what it is about in front. */
    Problem at(Object what) {
        return new Problem(code, what + ": " + message);
    }

    /** This one, and one more that came of it. */
    Problem and(Problem other) {
        return new Problem(code, message + "; " + other.message());
    }
}
