package io.efka.agent.main;

import io.efka.agent.app.Lifecycle;
import io.efka.agent.app.Settings;
import io.efka.agent.command.handler.AgentLog;
import io.efka.demo.Demo;
import io.efka.mqtt.BrokerSettings;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.DeviceId;
import io.efka.threads.ExitCode;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code efka demo}: the whole of it on one machine, to be tried out. */
final class DemoCommand implements Callable<Integer> {
    private final Function<Settings, Lifecycle> agents;
    private final Function<BrokerSettings, MqttLink> links;
    private final Termination termination;

    @Option(names = "--port", paramLabel = "PORT", description = "MQTT over TCP; 0: any free one. Default: 1883")
    private int port = 1883;

    @Option(
            names = "--ws-port",
            paramLabel = "PORT",
            description = "MQTT over WebSocket; 0: any free one. Default: 9001")
    private int webSocketPort = 9001;

    @Option(
            names = "--page-port",
            paramLabel = "PORT",
            description = "The page for a browser; 0: any free one. Default: 8089, or any free one if that is taken")
    private Optional<Integer> pagePort = Optional.empty();

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "The agent's state, kept for the next demo. Default: a temporary folder, removed at the end")
    private Optional<Path> dataFolder = Optional.empty();

    @Option(names = "--device", paramLabel = "ID", description = "The device's name in every topic. Default: demo")
    private String device = "demo";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    DemoCommand(
            Function<Settings, Lifecycle> agents, Function<BrokerSettings, MqttLink> links, Termination termination) {
        this.agents = agents;
        this.links = links;
        this.termination = termination;
    }

    @Override
    public Integer call() {
        if (DemoCommand.class.getResource("/io/efka/demo/Demo.class") == null) {
            spec.commandLine().getErr().println("efka: this jar is for devices and has no demo: take efka.jar");
            return ExitCode.UNAVAILABLE.number();
        }
        return Present.run(this);
    }

    /** What refers to the classes of the demo: they are loaded with this class, only where they are. */
    private static final class Present {
        static int run(DemoCommand given) {
            CommandLine line = given.spec.commandLine();
            Demo.Plan plan = new Demo.Plan(
                    given.port("--port", given.port),
                    given.port("--ws-port", given.webSocketPort),
                    given.pagePort.map(port -> given.port("--page-port", port)),
                    given.dataFolder.map(folder -> folder.toAbsolutePath().normalize()),
                    given.device());
            Logging.processLog().configure(AgentLog.Level.WARN); // what the agent does is to be seen through the broker
            var demo = new Demo(plan, given.agents, given.links, line.getOut());
            return new DaemonRunner(given.termination, line.getErr())
                    .run(demo, Demo.STOP_TIMEOUT)
                    .number();
        }
    }

    private int port(String flag, int port) {
        if (port >= 0 && port <= 65_535) return port;
        throw new ParameterException(spec.commandLine(), flag + ": must be 0-65535, was " + port);
    }

    private DeviceId device() {
        try {
            return SettingValues.deviceId(device);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), "--device: " + e.getMessage() + ", was \"" + device + "\"");
        }
    }
}
