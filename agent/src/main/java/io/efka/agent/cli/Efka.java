package io.efka.agent.cli;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line as a whole: its commands, and what a mistake is answered with. */
final class Efka {
    private static final Logger LOG = LoggerFactory.getLogger(Efka.class);

    private Efka() {}

    static CommandLine commandLine(Rooms rooms, Machine machine, Termination termination) {
        CommandSpec spec = CommandSpec.create().name("efka").version(version());
        var efka = new CommandLine(spec);
        HelpTexts.efka(spec);
        efka.addSubcommand("run", new RunCommand(rooms, machine, termination).commandLine());
        efka.addSubcommand("demo", command(new DemoCommand(rooms, termination), HelpTexts::demo));
        efka.addSubcommand("check", command(new CheckCommand(rooms.manifest()), HelpTexts::check));
        efka.setParameterExceptionHandler(Efka::wrongUsage);
        efka.setExecutionExceptionHandler(Efka::internal);
        efka.setCaseInsensitiveEnumValuesAllowed(true);
        return efka;
    }

    private static CommandLine command(Object command, java.util.function.Consumer<CommandSpec> help) {
        var line = new CommandLine(command);
        help.accept(line.getCommandSpec());
        return line;
    }

    private static int wrongUsage(ParameterException mistake, String[] arguments) {
        CommandLine command = mistake.getCommandLine();
        command.getErr().println("efka: " + mistake.getMessage());
        UnmatchedArgumentException.printSuggestions(mistake, command.getErr());
        command.getErr().println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE.number();
    }

    /** One of the named tops: what comes here is a fault of ours. */
    private static int internal(Exception fault, CommandLine command, CommandLine.ParseResult given) {
        LOG.error("{} failed; this is a fault of efka", command.getCommandSpec().qualifiedName(), fault);
        return ExitCode.INTERNAL.number();
    }

    private static String version() {
        String version = Efka.class.getPackage().getImplementationVersion();
        return "efka " + (version == null ? "(not packaged)" : version);
    }
}
