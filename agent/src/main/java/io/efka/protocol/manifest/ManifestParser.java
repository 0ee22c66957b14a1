package io.efka.protocol.manifest;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import io.efka.protocol.Fault;
import io.efka.protocol.json.StrictJson;
import java.util.List;
import java.util.Optional;

/**
 * Turns the text of a {@code manifest.json} into a {@link Manifest}, or into all that is wrong with it. Never throws,
 * whatever the text.
 */
public final class ManifestParser {
    /** As much as a command's payload may have. */
    public static final int MAX_SIZE = 256 * 1024;

    private ManifestParser() {}

    /** Reads a manifest with every rule and default of {@link #knownKeys()}. */
    public static ManifestReading read(String json) {
        var findings = new Diagnostics();
        Optional<Manifest> manifest = parse(json, findings).flatMap(root -> object(root, findings));
        List<Fault> faults = findings.faults();
        if (!faults.isEmpty()) return new ManifestReading.Unusable(faults);
        return new ManifestReading.Usable(manifest.orElseThrow(), findings.warnings());
    }

    /** Every key a manifest may have, in the order of the protocol document. */
    public static List<KnownKey> knownKeys() {
        return ManifestSchema.ALL.stream().map(ManifestParser::known).toList();
    }

    private static KnownKey known(ManifestKey<?> key) {
        return new KnownKey(key.path(), key.isRequired(), key.standard().map(JsonPrimitive::getAsString));
    }

    private static Optional<JsonElement> parse(String json, Diagnostics findings) {
        if (json.length() > MAX_SIZE) {
            findings.fault(Manifest.FILE_NAME, json.length() + " characters", "must be 256 KiB at most");
            return Optional.empty();
        }
        try {
            StrictJson.Document document = StrictJson.parse(json);
            document.duplicates().forEach(key -> findings.fault(key, "there twice", "must be there once"));
            return Optional.of(document.root());
        } catch (StrictJson.NotJsonException e) {
            findings.fault(Manifest.FILE_NAME, json.isBlank() ? "empty" : json, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static Optional<Manifest> object(JsonElement root, Diagnostics findings) {
        if (!root.isJsonObject())
            return new FaultLocation(Manifest.FILE_NAME, findings).unfit(root, "must be a JSON object");
        return new ManifestDecoder(root.getAsJsonObject(), findings).decode();
    }

    /**
     * A key of the manifest, for documents and their tests.
     *
     * @param path with its section: {@code restart.delay}
     * @param required whether its absence is a fault
     * @param standard the default as written; empty where there is none
     */
    public record KnownKey(String path, boolean required, Optional<String> standard) {}
}
