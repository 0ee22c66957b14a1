package io.efka.it.chaos;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Gives a service one configuration after the other: the last one that was acknowledged must be in force at the end. */
final class ConfigSender extends Sender {
    private final Commander commander;
    private final Notes notes;

    /** What may be in force: the last acknowledged, and what came after it and may have been done. */
    private final Set<Integer> possible = new HashSet<>(Set.of(0));

    ConfigSender(Commander commander, Notes notes, RandomGenerator random) {
        super("config", random);
        this.commander = commander;
        this.notes = notes;
    }

    @Override
    void sendOne(int number) {
        var config = new JsonObject();
        config.addProperty("number", number);
        var arguments = new JsonObject();
        arguments.add("set", config);
        Optional<JsonObject> reply = ask("config-" + number, arguments);
        String code = reply.map(CommandBook::code).orElse("no reply");
        if (code.isEmpty()) possible.clear();
        possible.add(number);
        if (reply.isEmpty()) notes.passed(Verdict.COMMANDS_LOST, "config-" + number);
        else if (!code.isEmpty()) notes.seen("configurations answered " + code, 1);
    }

    @Override
    void judge() {
        Optional<Integer> inForce = ask("finally-config", new JsonObject())
                .map(reply -> reply.getAsJsonObject("config"))
                .map(config -> config.get("number"))
                .map(JsonElement::getAsInt);
        if (inForce.filter(possible::contains).isPresent() || (inForce.isEmpty() && possible.contains(0))) return;
        notes.passed(Verdict.COMMANDS_LOST, "configuration " + inForce + " is in force in place of " + possible);
    }

    private Optional<JsonObject> ask(String id, JsonObject arguments) {
        return commander.ask(id, ChaosService.CHATTY.id(), "config", arguments);
    }
}
