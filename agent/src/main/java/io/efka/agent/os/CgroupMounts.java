package io.efka.agent.os;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the agent's own control groups are: in the one hierarchy of version 2, and in those of version 1.
 *
 * @param unified the agent's folder in the version 2 hierarchy
 * @param controllers the agent's folder by version 1 controller
 */
record CgroupMounts(Optional<Path> unified, Map<String, Path> controllers) {
    private static final List<String> USED = List.of("memory", "pids", "cpu", "freezer");

    CgroupMounts {
        controllers = Map.copyOf(controllers);
    }

    /** Reads {@code /proc/self/mountinfo} and {@code /proc/self/cgroup} (proc(5), cgroups(7)). */
    static CgroupMounts parse(String mountinfo, String membership) {
        Optional<Path> unified = Optional.empty();
        var controllers = new HashMap<String, Path>();
        for (String line : mountinfo.split("\n")) {
            String[] halves = line.split(" - ", 2);
            if (halves.length < 2) continue;
            String[] mount = halves[0].split(" ");
            String[] kind = halves[1].split(" ");
            if (mount.length < 5 || kind.length < 3) continue;
            if (kind[0].equals("cgroup2")) {
                unified = Optional.of(own(mount, pathOf(membership, "")));
            } else if (kind[0].equals("cgroup")) {
                List<String> names = List.of(kind[2].split(","));
                for (String name : USED) {
                    if (names.contains(name)) controllers.put(name, own(mount, pathOf(membership, name)));
                }
            }
        }
        return new CgroupMounts(unified, controllers);
    }

    /** The agent's path in a hierarchy: the line {@code number:controllers:path}; version 2 has no controllers there. */
    private static String pathOf(String membership, String controller) {
        for (String line : membership.split("\n")) {
            String[] parts = line.split(":", 3);
            if (parts.length == 3 && List.of(parts[1].split(",")).contains(controller)) return parts[2];
        }
        return "/";
    }

    /** A container may see a part of the hierarchy only: the mount's root is then a part of the path. */
    private static Path own(String[] mount, String path) {
        String root = mount[3];
        String inside = root.length() > 1 && path.startsWith(root) ? path.substring(root.length()) : path;
        return Path.of(mount[4]).resolve(inside.replaceFirst("^/+", ""));
    }
}
