package io.efka.fleet.desired;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.fleet.view.Document;
import io.efka.protocol.CandidateShare;
import io.efka.protocol.DeviceId;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the services of one device should be, of all documents that are for it. */
public final class WantedServices {
    private WantedServices() {}

    /**
     * A document that is for the device.
     *
     * @param name as people know it: {@code @all/base}, or a file
     * @param id where it is; empty: a file that is not at the broker
     * @param report what the device says of it
     */
    public record Source(String name, Optional<DocumentId> id, JsonObject json, Optional<Document> report) {
        Document document() {
            return new Document(json);
        }

        /** Whether the device has taken this revision and is as it says. */
        public boolean isDone() {
            return report.filter(said -> said.text("state").equals(Optional.of("done")))
                            .filter(said ->
                                    said.number("revision").equals(document().number("revision")))
                            .isPresent()
                    && report.get().objects("drift").isEmpty();
        }

        private boolean isOwn() {
            return id.filter(one -> one.group().isEmpty()).isPresent();
        }

        /** Whether the device says that this document has the service. */
        private boolean has(String service) {
            Document said = report.orElse(Document.EMPTY).object("services").object(service);
            return said.json().size() > 0 && !said.has("conflict_with") && !said.has("overridden_by");
        }
    }

    /**
     * What one service should be.
     *
     * @param entry as the document has it; {@code {"absent":true}} for what a removed document brought
     */
    public record Wanted(JsonObject entry, Source source) {
        boolean isAbsent() {
            return new Document(entry).flag("absent");
        }
    }

    /** By service id. The device's own document wins; of several groups' the one that has the service keeps it. */
    public static SortedMap<String, Wanted> of(String device, List<Source> sources) {
        var wanted = new TreeMap<String, Wanted>();
        var ordered = new ArrayList<>(sources);
        ordered.sort(Comparator.comparing(Source::isOwn)
                .thenComparing(Comparator.comparing(Source::name).reversed()));
        for (Source source : ordered) {
            for (Map.Entry<String, JsonObject> entry : entries(device, source).entrySet()) {
                Wanted present = wanted.get(entry.getKey());
                boolean isKept = present != null
                        && !source.isOwn()
                        && present.source().has(entry.getKey())
                        && !source.has(entry.getKey());
                if (!isKept) wanted.put(entry.getKey(), new Wanted(entry.getValue(), source));
            }
        }
        return wanted;
    }

    private static Map<String, JsonObject> entries(String device, Source source) {
        var entries = new TreeMap<String, JsonObject>();
        Document document = source.document();
        if (document.flag("removed")) {
            var absent = new JsonObject();
            absent.addProperty("absent", true);
            Document said = source.report().orElse(Document.EMPTY);
            said.object("services").json().keySet().stream()
                    .filter(source::has)
                    .forEach(service -> entries.put(service, absent));
            return entries;
        }
        take(document.object("services").json(), entries);
        Document candidate = document.object("candidate");
        if (isInShare(device, candidate)) take(candidate.object("services").json(), entries);
        return entries;
    }

    private static void take(JsonObject services, Map<String, JsonObject> entries) {
        for (Map.Entry<String, JsonElement> one : services.entrySet()) {
            if (one.getValue() instanceof JsonObject entry) entries.put(one.getKey(), entry);
        }
    }

    private static boolean isInShare(String device, Document candidate) {
        Optional<String> salt = candidate.text("salt");
        boolean isNumber = candidate.json().get("share") instanceof JsonPrimitive share
                && share.isNumber()
                && share.getAsString().matches("\\d{1,3}(\\.\\d{1,17})?");
        if (salt.isEmpty() || !isNumber) return false;
        BigDecimal percent = candidate.json().get("share").getAsBigDecimal();
        return new CandidateShare(percent, salt.get()).holds(new DeviceId(device));
    }
}
