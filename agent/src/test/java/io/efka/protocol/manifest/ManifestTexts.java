package io.efka.protocol.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.protocol.Fault;
import io.efka.protocol.manifest.ManifestReading.Unusable;
import io.efka.protocol.manifest.ManifestReading.Usable;
import java.util.List;

/** Manifests as tests write them: with single quotes for double ones. */
final class ManifestTexts {
    private static final String MINIMAL = "{'service_id':'camera','exec':'run.sh','health_check':'process:'%s}";

    private ManifestTexts() {}

    /** The smallest manifest with one more piece of JSON. */
    static ManifestReading with(String more) {
        return read(MINIMAL.formatted(more.isEmpty() ? "" : "," + more));
    }

    static ManifestReading read(String json) {
        return ManifestParser.read(json.replace('\'', '"'));
    }

    static Manifest usable(ManifestReading reading) {
        assertThat(reading).isInstanceOf(Usable.class);
        return ((Usable) reading).manifest();
    }

    static List<String> warnings(ManifestReading reading) {
        assertThat(reading).isInstanceOf(Usable.class);
        return ((Usable) reading).warnings();
    }

    static List<Fault> faults(ManifestReading reading) {
        assertThat(reading).isInstanceOf(Unusable.class);
        return ((Unusable) reading).faults();
    }
}
