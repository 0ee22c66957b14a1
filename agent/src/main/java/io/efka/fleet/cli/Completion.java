package io.efka.fleet.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What a shell needs to complete commands and options. */
public final class Completion {
    /** The shells that are known. */
    public static final List<String> SHELLS = List.of("bash", "zsh", "fish");

    private Completion() {}

    /**
     * A script for the shell to read.
     *
     * @param all the whole command line
     * @throws IllegalArgumentException if the shell is none of {@link #SHELLS}
     */
    public static String script(String shell, CommandLine all) {
        return switch (shell) {
            // Picocli's script for bash knows zsh, too.
            case "bash", "zsh" -> AutoComplete.bash("efka", all);
            case "fish" -> fish(all);
            default -> throw new IllegalArgumentException("must be " + String.join(", ", SHELLS));
        };
    }

    private static String fish(CommandLine all) {
        var lines = new ArrayList<String>();
        lines.add("complete -c efka -f");
        for (Map.Entry<String, CommandLine> one : all.getSubcommands().entrySet()) {
            String name = one.getKey();
            lines.add(
                    "complete -c efka -n __fish_use_subcommand -a " + name + " -d " + quoted(purpose(one.getValue())));
            String within = "'__fish_seen_subcommand_from " + name + "'";
            one.getValue()
                    .getSubcommands()
                    .forEach((sub, line) ->
                            lines.add("complete -c efka -n " + within + " -a " + sub + " -d " + quoted(purpose(line))));
            for (OptionSpec option : one.getValue().getCommandSpec().options()) {
                lines.add("complete -c efka -n " + within + names(option) + " -d " + quoted(description(option)));
            }
        }
        return String.join("\n", lines) + "\n";
    }

    private static String names(OptionSpec option) {
        var names = new StringBuilder();
        for (String name : option.names()) {
            names.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
        }
        boolean takesFile =
                option.paramLabel().contains("FILE") || option.paramLabel().contains("DIR");
        if (option.arity().max() > 0) names.append(takesFile ? " -r -F" : " -x");
        return names.toString();
    }

    private static String purpose(CommandLine line) {
        CommandSpec spec = line.getCommandSpec();
        String[] header = spec.usageMessage().header();
        return header.length == 0 ? "" : header[0];
    }

    private static String description(OptionSpec option) {
        return option.description().length == 0 ? "" : option.description()[0];
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
