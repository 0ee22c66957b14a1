package io.efka.agent.release;

import java.time.Instant;
import java.util.Optional;

/**
 * A release that is on the device, unpacked and whole.
 *
 * @param isOriginal it is what was in the service's folder before the first deploy, and stays there
 * @param storedAt when it was unpacked
 * @param bad why it failed on this device; empty if it did not
 */
public record Release(ReleaseId id, boolean isOriginal, Instant storedAt, Optional<String> bad) {

    Release asBad(String why) {
        return new Release(id, isOriginal, storedAt, Optional.of(why));
    }

    /** An operator insists on it, or it has proved itself since. */
    Release asGood() {
        return new Release(id, isOriginal, storedAt, Optional.empty());
    }
}
