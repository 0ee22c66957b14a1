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
 * The version 2 group that contains the groups of the services. systemd puts the main process of a unit into the unit's
 * own group, and the kernel refuses that while controllers are enabled there, as limited services below it require.
 * Therefore, under systemd the group is
 *
 * <ul>
 *   <li>below the unit's own group, if systemd starts the agent in another group below it ({@code DelegateSubgroup=}),
 *   <li>otherwise in a scope, if the agent may move processes into one,
 *   <li>otherwise below the agent's own group, without controllers and so without limits.
 * </ul>
 *
 * Without systemd it is below the agent's own group, because nobody else puts processes there. Thread-safe.
 */
sealed interface ServicesGroup extends AutoCloseable permits ServicesGroup.Fixed, ServicesScope {
    Logger LOG = LoggerFactory.getLogger(ServicesGroup.class);

    /** The group for runs that start now. Blocks for seconds if a scope must be created. */
    State ready();

    /** Creates the empty group of a run. Blocks like {@link #ready}. */
    Path create(String run) throws IOException;

    /** The last result of {@link #ready}. Never blocks. */
    State state();

    /** All folders in which this agent or an earlier one may have created groups of runs. */
    List<Path> folders();

    @Override
    void close();

    /**
     * A folder for the groups of runs.
     *
     * @param limits whether limits have an effect in it
     * @param remark which group it is, or why there are no limits; empty in the usual case
     */
    record State(Path folder, boolean limits, String remark) {}

    /** A group that exists, or can be created at any time. */
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
     * Chooses the group. Blocks for seconds if it must ask systemd.
     *
     * @param own the agent's own group
     * @param name of the services' group
     * @param systemd empty if it did not start this agent
     */
    static ServicesGroup of(Path own, String name, Optional<Systemd> systemd, LongSupplier nanoTime) {
        // The unit's group tells: a group below it has no controllers until they are enabled there.
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
