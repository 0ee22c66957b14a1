package io.efka.protocol.manifest;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.protocol.json.StrictJson;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A manifest's object, read key by key; what is wrong is collected and never stops the reading. */
final class ManifestFields {
    private final Map<String, JsonObject> sections = new HashMap<>();
    private final Diagnostics findings;

    ManifestFields(JsonObject root, Diagnostics findings) {
        this.findings = findings;
        sections.put("", root);
        for (String name : sectionNames()) section(root, name);
    }

    /** The value, or its default where it is missing or does not fit. */
    <T> T value(ManifestKey<T> key) {
        return find(key).orElseGet(key::fallback);
    }

    /** The value; empty where it is missing or does not fit. */
    <T> Optional<T> find(ManifestKey<T> key) {
        Optional<JsonElement> value = raw(key);
        if (value.isEmpty() && key.isRequired()) findings.fault(key.path(), "missing", "must be given");
        return value.flatMap(element -> key.rule().read(element, place(key)));
    }

    boolean has(ManifestKey<?> key) {
        return raw(key).isPresent();
    }

    /** Reports the value of {@code key}, which fits by itself, as wrong for another reason. */
    void unfit(ManifestKey<?> key, String expected) {
        raw(key).ifPresent(value -> place(key).unfit(value, expected));
    }

    FaultLocation place(ManifestKey<?> key) {
        return new FaultLocation(key.path(), findings);
    }

    /** Warns of keys that nobody reads. */
    void warnOfUnknownKeys() {
        sections.keySet().stream().sorted().forEach(this::warnOfUnknownKeys);
    }

    private void warnOfUnknownKeys(String section) {
        Set<String> known = new HashSet<>(section.isEmpty() ? sectionNames() : Set.of());
        for (ManifestKey<?> key : ManifestSchema.ALL) {
            if (key.section().equals(section)) known.add(key.name());
        }
        for (String name : object(section).keySet()) {
            if (!known.contains(name)) findings.warning(warning(section, name));
        }
    }

    private static String warning(String section, String name) {
        String hint = KeyAdvice.nearest(section, name)
                .map(path -> "; did you mean \"" + path + "\"?")
                .orElse("");
        return "unknown key \"" + StrictJson.keyPath(section, name) + "\" is ignored" + hint;
    }

    private Optional<JsonElement> raw(ManifestKey<?> key) {
        return Optional.ofNullable(object(key.section()).get(key.name()));
    }

    private JsonObject object(String section) {
        return sections.getOrDefault(section, new JsonObject());
    }

    private void section(JsonObject root, String name) {
        JsonElement value = root.get(name);
        if (value == null) return;
        if (value.isJsonObject()) sections.put(name, value.getAsJsonObject());
        else new FaultLocation(name, findings).unfit(value, "must be an object");
    }

    private static Set<String> sectionNames() {
        var names = new HashSet<String>();
        for (ManifestKey<?> key : ManifestSchema.ALL) names.add(key.section());
        names.remove("");
        return names;
    }
}
