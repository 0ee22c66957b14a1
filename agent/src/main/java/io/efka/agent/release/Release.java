package io.efka.agent.release;

import io.efka.agent.install.ReleaseFolders;
import io.efka.protocol.ServiceId;
import java.nio.file.Path;
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

    /** Where its manifest and files are. */
    Path folder(ServiceId service, ReleaseFolders folders) {
        return isOriginal ? folders.original(service) : folders.folder(service, id.value());
    }
}
