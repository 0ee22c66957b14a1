package io.efka.agent.main;

import io.efka.demo.Demo;
import io.efka.protocol.DeviceId;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code efka demo}: the whole of it on one machine, to be tried out. */
final class DemoCommand implements Callable<Integer> {
    private final CliDependencies rooms;
    private final Termination termination;

    @Option(names = "--port", paramLabel = "PORT", description = "MQTT over TCP; 0: any free one. Default: 1883")
    private int port = 1883;

    @Option(
            names = "--ws-port",
            paramLabel = "PORT",
            description = "MQTT over WebSocket; 0: any free one. Default: 9001")
    private int webSocketPort = 9001;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "The agent's state, kept for the next demo. Default: a temporary folder, removed at the end")
    private Optional<Path> dataFolder = Optional.empty();

    @Option(names = "--device", paramLabel = "ID", description = "The device's name in every topic. Default: demo")
    private String device = "demo";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    DemoCommand(CliDependencies rooms, Termination termination) {
        this.rooms = rooms;
        this.termination = termination;
    }

    @Override
    public Integer call() {
        Demo.Plan plan = new Demo.Plan(
                port("--port", port),
                port("--ws-port", webSocketPort),
                dataFolder.map(folder -> folder.toAbsolutePath().normalize()),
                device());
        Logging.level(LogLevel.WARN); // what the agent does is to be seen through the broker
        var demo =
                new Demo(plan, rooms.agent(), rooms.link(), spec.commandLine().getOut());
        return new DaemonRunner(termination, spec.commandLine().getErr())
                .run(demo, Demo.STOP_TIMEOUT)
                .number();
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
