package io.efka.protocol.manifest;

import io.efka.protocol.Fault;
import java.util.List;
import java.util.Optional;

/** The result of reading a manifest. */
public sealed interface ManifestReading {

    /** The manifest; empty if it cannot be used. */
    default Optional<Manifest> ifUsable() {
        return this instanceof Usable usable ? Optional.of(usable.manifest()) : Optional.empty();
    }

    /** Why it cannot be used; empty if it can. */
    default List<Fault> faults() {
        return List.of();
    }

    /** Whether it could not be read at all; the same file may be readable later. */
    default boolean isUnread() {
        return false;
    }

    /** It can be used; each warning is one sentence (an unknown key, with a did-you-mean). */
    record Usable(Manifest manifest, List<String> warnings) implements ManifestReading {
        public Usable {
            warnings = List.copyOf(warnings);
        }
    }

    /** It cannot be used; all faults at once. */
    record Unusable(List<Fault> faults, boolean isUnread) implements ManifestReading {
        public Unusable {
            faults = List.copyOf(faults);
        }

        /** It was read and is wrong. */
        public Unusable(List<Fault> faults) {
            this(faults, false);
        }
    }
}
