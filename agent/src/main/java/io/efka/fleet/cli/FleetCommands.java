package io.efka.fleet.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine;

/** All commands for a fleet by name. Each is made only when it is wanted. */
public final class FleetCommands {
    private FleetCommands() {}

    /** In the order of the help. */
    public static Map<String, Supplier<CommandLine>> in(Surroundings surroundings) {
        var commands = new LinkedHashMap<String, Supplier<CommandLine>>();
        Function<FleetCommand, CommandLine> line = FleetCommand::commandLine;
        commands.put("ls", () -> line.apply(new LsCommand(surroundings)));
        for (VerbCommand.Verb verb : VerbCommand.Verb.values()) {
            commands.put(verb.command(), () -> line.apply(new VerbCommand(surroundings, verb)));
        }
        commands.put("rollout", () -> RolloutCommands.line(surroundings));
        commands.put("send", () -> line.apply(new SendCommand(surroundings)));
        return commands;
    }
}
