package io.efka.agent.main;

import com.google.gson.JsonObject;
import io.efka.threads.ExitCode;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code efka context}: the brokers that an operator works with. */
final class ContextCommand {
    private final MachineDefaults machine;
    private final FleetBroker broker;

    ContextCommand(MachineDefaults machine) {
        this.machine = machine;
        this.broker = new FleetBroker(machine);
    }

    CommandLine commandLine() {
        CommandSpec spec = CommandSpec.create().name("context");
        HelpTexts.context(spec);
        return new CommandLine(spec)
                .addSubcommand("ls", with(new Ls(), HelpTexts::contextLs))
                .addSubcommand("use", with(new Named(Contexts::use), HelpTexts::contextUse))
                .addSubcommand("add", adding())
                .addSubcommand("rm", with(new Named(Contexts::remove), HelpTexts::contextRm));
    }

    private static CommandLine with(Object command, Consumer<CommandSpec> help) {
        var line = new CommandLine(command);
        help.accept(line.getCommandSpec());
        return line;
    }

    private CommandLine adding() {
        var line = new CommandLine(new Add());
        broker.addTo(line.getCommandSpec());
        HelpTexts.contextAdd(line.getCommandSpec());
        return line;
    }

    private abstract class Step implements java.util.concurrent.Callable<Integer> {
        @Spec
        CommandSpec spec = CommandSpec.create();

        abstract void run(Contexts contexts) throws Contexts.UnusableException;

        @Override
        public final Integer call() {
            try {
                run(Contexts.read(Contexts.file(machine)));
                return ExitCode.OK.number();
            } catch (Contexts.UnusableException e) {
                spec.commandLine().getErr().println("efka: " + e.getMessage());
                return ExitCode.USAGE.number();
            }
        }
    }

    @Command(name = "ls")
    private final class Ls extends Step {
        @Override
        void run(Contexts contexts) {
            for (String name : contexts.names()) {
                String mark = contexts.current().filter(name::equals).isPresent() ? "* " : "  ";
                spec.commandLine().getOut().println(mark + name + "  " + contexts.content(name));
            }
        }
    }

    /** What is done with a context that is there. */
    private interface Action {
        void on(Contexts contexts, String name) throws Contexts.UnusableException;
    }

    @Command
    private final class Named extends Step {
        private final Action action;

        @Parameters(paramLabel = "NAME", description = "As \"efka context ls\" shows it")
        private String name = "";

        Named(Action action) {
            this.action = action;
        }

        @Override
        void run(Contexts contexts) throws Contexts.UnusableException {
            action.on(contexts, name);
        }
    }

    @Command(name = "add")
    private final class Add extends Step {
        @Parameters(paramLabel = "NAME", description = "1-64 of A-Z a-z 0-9 . _ -")
        private String name = "";

        @Override
        void run(Contexts contexts) throws Contexts.UnusableException {
            var settings = new JsonObject();
            for (Setting setting : Setting.values()) {
                String value = spec.commandLine().getParseResult().matchedOptionValue(setting.flag(), (String) null);
                if (value != null) settings.addProperty(setting.key(), value);
            }
            if (settings.size() == 0) throw new Contexts.UnusableException("name at least --broker URI");
            contexts.put(name, settings);
        }
    }
}
