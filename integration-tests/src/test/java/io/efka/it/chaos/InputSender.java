package io.efka.it.chaos;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Sends numbered lines to a service that notes each of them; compared at the end. */
final class InputSender extends Sender {
    private final Commander commander;
    private final Witness witness;
    private final Notes notes;
    private final List<Optional<JsonObject>> replies = new ArrayList<>();

    InputSender(Commander commander, Witness witness, Notes notes, RandomGenerator random) {
        super("input", random);
        this.commander = commander;
        this.witness = witness;
        this.notes = notes;
    }

    @Override
    void sendOne(int number) {
        var arguments = new JsonObject();
        arguments.addProperty("text", "line " + number + "\n");
        replies.add(commander.ask("input-" + number, ChaosService.LISTENER.id(), "input", arguments));
    }

    @Override
    void judge() {
        Map<String, Integer> effects = new HashMap<>();
        witness.journal().forEach(line -> effects.merge(line, 1, Integer::sum));
        for (int i = 0; i < replies.size(); i++) {
            judge("input-" + (i + 1), replies.get(i), Optional.ofNullable(effects.remove("line " + (i + 1))));
        }
        effects.forEach(
                (line, times) -> notes.passed(Verdict.BYTES_CHANGED, times, "the listener got \"" + line + '"'));
    }

    private void judge(String id, Optional<JsonObject> reply, Optional<Integer> effects) {
        int times = effects.orElse(0);
        if (times > 1) notes.passed(Verdict.COMMANDS_TWICE, id + " " + times + " times, " + reply);
        String code = reply.map(CommandBook::code).orElse("no reply");
        switch (code) {
            case "" -> {
                if (times == 0) notes.passed(Verdict.COMMANDS_LOST, id + " was answered and not done: " + reply);
            }
            case "interrupted" -> notes.seen("commands answered interrupted", 1);
            case "no reply" -> notes.passed(times == 0 ? Verdict.COMMANDS_LOST : Verdict.COMMANDS_UNANSWERED, id);
            default -> {
                notes.seen("commands refused with " + code, 1);
                if (times > 0) notes.passed(Verdict.FALSE_REPLIES, id + " was done: " + reply);
            }
        }
    }
}
