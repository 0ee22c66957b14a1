package io.efka.it.chaos;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Deploys one release after the other to a service, good ones and bad ones, and goes back now and then. Each release is a number;
 * the service itself records which one is started, whether its files are whole, and whether its data is still there.
 */
final class ReleaseSender extends Sender {
    /** Removed at the end like a guest. */
    static final String SERVICE = GuestSender.PREFIX + "released";

    private static final Duration CALM = Duration.ofSeconds(4);
    private static final Duration CALM_LIMIT = Duration.ofMinutes(2);
    private static final String SCRIPT = """
            #!/bin/sh
            number=$1
            [ "$(cat payload)" = "$number $number $number" ] || echo "$number" >> "$WITNESS/halves"
            if [ -e "$WITNESS/born" ] && [ ! -e "$EFKA_DATA/born" ]; then echo "$number" >> "$WITNESS/touched"; fi
            : >> "$EFKA_DATA/born" && : >> "$WITNESS/born"
            echo "$number" >> "$WITNESS/starts"
            [ "$2" = good ] || exit 1
            while :; do sleep 1; done
            """;

    private final Commander commander;
    private final Witness witness;
    private final Conditions conditions;
    private final Notes notes;
    private final Set<Integer> asked = new HashSet<>();

    /** What may be current: the last one that is known to be, and what came after it and may have been done; 0 is none. */
    private final Set<Integer> possible = new HashSet<>(Set.of(0));

    /** @param folder for the service's own record; is made */
    ReleaseSender(Commander commander, Path folder, Conditions conditions, Notes notes, RandomGenerator random)
            throws IOException {
        super("releases", random);
        this.commander = commander;
        this.witness = new Witness(Files.createDirectories(folder));
        this.conditions = conditions;
        this.notes = notes;
    }

    @Override
    void sendOne(int number) {
        int luck = random().nextInt(6);
        if (luck == 0 && number > 1) rollback(number);
        else deploy(number, luck != 1);
        if (number % 4 == 0) compare("releases-" + number);
    }

    private void deploy(int number, boolean isGood) {
        asked.add(number);
        String id = "deploy-" + number;
        Optional<JsonObject> reply = ask(id, "deploy", arguments(number, isGood));
        String outcome = outcome(reply);
        if (outcome.equals("committed") && !isGood) {
            notes.passed(Verdict.FALSE_REPLIES, id + " is a bad release and was committed: " + reply);
        }
        settle(id, outcome, Set.of(number));
    }

    private void rollback(int number) {
        String id = "rollback-" + number;
        Optional<JsonObject> reply = ask(id, "rollback", rule());
        // Which one it goes back to is known by the reply only: any that was asked for may be it.
        String outcome = outcome(reply);
        if (outcome.equals("committed")) {
            settle(id, outcome, Set.of(number(reply.orElseThrow().get("release"))));
        } else settle(id, outcome, asked);
    }

    /** Committed: it is the new one. Failed or rolled back: it is what it was. All else: either. */
    private void settle(String id, String outcome, Set<Integer> added) {
        notes.seen("releases: " + outcome, 1);
        switch (outcome) {
            case "no reply" -> notes.passed(Verdict.COMMANDS_LOST, id);
            case "committed" -> possible.clear();
            case "failed", "rolled_back", "release_bad", "no_previous_release" -> {
                return;
            }
            default -> {} // a rollback that failed, an interruption: the next look tells
        }
        possible.addAll(added);
    }

    /** Once it is calm, the release that is current must be one that may be, and the service must run from it. */
    private void compare(String id) {
        awaitCalm();
        Optional<JsonObject> reply = ask(id, "releases", new JsonObject());
        if (reply.isEmpty()) {
            notes.passed(Verdict.COMMANDS_LOST, id);
            return;
        }
        int current = number(reply.get().get("release"));
        if (!possible.contains(current)) {
            Verdict verdict = asked.contains(current) ? Verdict.ROLLBACK_MISSED : Verdict.UNASKED_RELEASE;
            notes.passed(verdict, id + ": release " + current + " is current in place of " + possible);
        }
        possible.clear();
        possible.add(current);
        List<String> starts = witness.starts();
        if (current != 0 && !starts.isEmpty() && Integer.parseInt(starts.get(starts.size() - 1)) != current) {
            notes.passed(
                    Verdict.ROLLBACK_MISSED,
                    id + ": " + current + " is current, and started was " + starts.get(starts.size() - 1));
        }
    }

    private void awaitCalm() {
        long deadline = System.nanoTime() + CALM_LIMIT.toNanos();
        long calm = conditions.calmNanos();
        while (conditions.calmNanos() - calm < CALM.toNanos() && System.nanoTime() < deadline) Commander.pause(5);
    }

    @Override
    void judge() {
        compare("finally-releases");
        for (String half : witness.lines("halves")) notes.passed(Verdict.HALF_RELEASE, "release " + half);
        for (String release : witness.lines("touched")) notes.passed(Verdict.DATA_TOUCHED, "at release " + release);
        for (String release : Set.copyOf(witness.starts())) {
            if (!asked.contains(Integer.parseInt(release))) notes.passed(Verdict.UNASKED_RELEASE, release);
        }
        Optional<JsonObject> removed = ask("finally-remove-" + SERVICE, "remove", new JsonObject());
        if (removed.map(CommandBook::code).filter(String::isEmpty).isEmpty()) {
            notes.passed(Verdict.LEFT_BEHIND, SERVICE + " cannot be removed: " + removed);
        }
    }

    private Optional<JsonObject> ask(String id, String command, JsonObject arguments) {
        return commander.ask(id, SERVICE, command, arguments);
    }

    private static String outcome(Optional<JsonObject> reply) {
        if (reply.isEmpty()) return "no reply";
        JsonElement outcome = reply.get().get("outcome");
        return outcome == null ? CommandBook.code(reply.get()) : outcome.getAsString();
    }

    /** The number in an id such as {@code 17-1a2b3c4d}; 0 for none. */
    private static int number(JsonElement release) {
        if (release == null || release.isJsonNull()) return 0;
        return Integer.parseInt(release.getAsString().split("-")[0]);
    }

    private JsonObject arguments(int number, boolean isGood) {
        var manifest = new JsonObject();
        manifest.addProperty("service_id", SERVICE);
        manifest.addProperty("release", Integer.toString(number));
        manifest.addProperty("exec", "run.sh");
        var args = new JsonArray();
        args.add(Integer.toString(number));
        args.add(isGood ? "good" : "bad");
        manifest.add("args", args);
        manifest.addProperty("health_check", "process:");
        manifest.addProperty("on_agent_exit", "keep");
        var variables = new JsonObject();
        variables.addProperty("WITNESS", witness.folder().toString());
        manifest.add("env", variables);
        var files = new JsonObject();
        files.add("run.sh", file(SCRIPT, "0755"));
        files.add("payload", file("%d %d %d\n".formatted(number, number, number), "0644"));
        JsonObject arguments = rule();
        arguments.add("manifest", manifest);
        arguments.add("files", files);
        return arguments;
    }

    private static JsonObject rule() {
        var arguments = new JsonObject();
        arguments.addProperty("min_healthy", "300ms");
        arguments.addProperty("healthy_deadline", "20s");
        return arguments;
    }

    private static JsonObject file(String text, String mode) {
        var file = new JsonObject();
        file.addProperty("text", text);
        file.addProperty("mode", mode);
        return file;
    }
}
