package io.efka.agent.desired;

import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What services are now. Thread-safe; never blocks. */
public interface ServiceFacts {

    /** Empty: there is no such service. */
    Optional<ServiceStatus> status(ServiceId service);

    /** Whether it is run until it ends, and not kept running. */
    boolean isOneshot(ServiceId service);

    /** Empty: there is no such service, or it has no releases. */
    Optional<ReleaseFacts> releases(ServiceId service);

    /** Its configuration, a JSON object; {@code {}} if none was ever set. */
    String config(ServiceId service);

    /** Completes with the text of its manifest; fails if that cannot be read. */
    CompletableFuture<String> manifest(ServiceId service);

    /**
     * What is known of a service's releases.
     *
     * @param current the id of the one that is current; empty: what was there before the first deploy
     * @param original the id of what was there before the first deploy; empty: there was nothing
     * @param deploy the one under way, or the last one
     */
    record ReleaseFacts(Optional<String> current, Optional<String> original, Optional<DeployFacts> deploy) {}

    /**
     * How a deploy stands.
     *
     * @param commandId of the command that asked for it
     * @param state as a status shows it
     * @param code of the error, and {@code message} for a person, if it did not succeed
     */
    record DeployFacts(
            Optional<String> commandId, String state, boolean isOver, Optional<String> code, Optional<String> message) {
        boolean isOf(String id) {
            return commandId.filter(id::equals).isPresent();
        }
    }
}
