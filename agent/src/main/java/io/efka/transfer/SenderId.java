package io.efka.transfer;

import io.efka.protocol.Names;
import io.efka.protocol.artifact.Answer;

/**
 * Who sends: of several, one gives way to another.
 *
 * @param name that no other sender has: 1-64 of {@code A-Z a-z 0-9 . _ -}
 * @param isPeer whether it is a device that helps out
 */
public record SenderId(String name, boolean isPeer) {
    public SenderId {
        Names.requireLegal("sender", name);
    }

    /** Whether who answers goes first: a publisher before a device, and otherwise who has the lower name. */
    boolean yieldsTo(Answer answer) {
        return isPeer == answer.isPeer() ? answer.by().compareTo(name) < 0 : isPeer;
    }
}
