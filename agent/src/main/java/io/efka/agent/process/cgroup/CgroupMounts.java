package io.efka.agent.process.cgroup;

import io.efka.agent.process.proc.ProcFiles;
import io.efka.agent.process.proc.SystemTools;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The folders of a process's control groups: in the hierarchy of version 2, and in those of version 1.
 *
 * @param mountinfo the mount points of the hierarchies, as the agent sees them
 * @param unified the process's folder in the version 2 hierarchy
 * @param controllers the process's folder by version 1 controller
 */
public record CgroupMounts(String mountinfo, Optional<Path> unified, Map<String, Path> controllers) {
    static final CgroupMounts NONE = new CgroupMounts("", Optional.empty(), Map.of());
    /** The version 1 controllers that the agent uses; groups of the first two cost the kernel least. */
    static final List<String> CHEAPEST_FIRST = List.of("freezer", "pids", "memory", "cpu");

    public CgroupMounts {
        controllers = Map.copyOf(controllers);
    }

    /** The folders of the agent's own groups. */
    static CgroupMounts ofThisMachine() {
        return parse(
                ProcFiles.read(Path.of("/proc/self/mountinfo")).orElse(""),
                ProcFiles.read(Path.of("/proc/self/cgroup")).orElse(""));
    }

    /** Reads {@code /proc/self/mountinfo} and {@code /proc/self/cgroup} (proc(5), cgroups(7)). */
    public static CgroupMounts parse(String mountinfo, String membership) {
        Optional<Path> unified = Optional.empty();
        var controllers = new HashMap<String, Path>();
        for (String line : mountinfo.split("\n")) {
            String[] halves = line.split(" - ", 2);
            if (halves.length < 2) continue;
            String[] mount = halves[0].split(" ");
            String[] kind = halves[1].split(" ");
            if (mount.length < 5 || kind.length < 3) continue;
            if (kind[0].equals("cgroup2")) {
                unified = own(mount, pathOf(membership, ""));
            } else if (kind[0].equals("cgroup")) {
                List<String> names = List.of(kind[2].split(","));
                for (String name : CHEAPEST_FIRST) {
                    if (!names.contains(name)) continue;
                    own(mount, pathOf(membership, name)).ifPresent(own -> controllers.put(name, own));
                }
            }
        }
        return new CgroupMounts(mountinfo, unified, controllers);
    }

    /** The folders of another process's groups, from its {@code /proc/…/cgroup}. */
    CgroupMounts ofProcess(String membership) {
        return parse(mountinfo, membership);
    }

    /** The folder of the process in the hierarchy that has a controller. */
    Optional<Path> withController(String controller) {
        return Optional.ofNullable(controllers.get(controller))
                .or(() -> unified.filter(own -> Delegation.has(own, controller)));
    }

    /** The root of the version 2 hierarchy, as far as the agent sees it. */
    Optional<Path> unifiedRoot() {
        return mountinfo
                .lines()
                .filter(line -> line.contains(" - cgroup2 "))
                .map(line -> line.split(" "))
                .filter(mount -> mount.length > 4)
                .flatMap(mount -> SystemTools.path(mount[4]).stream())
                .findFirst();
    }

    /**
     * The process's path in a hierarchy: from a line {@code number:controllers:path}; for version 2 there are no
     * controllers.
     */
    private static String pathOf(String membership, String controller) {
        for (String line : membership.split("\n")) {
            String[] parts = line.split(":", 3);
            if (parts.length == 3 && List.of(parts[1].split(",")).contains(controller)) return parts[2];
        }
        return "/";
    }

    /**
     * The process's folder. A container may see only a part of the hierarchy; the path then begins with the mount's
     * root. Empty if the name cannot be represented in the agent's locale: then there are no groups.
     */
    private static Optional<Path> own(String[] mount, String path) {
        String root = mount[3];
        String inside = root.length() > 1 && path.startsWith(root) ? path.substring(root.length()) : path;
        return SystemTools.path(mount[4] + "/" + inside.replaceFirst("^/+", ""));
    }
}
