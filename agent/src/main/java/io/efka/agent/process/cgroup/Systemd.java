package io.efka.agent.process.cgroup;

import io.efka.agent.process.proc.SystemTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The systemd that started the agent. Every method blocks, for ten seconds at most. */
public interface Systemd {

    /**
     * Whether systemd starts the unit's main process in this group below the unit's own ({@code DelegateSubgroup=}).
     * Only then may controllers be enabled in the unit's own group.
     *
     * @return false also if systemd did not answer
     */
    boolean startsIn(SystemdUnit unit, String subgroup);

    /**
     * Creates a scope in the slice of the unit; at shutdown it is stopped after the unit. It exists as long as it
     * contains a process.
     *
     * @param scope its name, such as {@code efka-cam7.scope}
     * @return its first process
     * @throws IOException with systemd's message if it refuses, or if it does not answer in time
     */
    PauseProcess openScope(SystemdUnit unit, String scope) throws IOException;

    /** The systemd of this machine or container; empty if the first process is another program. */
    static Optional<Systemd> detect() {
        return Files.isDirectory(Path.of("/run/systemd/system")) ? Optional.of(new Commands()) : Optional.empty();
    }

    /**
     * Uses {@code systemd-run} and {@code systemctl}, which are part of systemd. With them root reaches the system
     * manager even if no message bus runs. Thread-safe.
     */
    final class Commands implements Systemd {
        private static final Duration LIMIT = Duration.ofSeconds(10);

        @Override
        public boolean startsIn(SystemdUnit unit, String subgroup) {
            List<String> show =
                    command("systemctl", unit, "show", "--property=DelegateSubgroup", "--value", "--", unit.name());
            try {
                return SystemTools.output(show, LIMIT).strip().equals(subgroup);
            } catch (IOException unknown) {
                return false;
            }
        }

        @Override
        public PauseProcess openScope(SystemdUnit unit, String scope) throws IOException {
            List<String> run = command(
                    "systemd-run",
                    unit,
                    "--scope",
                    "--quiet",
                    "--no-ask-password",
                    "--collect", // also what failed is forgotten, so that the name is free again
                    "--unit=" + scope,
                    "--slice=" + unit.slice(),
                    "--description=Services of Efka (" + unit.name() + ")",
                    "--property=Delegate=yes",
                    "--property=TasksMax=infinity", // limits are each service's own
                    "--property=Before=" + unit.name(), // so that it is stopped after the agent
                    "--");
            return PauseProcess.start(run, LIMIT);
        }

        private static List<String> command(String program, SystemdUnit unit, String... words) {
            var command = new ArrayList<String>();
            command.add(SystemTools.find(program).map(Path::toString).orElse(program));
            if (unit.isOfUser()) command.add("--user");
            command.addAll(List.of(words));
            return command;
        }
    }
}
