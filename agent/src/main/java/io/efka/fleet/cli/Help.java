package io.efka.fleet.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The text of {@code --help} around the options. Examples come first: most readers need no more. */
final class Help {
    /** In characters: fits a flag with its meaning, and still the terminal of a rescue console. */
    private static final int WIDTH = 100;

    private final UsageMessageSpec usage;

    Help(CommandSpec spec) {
        spec.addOption(OptionSpec.builder("-h", "--help")
                .type(boolean.class)
                .usageHelp(true)
                .description("Shows this help.")
                .build());
        usage = spec.usageMessage();
        usage.width(WIDTH);
        usage.sortOptions(false);
        usage.abbreviateSynopsis(true);
    }

    /** What the command is for, in one sentence, and how it is used. */
    Help shows(String purpose, String... examples) {
        var header = new ArrayList<>(List.of(purpose, "", "Examples:"));
        for (String example : examples) header.add("  " + example);
        header.add("");
        usage.header(header.toArray(String[]::new));
        return this;
    }

    /** What else one should know, below the options. */
    void notes(String... lines) {
        var footer = new ArrayList<>(List.of(""));
        footer.addAll(List.of(lines));
        usage.footer(footer.toArray(String[]::new));
    }
}
