package io.efka.agent.process.cgroup;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Says why a control group cannot be used, and what to do about it.
 *
 * @param mounts of the agent's own groups
 * @param user the agent runs as
 * @param isWritable whether the agent may create groups in a folder
 */
record CgroupAccess(CgroupMounts mounts, String user, Predicate<Path> isWritable) {
    private static final String HOW = "; run the agent as root, or in a unit with Delegate=yes and DelegateSubgroup="
            + " (agent/docs/device.md, \"Not as root\")";

    /** Why runs cannot have groups: nothing is mounted, or nothing may be written. */
    String ofGroups() {
        Optional<Path> refused = Stream.concat(
                        mounts.unified().stream(),
                        mounts.controllers().values().stream().sorted())
                .filter(isWritable.negate())
                .findFirst();
        return refused.map(this::refusal).orElse("no control groups are mounted on this machine");
    }

    /** Why there is no limit by a controller. */
    String ofController(String controller) {
        Optional<Path> own = mounts.withController(controller);
        if (own.isPresent()) {
            return isWritable.test(own.get())
                    ? own.get() + " does not pass the controller " + controller + " on to the groups below it"
                    : refusal(own.get());
        }
        Optional<Path> unified = mounts.unified();
        if (unified.isPresent()
                && mounts.unifiedRoot()
                        .filter(root -> Delegation.has(root, controller))
                        .isPresent()) {
            return "the controller " + controller + " is not delegated to " + unified.get() + HOW;
        }
        return "no " + controller + " control group on this machine";
    }

    private String refusal(Path folder) {
        if (user.equals("root"))
            return folder + " is read-only for this agent: the container or unit must allow writing to it";
        return folder + " may not be written by user " + user + HOW;
    }
}
