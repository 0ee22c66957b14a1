package io.efka.fleet.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.fleet.request.Address;
import io.efka.fleet.request.Reply;
import io.efka.fleet.request.Requests;
import io.efka.fleet.request.Requests.Request;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.protocol.json.StrictJson;
import io.efka.protocol.json.StrictJson.NotJsonException;
import io.efka.threads.ExitCode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code efka config}: a device knows its configurations only as a whole, so single keys are changed in what each has. Two
 * operators who do that at once may undo each other's change.
 */
@Command(name = "config")
final class ConfigCommand extends ArgumentCommand {
    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "KEY=VALUE",
            description = "Sets these; a VALUE is JSON, or else text; KEY= removes. Without any: shows all")
    private List<String> settings = List.of();

    private final Map<Address, JsonObject> present = new HashMap<>();

    ConfigCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    void help(Help help) {
        help.shows(
                        "Shows or changes the configuration of services.",
                        "efka config gate7/camera",
                        "efka config @berlin/camera fps=25 label='front door' debug=")
                .notes(EXIT_CODES);
    }

    @Override
    String command() {
        return "config";
    }

    @Override
    JsonObject arguments() {
        changed(new JsonObject());
        return new JsonObject();
    }

    @Override
    void prepare(FleetSession session, Requests requests, List<Address> to, Duration limit)
            throws FleetException, InterruptedException {
        if (settings.isEmpty()) return;
        List<Request> reading = to.stream()
                .map(address -> new Request(address, "config", new JsonObject()))
                .toList();
        List<Address> silent = requests.send(reading, limit, this::read);
        if (!silent.isEmpty() || present.size() < to.size()) {
            throw new FleetException(
                    ExitCode.BUSY,
                    "nothing was changed: not all have said how they are configured, such as "
                            + to.stream()
                                    .filter(one -> !present.containsKey(one))
                                    .findFirst()
                                    .orElseThrow());
        }
    }

    private void read(Reply reply) {
        if (reply.isOk())
            present.put(reply.from(), reply.document().object("config").json());
    }

    @Override
    JsonObject arguments(Address to) {
        var arguments = new JsonObject();
        if (!settings.isEmpty()) arguments.add("set", changed(Objects.requireNonNull(present.get(to))));
        return arguments;
    }

    private JsonObject changed(JsonObject before) {
        JsonObject after = before.deepCopy();
        for (String setting : settings) {
            int sign = setting.indexOf('=');
            if (sign < 1) throw wrong("KEY=VALUE", "must have a = between the two", setting);
            JsonElement value = value(setting.substring(sign + 1));
            if (value.isJsonNull()) after.remove(setting.substring(0, sign));
            else after.add(setting.substring(0, sign), value);
        }
        return after;
    }

    private static JsonElement value(String text) {
        if (text.isEmpty()) return JsonNull.INSTANCE;
        try {
            return StrictJson.parse(text).root();
        } catch (NotJsonException e) {
            return new JsonPrimitive(text);
        }
    }
}
