package io.efka.agent.main;

import io.efka.agent.app.Lifecycle;
import io.efka.agent.app.Settings;
import io.efka.mqtt.BrokerSettings;
import io.efka.mqtt.VisitorLink;
import io.efka.threads.ExitCode;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The whole command line: its commands, and the answers to mistakes. */
final class Efka {
    private final Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();
    private final PrintWriter out;
    private final PrintWriter err;

    /**
     * Writes to {@code out} and {@code err}, which must flush by themselves.
     *
     * @param agents makes an agent that is not started yet
     * @param links makes a link that is not opened yet
     * @param stdin what check reads for the file -
     */
    Efka(
            Function<Settings, Lifecycle> agents,
            Function<BrokerSettings, VisitorLink> links,
            InputStream stdin,
            MachineDefaults machine,
            Termination termination,
            PrintWriter out,
            PrintWriter err) {
        this.out = out;
        this.err = err;
        commands.put("run", () -> new RunCommand(agents, machine, termination).commandLine());
        commands.put("demo", () -> command(new DemoCommand(agents, links::apply, termination), HelpTexts::demo));
        if (isForFleets()) commands.putAll(FleetEntry.commands(links, stdin, machine, termination, this::all));
        commands.put("check", () -> command(new CheckCommand(stdin), HelpTexts::check));
    }

    /** Does what the arguments say and returns the exit code; blocks until it is done. */
    int execute(String... arguments) {
        Optional<Supplier<CommandLine>> named =
                Arrays.stream(arguments).findFirst().map(commands::get);
        if (named.isEmpty()) return answering(all()).execute(arguments);
        CommandLine only = named.get().get(); // making all of them takes 35 ms more of a core
        only.getCommandSpec().name("efka " + arguments[0]);
        return answering(only).execute(Arrays.copyOfRange(arguments, 1, arguments.length));
    }

    /** All commands, to list them or to guess which one was meant. */
    private CommandLine all() {
        CommandSpec spec = CommandSpec.create().name("efka").version(version());
        HelpTexts.efka(spec);
        var efka = new CommandLine(spec);
        commands.forEach((name, command) -> efka.addSubcommand(name, command.get()));
        return efka;
    }

    private CommandLine answering(CommandLine line) {
        return line.setOut(out)
                .setErr(err)
                .setParameterExceptionHandler(Efka::wrongUsage)
                .setExecutionExceptionHandler(Efka::internal);
    }

    /** The jar for devices has no commands for a fleet; their entry cannot even be loaded there. */
    private static boolean isForFleets() {
        return Efka.class.getResource("/io/efka/fleet/cli/FleetCommands.class") != null;
    }

    private static CommandLine command(Object command, Consumer<CommandSpec> help) {
        var line = new CommandLine(command);
        help.accept(line.getCommandSpec());
        return line;
    }

    private static int wrongUsage(ParameterException mistake, String[] arguments) {
        CommandLine command = mistake.getCommandLine();
        command.getErr().println("efka: " + mistake.getMessage());
        if (mistake instanceof UnmatchedArgumentException && !isForFleets()) {
            command.getErr()
                    .println("efka: this jar is for devices: efka.jar has the demo and the commands for a fleet");
        }
        UnmatchedArgumentException.printSuggestions(mistake, command.getErr());
        boolean isRoot = command.getCommandSpec().qualifiedName().equals("efka");
        if (!isRoot && !command.getSubcommands().isEmpty()) {
            String words = String.join(", ", command.getSubcommands().keySet());
            command.getErr().println("efka: " + command.getCommandName() + " needs one of: " + words);
        }
        command.getErr().println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE.number();
    }

    /** Whatever arrives here is a fault of Efka. */
    private static int internal(Exception fault, CommandLine command, ParseResult given) {
        LoggerFactory.getLogger(Efka.class)
                .error("{} failed; this is a fault of efka", command.getCommandName(), fault);
        return ExitCode.INTERNAL.number();
    }

    private static String version() {
        String version = Efka.class.getPackage().getImplementationVersion();
        return "efka " + (version == null ? "(not packaged)" : version);
    }
}
