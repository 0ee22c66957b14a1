package io.efka.agent.main;

import com.google.gson.JsonObject;
import io.efka.agent.command.handler.PayloadCheck;
import io.efka.agent.main.SettingsReader.SettingsReading;
import io.efka.protocol.Fault;
import io.efka.protocol.Spelling;
import io.efka.protocol.json.JsonExcerpt;
import io.efka.protocol.json.StrictJson;
import io.efka.protocol.manifest.ManifestParser;
import io.efka.protocol.manifest.ManifestReading;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a file turned out to be, and all that is wrong with it.
 *
 * @param kind empty: none of them could be recognised, and the faults say so
 * @param warnings one sentence each
 */
record CheckedText(Optional<Kind> kind, List<Fault> faults, List<String> warnings) {
    /** Uses nothing of this machine: the file may be meant for another. */
    private static final MachineDefaults ANY_MACHINE =
            new MachineDefaults("any", true, Path.of("/root"), false, Map.of());

    private static final int MAX_EXCERPT = 120;
    private static final Pattern LINE = Pattern.compile("line (\\d+)");

    CheckedText {
        faults = List.copyOf(faults);
        warnings = List.copyOf(warnings);
    }

    /** What Efka reads, recognised by its keys. No key of one kind belongs to another. */
    enum Kind {
        MANIFEST("manifest", sections(), "service_id, exec, health_check, …"),
        INSTALL("install payload", PayloadCheck.INSTALL, "manifest, files, work_dir, start"),
        APPLY("apply payload", PayloadCheck.APPLY, "services, prune"),
        CONFIGURATION("configuration", ConfigFile.knownKeys(), "broker, device, data_dir, …");

        private final String title;
        private final Collection<String> keys;
        private final String examples;

        Kind(String title, Collection<String> keys, String examples) {
            this.title = title;
            this.keys = keys;
            this.examples = examples;
        }

        String title() {
            return title;
        }

        private static List<String> sections() {
            return ManifestParser.knownKeys().stream()
                    .map(key -> key.path().replaceFirst("\\..*", ""))
                    .distinct()
                    .toList();
        }

        /** The kind with the most keys of the object: as they are, or else nearly so. */
        private static Optional<Kind> of(JsonObject root) {
            return mostly(root, Kind::has).or(() -> mostly(root, Kind::hasNearly));
        }

        private interface Match {
            boolean test(Kind kind, String key);
        }

        private static Optional<Kind> mostly(JsonObject root, Match match) {
            Optional<Kind> best = Optional.empty();
            long most = 0;
            for (Kind kind : values()) {
                long count = root.keySet().stream()
                        .filter(key -> match.test(kind, key))
                        .count();
                if (count > most) {
                    best = Optional.of(kind);
                    most = count;
                }
            }
            return best;
        }

        private boolean has(String key) {
            return keys.contains(key);
        }

        private boolean hasNearly(String key) {
            return Spelling.closest(key, keys).isPresent();
        }

        private static String all() {
            return Arrays.stream(values())
                    .map(kind -> kind.title + " (" + kind.examples + ")")
                    .collect(Collectors.joining(", "));
        }
    }

    static CheckedText of(String text) {
        if (text.isBlank()) return unknown("empty", "must be " + anyKind());
        try {
            StrictJson.Document document = StrictJson.parse(text);
            if (!(document.root() instanceof JsonObject root)) {
                return unknown(JsonExcerpt.of(document.root()), "must be " + anyKind());
            }
            return Kind.of(root)
                    .map(kind -> check(kind, text, root))
                    .orElseGet(() -> unknown("an object with the keys " + root.keySet(), "must be " + anyKind()));
        } catch (StrictJson.NotJsonException e) {
            String message = String.valueOf(e.getMessage());
            return unknown(line(text, message), message);
        }
    }

    /** The line that {@code message} names, or the first. */
    private static String line(String text, String message) {
        Matcher named = LINE.matcher(message);
        int number = named.find() ? Integer.parseInt(named.group(1)) : 1;
        return text.lines().skip(number - 1L).findFirst().orElse("nothing more").strip();
    }

    private static String anyKind() {
        return "one of: " + Kind.all();
    }

    private static CheckedText unknown(String value, String expected) {
        return new CheckedText(
                Optional.empty(), List.of(new Fault("file", JsonExcerpt.cut(value, MAX_EXCERPT), expected)), List.of());
    }

    private static CheckedText check(Kind kind, String text, JsonObject root) {
        return switch (kind) {
            case MANIFEST -> ofManifest(ManifestParser.read(text));
            case INSTALL -> ofPayload(kind, PayloadCheck.ofInstall(root));
            case APPLY -> ofPayload(kind, PayloadCheck.ofApply(root));
            case CONFIGURATION -> ofConfiguration(ConfigFile.parse(text));
        };
    }

    private static CheckedText ofManifest(ManifestReading reading) {
        List<String> warnings = reading instanceof ManifestReading.Usable usable ? usable.warnings() : List.of();
        return new CheckedText(Optional.of(Kind.MANIFEST), reading.faults(), warnings);
    }

    private static CheckedText ofPayload(Kind kind, PayloadCheck.Findings findings) {
        return new CheckedText(Optional.of(kind), findings.faults(), findings.warnings());
    }

    private static CheckedText ofConfiguration(ConfigFile file) {
        SettingsReading reading = SettingsReader.read(Map.of(), Optional.empty(), file, ANY_MACHINE);
        List<Fault> faults = reading instanceof SettingsReading.Unusable unusable ? unusable.faults() : List.of();
        List<String> warnings = reading instanceof SettingsReading.Usable usable ? usable.warnings() : List.of();
        return new CheckedText(Optional.of(Kind.CONFIGURATION), faults, warnings);
    }
}
