package io.efka.agent.desired;

import io.efka.protocol.ServiceStatus.Desired;
import java.util.Optional;

/**
 * What a service was before a revision changed it: what it goes back to.
 *
 * @param release the id of the one that was current; empty: it had none
 * @param config its configuration, a JSON object
 * @param manifest as JSON text, where the revision changes it in place; empty: it need not be restored
 */
record Before(
        boolean isInstalled, Desired desired, Optional<String> release, String config, Optional<String> manifest) {
    /** There was no such service. */
    static final Before NOTHING = new Before(false, Desired.STOPPED, Optional.empty(), "{}", Optional.empty());
}
