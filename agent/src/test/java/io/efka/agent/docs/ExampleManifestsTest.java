package io.efka.agent.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.protocol.manifest.ManifestParser;
import io.efka.protocol.manifest.ManifestParser.KnownKey;
import io.efka.protocol.manifest.ManifestReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example manifests show every key that there is, nested as it must be written. */
final class ExampleManifestsTest {
    private static final Path FOLDER = Path.of("../docker/examples");
    private static final String SERVICE = "full-manifest.json";
    private static final String ONESHOT = "full-oneshot.json";
    /** A schedule has one of {@code every} and {@code cron}. */
    private static final String INTERVAL = "interval-oneshot.json";

    /** An example must not teach the first agent's spelling. */
    private static final Set<String> NOT_SHOWN = Set.of("serivce_id");

    /** Their keys are the manifest's own choice. */
    private static final Set<String> FREE = Set.of("env");

    @ParameterizedTest
    @ValueSource(strings = {SERVICE, ONESHOT, INTERVAL})
    void areAcceptedWithoutAWarning(String file) throws IOException {
        assertThat(ManifestParser.read(Files.readString(FOLDER.resolve(file))))
                .isInstanceOfSatisfying(
                        ManifestReading.Usable.class,
                        usable -> assertThat(usable.warnings()).isEmpty());
    }

    @Test
    void showEveryKey() throws IOException {
        var shown = new TreeSet<String>();
        for (String file : List.of(SERVICE, ONESHOT, INTERVAL)) {
            addKeys(
                    "",
                    JsonParser.parseString(Files.readString(FOLDER.resolve(file)))
                            .getAsJsonObject(),
                    shown);
        }
        Set<String> known = ManifestParser.knownKeys().stream()
                .map(KnownKey::path)
                .filter(path -> !NOT_SHOWN.contains(path))
                .collect(Collectors.toSet());

        assertThat(shown).containsExactlyInAnyOrderElementsOf(known);
    }

    private static void addKeys(String section, JsonObject object, Set<String> keys) {
        for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
            String path = section + entry.getKey();
            if (entry.getValue() instanceof JsonObject inner && !FREE.contains(path)) {
                addKeys(path + ".", inner, keys);
            } else {
                keys.add(path);
            }
        }
    }
}
