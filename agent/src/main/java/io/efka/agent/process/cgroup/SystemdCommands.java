package io.efka.agent.process.cgroup;

import io.efka.agent.process.proc.SystemTools;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks systemd through {@code systemd-run} and {@code systemctl}, which come with it. Root reaches the system manager with
 * them even where no message bus runs. Thread-safe.
 */
final class SystemdCommands implements Systemd {
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
