package io.efka.agent.main;

import io.efka.threads.ExitCode;
import java.util.Arrays;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The texts of {@code --help} around the options. Examples come first: most readers need no more. */
final class HelpTexts {
    /** In characters: fits a flag with its meaning, and still the terminal of a rescue console. */
    private static final int WIDTH = 100;

    private HelpTexts() {}

    static void efka(CommandSpec spec) {
        UsageMessageSpec usage = plain(spec);
        spec.addOption(flag("-V", "--version")
                .versionHelp(true)
                .description("Shows the version.")
                .build());
        usage.header(
                "Keeps a device's services running; you control and watch them through an MQTT broker.",
                "",
                "Examples:",
                "  efka demo",
                "  efka run --broker tcp://broker.example:1883 --device cam7",
                "");
        usage.synopsisSubcommandLabel("COMMAND");
        usage.commandListHeading("%nCommands:%n");
        usage.footer(Stream.concat(
                        Stream.of(
                                "",
                                "The start script also has:",
                                "  health      whether the agent of EFKA_HEARTBEAT_FILE is alive; starts no JVM",
                                "  --make-cds  prepares the jar once, for quicker starts",
                                "",
                                "Exit codes:"),
                        Arrays.stream(ExitCode.values())
                                .map(code -> "  %2d  %s".formatted(code.number(), code.meaning())))
                .toArray(String[]::new));
    }

    static void run(CommandSpec spec) {
        UsageMessageSpec usage = plain(spec);
        usage.header(
                "Runs the agent until it is told to end. It keeps services running even without a broker.",
                "",
                "Examples:",
                "  efka run",
                "  efka run --broker tcp://broker.example:1883 --device cam7 --groups cameras,berlin",
                "  efka run --broker ssl://broker.example --ca /etc/efka/ca.pem --username cam7 \\",
                "           --password-file /etc/efka/password",
                "  EFKA_BROKER=ws://broker.example/mqtt EFKA_LOG_LEVEL=debug efka run --config /etc/efka/efka.json",
                "");
        usage.footer(
                "",
                "TIME is a number with a unit: 500ms, 10s, 5m, 24h, 7d. SIZE is a number of bytes, or has a",
                "unit: 64KiB, 500MB, 2GiB. BOOL is true or false; the flag alone is true.",
                "Every setting can also be in the environment (--data-dir is EFKA_DATA_DIR) or in the",
                "config file (data_dir). A flag overrides the environment, which overrides the file. The",
                "first SIGTERM or SIGINT ends the agent gracefully (exit code 0), a second at once. At SIGHUP it",
                "reads its credentials and the level of its log again.");
    }

    static void artifact(CommandSpec spec) {
        UsageMessageSpec usage = plain(spec);
        usage.header(
                "Sends files to a fleet over its broker: any number of devices from one transfer.",
                "",
                "Examples:",
                "  efka artifact push camera-1.4.2.tar.gz --group cameras",
                "  efka artifact serve /srv/artifacts",
                "");
        usage.synopsisSubcommandLabel("COMMAND");
        usage.commandListHeading("%nCommands:%n");
    }

    static void artifactPush(CommandSpec spec) {
        UsageMessageSpec usage = plain(spec);
        usage.header(
                "Sends a file to the devices that ask for it, until all have it.",
                "",
                "Examples:",
                "  efka artifact push camera-1.4.2.tar.gz",
                "  efka artifact push camera-1.4.2.tar.gz --group cameras --rate 4MiB/s --devices 12",
                "");
        usage.footer(
                "",
                "Prints to stdout what a deploy names as its artifact: devices ask when a deploy tells them to.",
                "Who has how much goes to stderr. The options of the broker can also be in the environment, such",
                "as EFKA_BROKER. The broker keeps no chunk: devices get them while this runs, and say what is missing.",
                "",
                "Exit code 0: all that asked have it; 3: no device asked; 66: the file cannot be read, or changed;",
                "69: no broker; 75: some devices do not have it; 77: the broker refuses it; 130: ended by Ctrl-C.");
    }

