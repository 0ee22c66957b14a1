package io.efka.agent.process.cgroup;

import io.efka.agent.process.proc.ProcFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Passes the limits of version 2 on to the groups of the services. The kernel allows that only in a group without
 * processes (but for the root). And from then on it lets no process into that group itself: whoever is to start the agent
 * again in the same place must not be shut out by it, see {@link ServicesGroup}.
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
     * @param own the group whose controllers are passed on
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

    /** Those of memory, cpu and pids that a group has. */
    static List<String> available(Path group) {
        return CONTROLLERS.stream().filter(name -> has(group, name)).toList();
    }

    /**
     * Makes at least one of memory, cpu and pids usable below the services' group; says whether that worked. The agent
     * moves itself into a group of its own where it is alone in its own.
     */
    boolean enableLimits() {
        return enableLimits(true);
    }

    /** The same where no process is in the way, and the agent stays where it is. */
    boolean enableLimitsInPlace() {
        return enableLimits(false);
    }

    private boolean enableLimits(boolean mayMove) {
        List<String> available = available(own);
        if (available.isEmpty()) return false;
        try {
            Files.createDirectories(services);
            boolean enabled = enable(own, available) || (mayMove && isAlone() && moveAgent() && enable(own, available));
            return enabled && enable(services, available);
        } catch (IOException refused) {
            return false;
        }
    }

    /** Makes controllers usable in the groups below a group; says whether that worked. */
    static boolean enable(Path group, List<String> controllers) {
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
