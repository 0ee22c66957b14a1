package io.efka.agent.main;

import io.efka.agent.command.handler.AgentLog;
import io.efka.fleet.cli.FleetCommands;
import io.efka.fleet.cli.Surroundings;
import io.efka.mqtt.BrokerSettings;
import io.efka.mqtt.VisitorLink;
import java.io.InputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import picocli.CommandLine;

/** The commands for a fleet, which the jar for devices does not have. */
final class FleetEntry {
    private static final List<String> SIGNALS = List.of("INT", "TERM", "HUP");

    /** What a command may take to end after Ctrl-C. */
    private static final Duration END = Duration.ofSeconds(5);

    private FleetEntry() {}

    static Map<String, Supplier<CommandLine>> commands(
            Function<BrokerSettings, VisitorLink> links,
            InputStream stdin,
            MachineDefaults machine,
            Termination termination) {
        var surroundings = new Surroundings(
                new FleetBroker(machine),
                links,
                stdin,
                machine.environment(),
                heard -> termination.onSignal(SIGNALS, heard, END),
                InstantSource.system(),
                System::nanoTime,
                RandomGenerator.getDefault());
        var commands = new LinkedHashMap<String, Supplier<CommandLine>>();
        FleetCommands.in(surroundings)
                .forEach((name, command) -> commands.put(name, () -> {
                    Logging.processLog().configure(AgentLog.Level.ERROR); // the command says itself what went wrong
                    return command.get();
                }));
        commands.put("artifact", () -> new ArtifactCommand(links::apply, machine, termination).commandLine());
        commands.put("context", () -> new ContextCommand(machine).commandLine());
        return commands;
    }
}
