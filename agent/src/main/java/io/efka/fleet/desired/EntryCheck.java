package io.efka.fleet.desired;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import io.efka.protocol.Durations;
import io.efka.protocol.Fault;
import io.efka.protocol.Names;
import io.efka.protocol.Sha256;
import io.efka.protocol.json.JsonExcerpt;
import io.efka.protocol.manifest.ManifestParser;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Checks what a document says of services. */
final class EntryCheck {
    private static final int MAX_SERVICES = 256;
    private static final Set<String> OWN_KEYS = Set.of("desired", "config", "absent");
    private static final List<String> FOLDER_KEYS = List.of("work_dir", "patch");

    /** What {@code deploy} understands, but for {@code plan}, which does nothing. */
    static final Set<String> DEPLOY_KEYS = Set.of(
            "artifact",
            "manifest",
            "files",
            "release",
            "start",
            "min_healthy",
            "healthy_deadline",
            "on_failure",
            "confirm_within",
            "if_release",
            "force",
            "ignore_hold");

    private static final Set<String> KNOWN = known();

    private EntryCheck() {}

    private static Set<String> known() {
        var all = new TreeSet<String>(DEPLOY_KEYS);
        all.addAll(FOLDER_KEYS);
        all.addAll(OWN_KEYS);
        return Set.copyOf(all);
    }

    static void requireAll(Fields services) {
        Set<String> names = services.json().keySet();
        if (names.size() > MAX_SERVICES) {
            throw new IllegalArgumentException("services must name at most " + MAX_SERVICES + " services, names "
                    + names.size() + ": use several documents");
        }
        for (String name : names) {
            if (!Names.isLegal(name)) {
                throw new IllegalArgumentException(services.path().replaceAll("\\.$", "")
                        + " must have service ids as keys (1-64 of A-Z a-z 0-9 . _ -, not starting with . or -), was "
                        + JsonExcerpt.of(name));
            }
            require(
                    name,
                    services.object(name)
                            .orElseThrow(() -> services.wrong(name, "an object, as in {\"desired\":\"running\"}")));
        }
    }

    private static void require(String id, Fields entry) {
        entry.requireKnown(KNOWN);
        requireOneKind(entry);
        entry.flag("start", true);
        entry.flag("force", false);
        entry.flag("ignore_hold", false);
        entry.requireOneOf("desired", Set.of("running", "stopped"), "\"running\" or \"stopped\"");
        entry.requireOneOf("on_failure", Set.of("rollback", "keep"), "\"rollback\" or \"keep\"");
        entry.object("config");
        entry.object("files");
        entry.text("release");
        entry.text("if_release");
        for (String key : List.of("min_healthy", "healthy_deadline", "confirm_within")) {
            entry.requireDuration(key, Durations.LONGEST, "a duration");
        }
        entry.object("artifact").ifPresent(EntryCheck::requireArtifact);
        entry.object("manifest").ifPresent(manifest -> requireManifest(id, entry, manifest));
    }

    private static void requireOneKind(Fields entry) {
        Set<String> given = new TreeSet<>(entry.json().keySet());
        given.removeIf(key -> !entry.has(key));
        if (entry.flag("absent", false)) {
            for (String key : given) {
                if (!key.equals("absent")) throw entry.wrong(key, "left out where absent is true");
            }
        }
        for (String folder : FOLDER_KEYS) {
            if (!given.contains(folder)) continue;
            for (String key : given) {
                boolean isOther = DEPLOY_KEYS.contains(key) || (FOLDER_KEYS.contains(key) && !key.equals("work_dir"));
                if (isOther && !key.equals(folder)) throw entry.wrong(key, "left out where " + folder + " is given");
            }
        }
    }

    private static void requireArtifact(Fields artifact) {
        if (artifact.text("sha256").flatMap(Sha256::parse).isEmpty()) {
            throw artifact.wrong("sha256", "64 hexadecimal digits in lower case");
        }
        if (artifact.whole("size", 1, Long.MAX_VALUE).isEmpty()) throw artifact.wrong("size", "its length in bytes");
        JsonElement url = artifact.any("url").orElseThrow(() -> artifact.wrong("url", "a URL, or a list of them"));
        List<JsonElement> urls = url instanceof JsonArray list ? list.asList() : List.of(url);
        boolean areTexts = urls.stream().allMatch(one -> one instanceof JsonPrimitive text && text.isString());
        if (urls.isEmpty() || !areTexts) throw artifact.wrong("url", "a URL, or a list of 1-16 of them");
    }

    private static void requireManifest(String id, Fields entry, Fields manifest) {
        List<Fault> faults = ManifestParser.read(manifest.json().toString()).faults();
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(
                    faults.get(0).below(entry.path() + "manifest").sentence());
        }
        if (!manifest.text("service_id").filter(id::equals).isPresent()) {
            throw manifest.wrong("service_id", "\"" + id + "\", the name of its entry");
        }
    }
}
