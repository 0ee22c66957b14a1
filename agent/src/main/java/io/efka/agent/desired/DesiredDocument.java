package io.efka.agent.desired;

import io.efka.protocol.CandidateShare;
import io.efka.protocol.DeviceId;
import io.efka.protocol.ServiceId;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One revision of a document, as it was published.
 *
 * @param revision grows; at least 1
 * @param isRemoval whether it removes what the document brought, and names no services
 * @param candidate what a part of the fleet gets instead
 * @param expiresAt a device that has not begun by then does not begin; empty: any time
 */
record DesiredDocument(
        long revision,
        boolean isRemoval,
        SortedMap<ServiceId, Entry> services,
        Optional<Candidate> candidate,
        OnFailure onFailure,
        StartRule start,
        Optional<Instant> expiresAt) {

    DesiredDocument {
        services = Collections.unmodifiableSortedMap(new TreeMap<>(services));
    }

    /** What is taken back if a service cannot be made what the document says; on the wire in lower case. */
    enum OnFailure {
        /** All that this revision changed on the device. */
        ROLLBACK,
        /** Only the service that failed. */
        EACH,
        /** Nothing. */
        KEEP
    }

    /** @param services stand in for those of the same id */
    record Candidate(CandidateShare share, SortedMap<ServiceId, Entry> services) {}

    /** Whether this device gets the candidate. */
    boolean isCandidate(DeviceId device) {
        return candidate.filter(some -> some.share().holds(device)).isPresent();
    }

    /** What it says for this device. */
    SortedMap<ServiceId, Entry> entries(DeviceId device) {
        if (!isCandidate(device)) return services;
        var all = new TreeMap<ServiceId, Entry>(services);
        all.putAll(candidate.orElseThrow().services());
        return Collections.unmodifiableSortedMap(all);
    }
}
