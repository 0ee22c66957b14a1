package io.efka.agent.process.tree;

import io.efka.agent.process.cgroup.RunGroup;
import io.efka.agent.process.proc.ProcessTable;
import io.efka.agent.supervision.ServiceRecord.ProcessIdentity;
import io.efka.protocol.EfkaVariables;
import io.efka.protocol.RunId;
import java.util.Optional;

/**
 * By what the processes of one tree are known.
 *
 * @param mark the variable in their environment
 * @param leader the main process, whose session, process group and descendants belong to the tree
 * @param group their control group, where one could be had
 */
public record ProcessTreeId(Mark mark, Optional<ProcessIdentity> leader, Optional<RunGroup> group) {

    /**
     * A variable that marks a process and what it starts.
     *
     * @param sidesToo whether commands that the agent ran beside the run (stop command) count as well
     */
    public record Mark(String name, String value, boolean sidesToo) {
        /** The processes of a run. */
        public static Mark of(RunId run) {
            return new Mark(EfkaVariables.RUN, run.value(), false);
        }

        /** Whatever has to do with a run. */
        static Mark anyOf(RunId run) {
            return new Mark(EfkaVariables.RUN, run.value(), true);
        }

        /** A command that runs beside a service. */
        static Mark side(String id) {
            return new Mark(EfkaVariables.SIDE, id, true);
        }

        boolean isOn(ProcessTable.Environ environ) {
            return environ.value(name).filter(value::equals).isPresent()
                    && (sidesToo || environ.value(EfkaVariables.SIDE).isEmpty());
        }
    }
}
