package io.efka.agent.process.cgroup;

import io.efka.agent.process.proc.ProcFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Enables the controllers of version 2 for the groups of the services. The kernel allows that only in a group without
 * processes (except for the root), and from then on allows no process in that group. This must not prevent the agent
 * from being started again in the same group, see {@link ServicesGroup}.
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
     * @param own the group whose controllers are enabled for the groups below it
     * @param folder name of the group below it that contains the groups of the services
     */
    static Delegation of(Path own, String folder) {
        return new Delegation(own, folder);
    }

    /** Whether a group has a controller. */
    static boolean has(Path group, String controller) {
        return ProcFiles.read(group.resolve("cgroup.controllers"))
                .map(names -> List.of(names.strip().split(" ")).contains(controller))
                .orElse(false);
    }

    /** Which of the controllers memory, cpu and pids a group has. */
    static List<String> available(Path group) {
        return CONTROLLERS.stream().filter(name -> has(group, name)).toList();
    }

    /**
     * Enables at least one of memory, cpu and pids below the services' group; returns whether that worked. If the agent
     * is the only process in its group, it moves itself to another one below it.
     */
    boolean enableLimits() {
        return enableLimits(true);
    }

    /** The same, but the agent stays where it is: for a group without processes. */
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

    /** Enables controllers for the groups below a group; returns whether that worked. */
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
