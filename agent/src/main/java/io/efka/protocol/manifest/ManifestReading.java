package io.efka.protocol.manifest;

import io.efka.protocol.Fault;
import java.util.List;

/** What came of reading a manifest. */
public sealed interface ManifestReading {

    /** It can be used; each warning is one sentence (an unknown key, with a did-you-mean). */
    record Usable(Manifest manifest, List<String> warnings) implements ManifestReading {
        public Usable {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * It cannot; all faults at once.
     *
     * @param isUnread whether nothing is known of what it says, as it could not be read: later it may be, as it is
     */
    record Unusable(List<Fault> faults, boolean isUnread) implements ManifestReading {
        public Unusable {
            faults = List.copyOf(faults);
        }

        /** It was read, and is wrong. */
        public Unusable(List<Fault> faults) {
            this(faults, false);
        }
    }
}
