package io.efka.agent.process.cgroup;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The systemd service that a control group belongs to, according to the group's path.
 *
 * @param name such as {@code efka.service}
 * @param group the control group of the unit
 * @param subgroup the name of the group directly below it; empty: the group is the unit's own
 */
public record SystemdUnit(String name, Path group, Optional<String> subgroup) {
    private static final String SERVICE = ".service";

    /**
     * Finds a service in the last two elements of a path. Deeper groups are not created by systemd, and a scope is
     * never started a second time, so neither can prevent a start.
     */
    static Optional<SystemdUnit> of(Path group) {
        if (name(group).endsWith(SERVICE)) return Optional.of(new SystemdUnit(name(group), group, Optional.empty()));
        Path above = group.getParent();
        // The units below user@1000.service belong to that user's own systemd.
        if (above == null || !name(above).endsWith(SERVICE) || isUnit(name(group))) return Optional.empty();
        return Optional.of(new SystemdUnit(name(above), above, Optional.of(name(group))));
    }

    /** The slice that contains the unit. */
    String slice() {
        String above = name(above());
        return above.endsWith(".slice") ? above : "-.slice";
    }

    /** Whether the unit belongs to a user's own systemd. */
    boolean isOfUser() {
        for (Path part : above()) {
            if (part.toString().matches("user@[0-9]+\\.service")) return true;
        }
        return false;
    }

    private Path above() {
        return beside(".").normalize();
    }

    /** The control group of another unit in the same slice. */
    public Path beside(String unit) {
        return group.resolveSibling(unit);
    }

    private static boolean isUnit(String name) {
        return name.endsWith(".slice") || name.endsWith(".scope") || name.endsWith(SERVICE);
    }

    private static String name(Path path) {
        return path.getFileName() == null ? "" : path.getFileName().toString();
    }
}
