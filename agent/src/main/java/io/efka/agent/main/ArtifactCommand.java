package io.efka.agent.main;

import io.efka.agent.command.handler.AgentLog;
import io.efka.fleet.artifact.ArtifactFolder;
import io.efka.fleet.artifact.ArtifactPush;
import io.efka.fleet.cli.BrokerOptions;
import io.efka.fleet.terminal.ProgressDisplay;
import io.efka.fleet.terminal.Terminal;
import io.efka.mqtt.BrokerSettings;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.Topics.GroupId;
import io.efka.threads.ExitCode;
import io.efka.transfer.SenderId;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code efka artifact}: sends files to a fleet over its broker. */
final class ArtifactCommand {
    private static final Duration END_LIMIT = Duration.ofSeconds(5);

    private final Function<BrokerSettings, MqttLink> links;
    private final MachineDefaults machine;
    private final FleetBroker broker;
    private final Termination termination;
    private final RandomGenerator chance = RandomGenerator.getDefault();

    ArtifactCommand(Function<BrokerSettings, MqttLink> links, MachineDefaults machine, Termination termination) {
        this.links = links;
        this.machine = machine;
        this.broker = new FleetBroker(machine);
        this.termination = termination;
    }

    CommandLine commandLine() {
        CommandSpec spec = CommandSpec.create().name("artifact");
        HelpTexts.artifact(spec);
        return new CommandLine(spec)
                .addSubcommand("push", withBroker(new Push(), HelpTexts::artifactPush))
                .addSubcommand("serve", withBroker(new Serve(), HelpTexts::artifactServe));
    }

    private CommandLine withBroker(Object command, Consumer<CommandSpec> help) {
        var line = new CommandLine(command);
        broker.addTo(line.getCommandSpec());
        help.accept(line.getCommandSpec());
        return line;
    }

    /** What both commands have in common. */
    private abstract class Sending implements Callable<Integer> {
        @Spec
        CommandSpec spec = CommandSpec.create();

        @Option(names = "--group", paramLabel = "ID[,ID]", description = "Devices of this group. Default: all")
        String groupNames = "all";

        @Option(
                names = "--rate",
                paramLabel = "SIZE/s",
                description = "Bytes per second, from 32KiB/s; 0: no limit. Default: 1MiB/s")
        String rateText = "1MiB/s";

        @Override
        public Integer call() throws InterruptedException {
            PrintWriter err = spec.commandLine().getErr();
            Logging.processLog().configure(AgentLog.Level.WARN);
            var sender = new SenderId("push-" + Long.toHexString(chance.nextLong()), false);
            Optional<BrokerOptions.Access> connection =
                    broker.read(spec.commandLine().getParseResult(), "efka-" + sender.name(), err);
            if (connection.isEmpty()) return ExitCode.USAGE.number();
            try {
                return send(connection.get(), sender, err).number();
            } catch (IOException e) {
                err.println("efka: " + e.getMessage());
                return ExitCode.NO_INPUT.number();
            }
        }

        abstract ExitCode send(BrokerOptions.Access connection, SenderId sender, PrintWriter err)
                throws IOException, InterruptedException;

        List<GroupId> groups() {
            List<GroupId> groups = value("--group", groupNames, SettingValues::groups);
            if (groups.isEmpty()) throw wrong("--group", "must name a group", groupNames);
            return groups;
        }

        long rate() {
            return value("--rate", rateText, SettingValues::sendRate);
        }

        <T> T value(String option, String text, Function<String, T> parser) {
            try {
                return parser.apply(text);
            } catch (IllegalArgumentException e) {
                throw wrong(option, String.valueOf(e.getMessage()), text);
            }
        }

        ParameterException wrong(String option, String expected, String text) {
            return new ParameterException(spec.commandLine(), option + ": " + expected + ", was \"" + text + "\"");
        }

        void endsBySignal(Runnable end) {
            termination.onSignal(List.of("INT", "TERM", "HUP"), end, END_LIMIT);
        }
    }

    @CommandLine.Command(name = "push")
    private final class Push extends Sending {
        @Parameters(paramLabel = "FILE", description = "The artifact")
        private Path file = Path.of("");

        @Option(
                names = "--devices",
                paramLabel = "N",
                description = "Ends when so many devices have it. Default: when all that asked have it")
        private Optional<Integer> devices = Optional.empty();

        @Option(
                names = "--wait",
                paramLabel = "TIME",
                description = "For the first device that asks. Default: 10m, longer than a device waits between tries")
        private String wait = "10m";

        @Option(
                names = "--linger",
                paramLabel = "TIME",
                description = "Stays so long when all have it, for devices that are late. Default: 30s")
        private String linger = "30s";

        @Override
        ExitCode send(BrokerOptions.Access connection, SenderId sender, PrintWriter err)
                throws IOException, InterruptedException {
            if (devices.isPresent() && devices.get() < 1) {
                throw wrong("--devices", "must be at least 1", String.valueOf(devices.get()));
            }
            List<GroupId> groups = groups();
            if (groups.size() > 1) throw wrong("--group", "must name one group", groupNames);
            var plan = new ArtifactPush.Plan(
                    readable(),
                    connection.prefix(),
                    groups.get(0),
                    rate(),
                    devices,
                    value("--wait", wait, SettingValues::patience),
                    value("--linger", linger, SettingValues::patience),
                    sender);
            var push = new ArtifactPush(
                    plan,
                    links.apply(connection.broker()),
                    spec.commandLine().getOut(),
                    display(err),
                    System::nanoTime,
                    chance);
            endsBySignal(push::interrupt);
            return push.run();
        }

        private Path readable() throws IOException {
            if (!Files.isRegularFile(file)) throw new IOException(file + " is no file; a folder must be packed before");
            if (!Files.isReadable(file)) throw new IOException(file + " cannot be read");
            return file;
        }
    }

    @CommandLine.Command(name = "serve")
    private final class Serve extends Sending {
        @Parameters(paramLabel = "DIR", description = "A folder with artifacts")
        private Path folder = Path.of("");

        @Override
        ExitCode send(BrokerOptions.Access connection, SenderId sender, PrintWriter err)
                throws IOException, InterruptedException {
            if (!Files.isDirectory(folder)) throw new IOException(folder + " is no folder");
            var serving = new ArtifactFolder(
                    folder,
                    connection.prefix(),
                    groups(),
                    sender,
                    rate(),
                    links.apply(connection.broker()),
                    display(err),
                    System::nanoTime,
                    chance);
            endsBySignal(serving::close);
            return serving.run();
        }
    }

    private ProgressDisplay display(PrintWriter err) {
        Terminal here = Terminal.here(err, err, machine.environment(), Terminal.Colours.AUTO);
        return new ProgressDisplay(err, here.isErrTerminal());
    }
}
