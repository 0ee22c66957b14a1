package io.efka.agent.desired;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.agent.desired.ServiceFacts.ReleaseFacts;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.ServiceStatus.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where a service is not what was applied, because somebody has changed it since. It is told, and left alone until its entry
 * changes.
 *
 * @param key what differs: {@code installed}, {@code desired}, {@code release} or {@code config}
 * @param wanted as it was applied
 * @param is as it is
 */
record Drift(ServiceId service, String key, String wanted, String is) {
    private static final String NONE = "none";

    /** As a report has it. */
    Map<String, String> fields() {
        return Map.of("service", service.value(), "key", key, "wanted", wanted, "is", is);
    }

    /** Of all services that belong to the document and are not being changed for it. */
    static List<Drift> of(Document document, ServiceFacts facts) {
        var drift = new ArrayList<Drift>();
        document.accepted().entries().forEach((service, entry) -> {
            Optional<Applied> applied = Optional.ofNullable(document.applied().get(service))
                    .filter(was -> was.is(entry) && !document.isChanging(service));
            applied.ifPresent(was -> add(drift, entry, was, facts));
        });
        return drift;
    }

    private static void add(List<Drift> drift, Entry entry, Applied applied, ServiceFacts facts) {
        ServiceId service = entry.service();
        Optional<ServiceStatus> status = facts.status(service);
        if (status.isPresent() == entry.isAbsent()) {
            drift.add(new Drift(
                    service, "installed", String.valueOf(!entry.isAbsent()), String.valueOf(entry.isAbsent())));
        }
        if (entry.isAbsent() || status.isEmpty()) return;
        if (!isAsDesired(entry.desired(), status.get())) {
            drift.add(new Drift(
                    service, "desired", word(entry.desired()), word(status.get().desired())));
        }
        Optional<String> release = facts.releases(service).flatMap(ReleaseFacts::current);
        if (entry.content() == Entry.Content.RELEASE && !release.equals(applied.release())) {
            drift.add(new Drift(service, "release", applied.release().orElse(NONE), release.orElse(NONE)));
        }
        entry.config().ifPresent(config -> {
            JsonObject is = JsonParser.parseString(facts.config(service)).getAsJsonObject();
            // Not its values: they may be secrets.
            if (!CanonicalJson.digest(is).equals(CanonicalJson.digest(config))) {
                drift.add(new Drift(service, "config", "as in the document", "another"));
            }
        });
    }

    /** A oneshot that has run, or is to run at its time, is as desired. */
    private static boolean isAsDesired(Desired desired, ServiceStatus status) {
        boolean isThrough = status.state() == State.COMPLETED || status.state() == State.SCHEDULED;
        return status.desired() == desired || (desired == Desired.RUNNING && isThrough);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
