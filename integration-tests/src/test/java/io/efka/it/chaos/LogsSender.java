package io.efka.it.chaos;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Searches a service's output, also with expressions on which a naive matcher works for hours. */
final class LogsSender extends Sender {
    private static final List<String> EXPRESSIONS = List.of(
            ".*.*=", "(a+)+$", "(x*)*y", "(x|xx)+$", "([0-9 ]*x*)*z", "^0000", "x{40}", "(?i)X+", "[", "\\1", "");

    private final Commander commander;
    private final Conditions conditions;
    private final Notes notes;

    LogsSender(Commander commander, Conditions conditions, Notes notes, RandomGenerator random) {
        super("logs", random);
        this.commander = commander;
        this.conditions = conditions;
        this.notes = notes;
    }

    @Override
    void sendOne(int number) {
        var arguments = new JsonObject();
        if (random().nextInt(3) > 0) arguments.addProperty("match", one(EXPRESSIONS));
        if (random().nextBoolean()) arguments.addProperty("from", 0);
        else arguments.addProperty("lines", 1 + random().nextInt(1_000));
        long ends = conditions.agentEnds();
        Optional<JsonObject> reply = ask("logs-" + number, arguments);
        if (reply.isEmpty() && conditions.agentEnds() != ends) {
            // A query is in no ledger: a killed agent forgets it.
            notes.seen("queries asked again since the agent ended", 1);
            reply = ask("logs-" + number + "-again", arguments);
        }
        if (reply.isEmpty()) notes.passed(Verdict.COMMANDS_LOST, "logs-" + number + " " + arguments);
        reply.map(CommandBook::code)
                .filter(code -> !code.isEmpty())
                .ifPresent(code -> notes.seen("queries of logs refused with " + code, 1));
    }

    private Optional<JsonObject> ask(String id, JsonObject arguments) {
        return commander.ask(id, one(ChaosService.TALKERS).id(), "logs", arguments);
    }

    private <T> T one(List<T> choice) {
        return choice.get(random().nextInt(choice.size()));
    }

    @Override
    void judge() {
        // A query that was answered left nothing to judge.
    }
}
