package io.efka.fleet.cli;

import com.google.gson.JsonObject;
import io.efka.fleet.view.Target;
import io.efka.protocol.json.StrictJson;
import io.efka.protocol.json.StrictJson.NotJsonException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code efka send}: any command, to devices or to services. */
@Command(name = "send")
final class SendCommand extends RequestCommand {
    @Parameters(index = "1", paramLabel = "COMMAND", description = "Such as ping, info, logs or deploy")
    private String command = "";

    @Parameters(index = "2", arity = "0..1", paramLabel = "JSON", description = "Its arguments, one JSON object")
    private String json = "{}";

    SendCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    void help(Help help) {
        help.shows(
                        "Sends any command to devices or to services.",
                        "efka send gate7 ping",
                        "efka send '@berlin' log-level '{\"level\":\"debug\",\"for\":\"10m\"}'",
                        "efka send gate7/camera signal '{\"signal\":\"HUP\"}' --json")
                .notes(
                        "A target with a service sends to that service, one without to the device.",
                        "",
                        "Exit code 0: all did it; 1: one answered an error; 3: nothing matches; 69: no broker;",
                        "75: not all have answered, or some are offline; 77: the broker refuses it.");
    }

    @Override
    String command() {
        return command;
    }

    @Override
    JsonObject arguments() {
        if (!command.matches("[a-z-]+|call/[A-Za-z0-9._-]+")) {
            throw wrong("COMMAND", "must be a word such as restart, or call/NAME", command);
        }
        try {
            if (StrictJson.parse(json).root() instanceof JsonObject object) return object;
            throw wrong("JSON", "must be one JSON object", json);
        } catch (NotJsonException e) {
            throw wrong("JSON", String.valueOf(e.getMessage()), json);
        }
    }

    @Override
    boolean isForServices(List<Target> targets) {
        long services =
                targets.stream().filter(target -> target.service().isPresent()).count();
        if (services > 0 && services < targets.size()) {
            throw wrong("TARGET", "must all be devices, or all be services", targets.toString());
        }
        return services > 0;
    }

    /** Whoever writes a command out knows what it does. */
    @Override
    boolean isHarmful() {
        return false;
    }
}