    static void artifactServe(CommandSpec spec) {
        UsageMessageSpec usage = plain(spec);
        usage.header(
                "Sends the files of a folder to devices that ask for them, until it is told to end.",
                "",
                "Examples:",
                "  efka artifact serve /srv/artifacts",
                "  efka artifact serve /srv/artifacts --group all,cameras --rate 512KiB/s",
                "");
        usage.footer(
                "",
                "New files are found within half a minute. Exit code 0: ended as asked; 66: the folder cannot be",
                "read; 77: the broker refuses it.");
    }

    static void context(CommandSpec spec) {
        UsageMessageSpec usage = plain(spec);
        usage.header(
                "Keeps the options of brokers under names, for the commands for a fleet.",
                "",
                "Examples:",
                "  efka context add berlin --broker ssl://broker.example --username ana --password-file ~/.efka-password",
                "  efka context use berlin",
                "  efka ls --context berlin",
                "");
        usage.synopsisSubcommandLabel("COMMAND");
        usage.commandListHeading("%nCommands:%n");
        usage.footer("", "They are in ~/.config/efka/cli.json. The environment and flags win over them.");
    }

    static void completion(CommandSpec spec) {
        plain(spec)
                .header(
                        "Prints what a shell needs to complete commands and options.",
                        "",
                        "Examples:",
                        "  source <(efka completion bash)",
                        "  efka completion fish >~/.config/fish/completions/efka.fish",
                        "");
    }

    static void contextLs(CommandSpec spec) {
        plain(spec).header("Lists the contexts; * marks the one in use.", "");
    }

    static void contextUse(CommandSpec spec) {
        plain(spec).header("Uses a context from now on.", "");
    }

    static void contextRm(CommandSpec spec) {
        plain(spec).header("Removes a context.", "");
    }

    static void contextAdd(CommandSpec spec) {
        plain(spec)
                .header(
                        "Adds a context, or changes one. The first one is used at once.",
                        "",
                        "Examples:",
                        "  efka context add berlin --broker tcp://broker.example:1883",
                        "");
    }

    static void check(CommandSpec spec) {
        UsageMessageSpec usage = plain(spec);
        usage.header(
                "Checks manifests, command payloads and configurations, and names everything that is wrong.",
                "",
                "Examples:",
                "  efka check hello.json",
                "  efka check /etc/efka/efka.json services/*/manifest.json",
                "  generate-manifest | efka check --json -",
                "");
        usage.footer(
                "",
                "Recognises by the keys what a file is: a manifest, the payload of install or apply, or a",
                "configuration. A device can still refuse what depends on it, such as a patch or a work_dir.",
                "",
                "Exit code 0: no faults (there may be warnings); 65: faults, or a file that is none of these;",
                "66: a file cannot be read.");
    }

    static void demo(CommandSpec spec) {
        UsageMessageSpec usage = plain(spec);
        usage.header(
                "Tries Efka on this machine: a broker, an agent, five sample services, and a page for the browser.",
                "",
                "Examples:",
                "  efka demo",
                "  efka demo --port 1884 --ws-port 0",
                "");
        usage.footer(
                "",
                "It prints the address of a page that shows all of it in a browser. The broker and the page listen",
                "on 127.0.0.1 only; nothing is kept after the end.");
    }

    private static UsageMessageSpec plain(CommandSpec spec) {
        spec.addOption(flag("-h", "--help")
                .usageHelp(true)
                .description("Shows this help.")
                .build());
        UsageMessageSpec usage = spec.usageMessage();
        usage.width(WIDTH);
        usage.sortOptions(false);
        usage.abbreviateSynopsis(true);
        return usage;
    }

    private static OptionSpec.Builder flag(String... names) {
        return OptionSpec.builder(names).type(boolean.class);
    }
}
