package io.efka.protocol.manifest;

import com.google.gson.JsonElement;
import io.efka.protocol.Fault;
import io.efka.protocol.json.JsonExcerpt;
import io.efka.protocol.json.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects what is wrong and what is odd about one manifest while it is read. */
final class Diagnostics {
    /** Of each kind. More are only counted, so that the reply stays small whatever was sent. */
    static final int MAX_REPORTED = 100;

    /** Characters of a value in a fault: enough to recognise it. */
    private static final int MAX_VALUE = 120;

    private final List<Fault> faults = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final boolean isInstalled;
    private int moreFaults;
    private int moreWarnings;

    /** @param isInstalled whether the manifest has been accepted before, perhaps by an earlier version */
    Diagnostics(boolean isInstalled) {
        this.isInstalled = isInstalled;
    }

    /** The place of a value, where faults of it are reported. */
    Location at(String path) {
        return new Location(path);
    }

    void fault(String key, String value, String expected) {
        if (faults.size() < MAX_REPORTED) faults.add(new Fault(key, JsonExcerpt.cut(value, MAX_VALUE), expected));
        else moreFaults++;
    }

    void warning(String sentence) {
        if (warnings.size() < MAX_REPORTED) warnings.add(sentence);
        else moreWarnings++;
    }

    List<Fault> faults() {
        var all = new ArrayList<Fault>(faults);
        if (moreFaults > 0) {
            all.add(new Fault(Manifest.FILE_NAME, moreFaults + " more faults", "must have no faults"));
        }
        return all;
    }

    List<String> warnings() {
        var all = new ArrayList<String>(warnings);
        if (moreWarnings > 0) all.add("and " + moreWarnings + " more warnings");
        return all;
    }

    /** Where in the manifest a value is, and where to report what is wrong with it. */
    final class Location {
        private final String path;

        /** @param path as in {@code restart.delay} or {@code args[2]} */
        private Location(String path) {
            this.path = path;
        }

        Location child(String key) {
            return new Location(StrictJson.keyPath(path, key));
        }

        Location item(int index) {
            return new Location(path + "[" + index + "]");
        }

        /** Reports {@code value} as wrong in a new manifest, and as ignored in one that is installed. */
        void discouraged(JsonElement value, String expected) {
            if (isInstalled) warning("key \"" + path + "\" is ignored: it " + expected);
            else unfit(value, expected);
        }

        /** Reports {@code value} as not what it must be. */
        <T> Optional<T> unfit(JsonElement value, String expected) {
            fault(path, value.toString(), expected);
            return Optional.empty();
        }
    }
}
