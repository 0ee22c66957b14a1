package io.efka.fleet.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/** All commands for a fleet by name. Each is made only when it is wanted. */
public final class FleetCommands {
    private FleetCommands() {}

    /** In the order of the help. */
    public static Map<String, Supplier<CommandLine>> in(Surroundings surroundings) {
        var commands = new LinkedHashMap<String, Supplier<CommandLine>>();
        add(commands, "ls", () -> new LsCommand(surroundings));
        add(commands, "status", () -> new StatusCommand(surroundings));
        add(commands, "logs", () -> new LogsCommand(surroundings));
        add(commands, "events", () -> new EventsCommand(surroundings));
        add(commands, "top", () -> new TopCommand(surroundings));
        add(commands, "wait", () -> new WaitCommand(surroundings));
        for (VerbCommand.Verb verb : VerbCommand.Verb.values()) {
            add(commands, verb.command(), () -> new VerbCommand(surroundings, verb));
        }
        add(commands, "signal", () -> new ArgumentCommand.SignalCommand(surroundings));
        add(commands, "input", () -> new ArgumentCommand.InputCommand(surroundings));
        add(commands, "call", () -> new ArgumentCommand.CallCommand(surroundings));
        add(commands, "config", () -> new ConfigCommand(surroundings));
        add(commands, "hold", () -> new ArgumentCommand.HoldCommand(surroundings));
        add(commands, "deploy", () -> new DeployCommand(surroundings));
        add(commands, "rollback", () -> new ArgumentCommand.RollbackCommand(surroundings));
        add(commands, "releases", () -> new ArgumentCommand.ReleasesCommand(surroundings));
        commands.put("desired", () -> DesiredCommands.line(surroundings));
        add(commands, "diff", () -> new DiffCommand(surroundings));
        commands.put("rollout", () -> RolloutCommands.line(surroundings));
        add(commands, "doctor", () -> new DoctorCommand(surroundings));
        add(commands, "dashboard", () -> new DashboardCommand(surroundings));
        add(commands, "exporter", () -> new ExporterCommand(surroundings));
        add(commands, "send", () -> new SendCommand(surroundings));
        return commands;
    }

    private static void add(
            Map<String, Supplier<CommandLine>> commands, String name, Supplier<? extends BrokerCommand> command) {
        commands.put(name, () -> command.get().commandLine());
    }
}
