package io.efka.fleet.cli;

import io.efka.fleet.rollout.Rollouts.Verb;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** {@code efka rollout}: the commands below it. */
final class RolloutCommands {
    private RolloutCommands() {}

    static CommandLine line(Surroundings surroundings) {
        CommandSpec spec = CommandSpec.create().name("rollout");
        new Help(spec)
                .shows(
                        "Brings a release to a share of a group's devices, step by step, and goes back if it does not work.",
                        "efka rollout start camera -f camera.json --group all --steps 1,10,50,100",
                        "efka rollout status camera --follow",
                        "efka rollout abort camera")
                .notes("All is in the group's desired document: any operator can go on, from any machine.");
        var line = new CommandLine(spec)
                .addSubcommand("start", new RolloutStartCommand(surroundings).commandLine())
                .addSubcommand("status", new RolloutStatusCommand(surroundings).commandLine())
                .addSubcommand("ls", new RolloutListCommand(surroundings).commandLine());
        for (Verb verb : Verb.values()) {
            var command = new RolloutVerbCommand(surroundings, verb);
            line.addSubcommand(command.word(), command.commandLine());
        }
        return line;
    }
}
