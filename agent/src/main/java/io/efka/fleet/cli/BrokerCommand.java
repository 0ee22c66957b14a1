package io.efka.fleet.cli;

import io.efka.fleet.terminal.Terminal;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all commands have in common that are told where a fleet's broker is. */
abstract class BrokerCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Spec
    CommandSpec spec = CommandSpec.create();

    BrokerCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** The command line around this, with the broker's options and this help. */
    final CommandLine commandLine() {
        var line = new CommandLine(this);
        addBroker(surroundings.broker(), line.getCommandSpec());
        help(new Help(line.getCommandSpec()));
        return line;
    }

    /** Adds the broker's options. */
    void addBroker(BrokerOptions broker, CommandSpec to) {
        broker.addTo(to);
    }

    abstract void help(Help help);

    /** Where the command writes; it has colours if {@code colours} says so. */
    final Terminal terminal(Terminal.Colours colours) {
        return Terminal.here(
                spec.commandLine().getOut(), spec.commandLine().getErr(), surroundings.environment(), colours);
    }

    /** The broker that was asked for; if its options are wrong, says so and is empty. */
    final Optional<BrokerOptions.Access> read(String clientId) {
        return surroundings
                .broker()
                .read(
                        spec.commandLine().getParseResult(),
                        clientId,
                        spec.commandLine().getErr());
    }

    final Surroundings surroundings() {
        return surroundings;
    }

    final ParameterException wrong(String what, String expected, String text) {
        return new ParameterException(spec.commandLine(), what + ": " + expected + ", was \"" + text + "\"");
    }
}
