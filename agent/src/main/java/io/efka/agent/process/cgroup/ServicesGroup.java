package io.efka.agent.process.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The group of version 2 that holds those of the services. Where it is depends on who starts the agent again: systemd puts
 * the main process of a service into the unit's own group, and the kernel refuses that while controllers are enabled in
 * it, which limited services below it need. So under systemd it is
 *
 * <ul>
 *   <li>below the unit's own group where systemd starts the agent in a group beside it ({@code DelegateSubgroup=}),
 *   <li>otherwise in a scope, where the agent may move processes into one,
 *   <li>otherwise below the agent's own group, without controllers, and so without limits.
 * </ul>
 *
 * Elsewhere it is below the agent's own group: nobody but the agent puts processes there. Thread-safe.
 */
sealed interface ServicesGroup extends AutoCloseable permits ServicesGroup.Fixed, ServicesScope {
    Logger LOG = LoggerFactory.getLogger(ServicesGroup.class);

    /** The group for a run that begins now. Blocks for seconds where a scope has to be made. */
    State ready();

    /** Makes the empty group of a run; blocks as {@link #ready} does. */
    Path create(String run) throws IOException;

    /** What {@link #ready} said last; never blocks. */
    State state();

    /** Every folder in which this agent or an earlier one may have made groups of runs. */
    List<Path> folders();

    @Override
    void close();

    /**
     * @param limits whether limits hold in it
     * @param remark which group it is, or why there are no limits; empty where neither needs to be said
     */
    record State(Path folder, boolean limits, String remark) {}

    /** One that is there, or can be made at any time. */
    record Fixed(State state, List<Path> folders) implements ServicesGroup {
        @Override
        public State ready() {
            return state;
        }

        @Override
        public Path create(String run) throws IOException {
            return Files.createDirectories(state.folder().resolve(run));
        }

        @Override
        public void close() {}
    }

    /**
     * Finds the right one. Blocks for seconds where systemd has to be asked.
     *
     * @param own the agent's own group
     * @param name of the group, below whichever
     * @param systemd empty where it did not start this agent
     */
    static ServicesGroup of(Path own, String name, Optional<Systemd> systemd, LongSupplier nanoTime) {
        // Asked of the unit's group: one below it has no controllers before that one passes them on.
        Optional<SystemdUnit> found = SystemdUnit.of(own)
                .filter(unit -> systemd.isPresent()
                        && !Delegation.available(unit.group()).isEmpty());
        if (found.isEmpty()) {
            boolean limits = Delegation.of(own, name).enableLimits();
            return new Fixed(new State(own.resolve(name), limits, ""), List.of(own.resolve(name)));
        }
        SystemdUnit unit = found.get();
        List<Path> folders = List.of(own.resolve(name), unit.group().resolve(name)).stream()
                .distinct()
                .toList();
        boolean apart = unit.subgroup()
                .filter(subgroup -> systemd.get().startsIn(unit, subgroup))
                .isPresent();
        if (apart && Delegation.of(unit.group(), name).enableLimitsInPlace()) {
            return new Fixed(new State(unit.group().resolve(name), true, ""), folders);
        }
        if (Files.isWritable(unit.beside("cgroup.procs"))) {
            ServicesScope scope = new ServicesScope(unit, name, folders, systemd.get(), nanoTime);
            scope.ready();
            return scope;
        }
        String why = apart
                ? "the unit needs Delegate=yes beside DelegateSubgroup="
                : "an agent that is not root needs DelegateSubgroup= in its unit, and systemd 254 or later";
        LOG.warn("limits of services are not in force: {}", why);
        return new Fixed(new State(own.resolve(name), false, why), folders);
    }
}
