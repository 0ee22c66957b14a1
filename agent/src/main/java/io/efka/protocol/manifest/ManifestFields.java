package io.efka.protocol.manifest;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.protocol.Spelling;
import io.efka.protocol.json.StrictJson;
import io.efka.protocol.manifest.ManifestSchema.ManifestKey;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A manifest's object, read key by key; what is wrong is collected and never stops the reading. */
final class ManifestFields {
    /** No known key is longer; also bounds the work of guessing one. */
    private static final int MAX_GUESSED = 32;

    private final Map<String, JsonObject> sections = new HashMap<>();
    private final Diagnostics diagnostics;

    ManifestFields(JsonObject root, Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
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
        if (value.isEmpty() && key.isRequired()) diagnostics.fault(key.path(), "missing", "must be given");
        return value.flatMap(element -> key.rule().read(element, place(key)));
    }

    boolean has(ManifestKey<?> key) {
        return raw(key).isPresent();
    }

    /** Reports the value of {@code key}, which fits by itself, as wrong for another reason. */
    void unfit(ManifestKey<?> key, String expected) {
        raw(key).ifPresent(value -> place(key).unfit(value, expected));
    }

    /** Reports a section that is there as wrong as a whole. */
    void unfitSection(String section, String expected) {
        if (sections.containsKey(section)) diagnostics.at(section).unfit(object(section), expected);
    }

    Diagnostics.Location place(ManifestKey<?> key) {
        return diagnostics.at(key.path());
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
            if (known.contains(name)) continue;
            if (section.isEmpty() && isPath(name)) dotted(name);
            else diagnostics.warning(warning(section, name));
        }
    }

    private static boolean isPath(String name) {
        return name.contains(".")
                && ManifestSchema.ALL.stream().anyMatch(key -> key.path().equals(name));
    }

    /** As the documents name it: a person who copied it must not believe that it is in force. */
    private void dotted(String path) {
        String nested = "must be written as an object: \"" + section(path) + "\":{\"" + last(path) + "\":…}";
        diagnostics.at(path).discouraged(object("").get(path), nested);
    }

    private static String warning(String section, String name) {
        String hint = nearest(section, name)
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
        else diagnostics.at(name).unfit(value, "must be an object");
    }

    private static Set<String> sectionNames() {
        var names = new HashSet<String>();
        for (ManifestKey<?> key : ManifestSchema.ALL) names.add(key.section());
        names.remove("");
        return names;
    }

    /** The path of the key most like {@code name} in its section; failing that, the same name elsewhere. */
    private static Optional<String> nearest(String section, String name) {
        if (name.length() > MAX_GUESSED) return Optional.empty();
        String written = name.toLowerCase(Locale.ROOT);
        return paths().stream()
                .filter(path -> section(path).equals(section))
                .filter(path -> isLike(written, last(path)))
                .min(Comparator.comparingInt(path -> Spelling.mistakes(written, last(path))))
                .or(() -> elsewhere(written));
    }

    private static Optional<String> elsewhere(String name) {
        return paths().stream().filter(path -> last(path).equals(name)).findFirst();
    }

    /** Up to a third of the letters may be wrong: two in "policy", one in "env". */
    private static boolean isLike(String written, String known) {
        return Spelling.mistakes(written, known) <= Math.max(1, known.length() / 3);
    }

    private static Set<String> paths() {
        var paths = new LinkedHashSet<String>();
        for (ManifestKey<?> key : ManifestSchema.ALL) {
            if (key.equals(ManifestSchema.SERIVCE_ID)) continue;
            if (!key.section().isEmpty()) paths.add(key.section());
            paths.add(key.path());
        }
        return paths;
    }

    private static String section(String path) {
        return path.substring(0, Math.max(path.indexOf('.'), 0));
    }

    private static String last(String path) {
        return path.substring(path.indexOf('.') + 1);
    }
}
