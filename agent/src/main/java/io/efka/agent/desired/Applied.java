package io.efka.agent.desired;

import io.efka.protocol.Sha256;
import java.util.Optional;

/**
 * What a document has made of one service, which therefore belongs to it.
 *
 * @param entry digest of the entry that was applied; empty: the next revision applies its own, whatever it says
 * @param isBrought whether the service is on the device because of a document: only then is it removed with it
 * @param release the id of the release that was current then; empty: it had none
 */
record Applied(Optional<Sha256> entry, boolean isBrought, Optional<String> release) {
    /** Of a new service that was to be removed again, and could not be. */
    static final Applied LEFTOVER = new Applied(Optional.empty(), true, Optional.empty());

    /** It may not be what it was made; who has it has it still. */
    Applied uncertain() {
        return new Applied(Optional.empty(), isBrought, release);
    }

    Applied brought() {
        return new Applied(entry, true, release);
    }

    boolean is(Entry other) {
        return entry.filter(other.digest()::equals).isPresent();
    }
}
