package io.efka.agent.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Passes the limits of version 2 on to the groups of the services. The kernel allows that only in a group without
 * processes (but for the root), so the agent moves itself into a group of its own if it is alone where it was started,
 * as under systemd with {@code Delegate=yes}.
 */
final class Delegation {
    private static final List<String> CONTROLLERS = List.of("memory", "cpu", "pids");

    private final Path own;
    private final Path services;
    private final Path agent;

    private Delegation(Path own, String folder) {
        this.own = own;
        this.services = own.resolve(folder);
        this.agent = own.resolve(folder + "-agent");
    }

    /**
     * @param own the group in which the agent was started
     * @param folder the group below it that holds those of the services
     */
    static Delegation of(Path own, String folder) {
        return new Delegation(own, folder);
    }

    /** Whether a group has a controller to limit with. */
    static boolean has(Path group, String controller) {
        return ProcFiles.read(group.resolve("cgroup.controllers"))
                .map(names -> List.of(names.strip().split(" ")).contains(controller))
                .orElse(false);
    }

    /** Makes at least one of memory, cpu and pids usable below the services' group; says whether that worked. */
    boolean enableLimits() {
        List<String> available =
                CONTROLLERS.stream().filter(name -> has(own, name)).toList();
        if (available.isEmpty()) return false;
        try {
            Files.createDirectories(services);
            if (!enable(own, available) && !(isAlone() && moveAgent() && enable(own, available))) return false;
            return enable(services, available);
        } catch (IOException refused) {
            return false;
        }
    }

    private static boolean enable(Path group, List<String> controllers) {
        try {
            Files.writeString(group.resolve("cgroup.subtree_control"), "+" + String.join(" +", controllers));
            return true;
        } catch (IOException busyOrRefused) {
            return false;
        }
    }

    private boolean isAlone() {
        String self = Long.toString(ProcessHandle.current().pid());
        Optional<String> members = ProcFiles.read(own.resolve("cgroup.procs"));
        return members.map(String::strip).filter(self::equals).isPresent();
    }

    private boolean moveAgent() throws IOException {
        Files.createDirectories(agent);
        Files.writeString(agent.resolve("cgroup.procs"), "0");
        return true;
    }
}
