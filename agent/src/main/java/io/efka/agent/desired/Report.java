package io.efka.agent.desired;

import com.google.gson.JsonObject;
import io.efka.agent.desired.ServiceFacts.DeployFacts;
import io.efka.agent.desired.ServiceFacts.ReleaseFacts;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.json.JsonWriter;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What a device tells of one document.
 *
 * @param document empty: none of its revisions was ever taken
 * @param refusal of the newest revision that arrived; empty: it was taken
 */
record Report(DocumentKey key, Optional<Document> document, Optional<Refusal> refusal) {

    /**
     * Why a revision that arrived was not taken. The one that was taken before goes on.
     *
     * @param state {@link #REFUSED} or {@link #STALE}
     */
    record Refusal(String state, Problem problem, Instant since) {
        static final String REFUSED = "refused";
        static final String STALE = "stale";

        /** The same again is no news. */
        Refusal after(Optional<Refusal> before) {
            return before.filter(one -> one.state.equals(state) && one.problem.equals(problem))
                    .orElse(this);
        }
    }

    /** The state that it shows. */
    String state(ServiceFacts facts) {
        if (refusal.isPresent()) return refusal.get().state();
        DocumentState state = document.orElseThrow().state();
        boolean isHeld = state instanceof Applying applying
                && applying.tasks().keySet().stream()
                        .anyMatch(service ->
                                deploy(facts, service).filter("held"::equals).isPresent());
        return isHeld ? "held" : state.visible();
    }

    /** What an event says when the state has changed. */
    Map<String, Object> event(String state) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("name", key.name());
        fields.put("source", key.source());
        document.ifPresent(one -> fields.put("revision", one.accepted().revision()));
        fields.put("state", state);
        problem().ifPresent(problem -> fields.put("error", error(problem)));
        return fields;
    }

    Optional<Problem> problem() {
        return refusal.map(Refusal::problem)
                .or(() -> document.flatMap(one -> one.state().problem()));
    }

    private static Map<String, String> error(Problem problem) {
        var error = new LinkedHashMap<String, String>();
        error.put("code", problem.code());
        error.put("message", problem.message());
        return error;
    }

    /** @param others of the same name, from other sources */
    JsonObject encode(ServiceFacts facts, Documents documents, List<Report> others) {
        var json = new JsonObject();
        json.addProperty("v", 1);
        json.addProperty("name", key.name());
        encode(json, facts);
        var services = new JsonObject();
        document.ifPresent(one -> one.accepted()
                .entries()
                .values()
                .forEach(entry -> services.add(
                        entry.service().value(), JsonWriter.object(service(one, entry, facts, documents)))));
        json.add("services", services);
        json.add(
                "drift",
                JsonWriter.value(document.map(one ->
                                Drift.of(one, facts).stream().map(Drift::fields).toList())
                        .orElse(List.of())));
        json.add("error", JsonWriter.value(problem().map(Report::error)));
        if (!others.isEmpty()) {
            json.add(
                    "others",
                    JsonWriter.value(others.stream()
                            .map(other -> {
                                var brief = new JsonObject();
                                other.encode(brief, facts);
                                brief.add(
                                        "error",
                                        JsonWriter.value(other.problem().map(Report::error)));
                                return brief;
                            })
                            .toList()));
        }
        return json;
    }

    private void encode(JsonObject json, ServiceFacts facts) {
        json.addProperty("source", key.source());
        json.add("revision", JsonWriter.value(document.map(one -> one.accepted().revision())));
        json.add("track", JsonWriter.value(document.map(one -> one.accepted().isCandidate() ? "candidate" : "stable")));
        json.addProperty("state", state(facts));
        json.add(
                "since",
                JsonWriter.value(refusal.map(Refusal::since)
                        .or(() -> document.map(one -> one.state().since()))));
        document.filter(one -> one.accepted().content().isRemoval())
                .ifPresent(one -> json.addProperty("removed", true));
        document.map(Document::state)
                .filter(Waiting.class::isInstance)
                .map(Waiting.class::cast)
                .ifPresent(waiting -> {
                    waiting.until().ifPresent(until -> json.add("until", JsonWriter.value(until)));
                    waiting.busy().ifPresent(busy -> json.addProperty("waiting_for", busy.path()));
                });
    }

    private static Map<String, Object> service(
            Document document, Entry entry, ServiceFacts facts, Documents documents) {
        var fields = new LinkedHashMap<String, Object>();
        ServiceId service = entry.service();
        Optional<ServiceStatus> status = facts.status(service);
        fields.put("release", facts.releases(service).flatMap(ReleaseFacts::current));
        fields.put("state", status.map(now -> now.state().name().toLowerCase(Locale.ROOT)));
        fields.put("ready", status.map(ServiceStatus::ready));
        fields.put("deploy", deploy(facts, service));
        if (entry.isAbsent()) fields.put("absent", true);
        documents.overriding(document, service).ifPresent(own -> fields.put("overridden_by", own.path()));
        SortedMap<ServiceId, DocumentKey> conflicts =
                document.state() instanceof Conflict conflict ? conflict.with() : Collections.emptySortedMap();
        Optional.ofNullable(conflicts.get(service)).ifPresent(with -> fields.put("conflict_with", with.path()));
        return fields;
    }

    private static Optional<String> deploy(ServiceFacts facts, ServiceId service) {
        return facts.releases(service).flatMap(ReleaseFacts::deploy).map(DeployFacts::state);
    }
}
