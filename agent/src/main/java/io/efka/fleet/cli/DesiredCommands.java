package io.efka.fleet.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** {@code efka desired}: the commands below it. */
final class DesiredCommands {
    private DesiredCommands() {}

    static CommandLine line(Surroundings surroundings) {
        CommandSpec spec = CommandSpec.create().name("desired");
        new Help(spec)
                .shows(
                        "Reads and writes documents that say what devices should be, whether they are there or not.",
                        "efka desired ls",
                        "efka desired get @all/base > base.json",
                        "efka desired put @all/base -f base.json --wait",
                        "efka desired rm gate7/test")
                .notes("A document is DEVICE/DOCUMENT, or @GROUP/DOCUMENT for all devices of a group.");
        return new CommandLine(spec)
                .addSubcommand("ls", new DesiredListCommand(surroundings).commandLine())
                .addSubcommand("get", new DesiredGetCommand(surroundings).commandLine())
                .addSubcommand("put", new DesiredPutCommand(surroundings).commandLine())
                .addSubcommand("rm", new DesiredRemoveCommand(surroundings).commandLine());
    }
}
