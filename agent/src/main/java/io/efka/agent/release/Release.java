package io.efka.agent.release;

import io.efka.agent.install.ReleaseFolders;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Sha256;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A release that is on the device, unpacked and whole.
 *
 * @param isOriginal it is what was in the service's folder before the first deploy, and stays there
 * @param storedAt when it was unpacked
 * @param bad why it failed on this device; empty if it did not
 * @param artifact that it was unpacked from; empty if it came with a command, or was found on the disk after
 *     the state was lost
 */
public record Release(
        ReleaseId id, boolean isOriginal, Instant storedAt, Optional<String> bad, Optional<Sha256> artifact) {

    static Release of(ReleaseId id, Instant now) {
        return new Release(id, false, now, Optional.empty(), Optional.empty());
    }

    Release asBad(String why) {
        return new Release(id, isOriginal, storedAt, Optional.of(why), artifact);
    }

    /** Where it came from is known now. */
    Release of(Sha256 source) {
        return new Release(id, isOriginal, storedAt, bad, Optional.of(source));
    }

    /** Where its manifest and files are. */
    Path folder(ServiceId service, ReleaseFolders folders) {
        return isOriginal ? folders.original(service) : folders.folder(service, id.value());
    }
}
