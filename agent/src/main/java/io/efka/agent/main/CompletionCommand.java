package io.efka.agent.main;

import io.efka.fleet.cli.Completion;
import io.efka.threads.ExitCode;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code efka completion}: what a shell needs to complete commands and options. */
@Command(name = "completion")
final class CompletionCommand implements Callable<Integer> {
    private final Supplier<CommandLine> all;

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish")
    private String shell = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** @param all makes the whole command line */
    CompletionCommand(Supplier<CommandLine> all) {
        this.all = all;
    }

    @Override
    public Integer call() {
        try {
            spec.commandLine().getOut().print(Completion.script(shell, all.get()));
            spec.commandLine().getOut().flush();
            return ExitCode.OK.number();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "SHELL: " + e.getMessage() + ", was \"" + shell + "\"");
        }
    }
}
