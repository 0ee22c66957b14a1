package io.efka.agent.desired;

import com.google.gson.JsonObject;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.Sha256;
import java.util.Optional;
import java.util.Set;

/**
 * What a document says of one service.
 *
 * @param service that it is about
 * @param content how its files come to the device
 * @param arguments for the command that {@code content} names; not changed by anybody
 * @param desired whether it is to run
 * @param config its whole configuration; empty: as it is
 * @param digest of all that the document says; another one is a change
 */
record Entry(
        ServiceId service,
        Content content,
        JsonObject arguments,
        Desired desired,
        Optional<JsonObject> config,
        Sha256 digest) {
    /** What tells an entry from the command that carries it out. */
    static final Set<String> OWN_KEYS = Set.of("desired", "config", "absent");

    /** How the files of a service come to the device. */
    enum Content {
        /** As a release, which {@code deploy} switches to and watches. */
        RELEASE,
        /** As a folder that is there already, or as a change of the manifest that is there: by {@code apply}. */
        FOLDER,
        /** They stay as they are. */
        UNCHANGED,
        /** There is to be no such service. */
        ABSENT
    }

    boolean isAbsent() {
        return content == Content.ABSENT;
    }
}
