package io.efka.it.chaos;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
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
    private static final String DEADLINE = "20s";

    private final Commander commander;
    private final ReleasedService service;
    private final Conditions conditions;
    private final Notes notes;
    private final Set<Integer> asked = new HashSet<>();

    /** What may be current: the last one that is known to be, and what came after it and may have been done; 0 is none. */
    private final Set<Integer> possible = new HashSet<>(Set.of(0));

    /** @param witnesses the folder of all services' own records */
    ReleaseSender(Commander commander, Path witnesses, Conditions conditions, Notes notes, RandomGenerator random) {
        super("releases", random);
        this.commander = commander;
        this.service = ReleasedService.in(witnesses, SERVICE);
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
        Optional<JsonObject> reply = ask(id, "deploy", service.deploy(number, isGood, DEADLINE));
        String outcome = outcome(reply);
        if (outcome.equals("committed") && !isGood) {
            notes.passed(Verdict.FALSE_REPLIES, id + " is a bad release and was committed: " + reply);
        }
        settle(id, outcome, Set.of(number));
    }

    private void rollback(int number) {
        String id = "rollback-" + number;
        Optional<JsonObject> reply = ask(id, "rollback", ReleasedService.rule(DEADLINE));
        // Which one it goes back to is known by the reply only: any that was asked for may be it.
        String outcome = outcome(reply);
        if (outcome.equals("committed")) {
            settle(
                    id,
                    outcome,
                    Set.of(ReleasedService.number(reply.orElseThrow().get("release"))));
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
        int current = ReleasedService.number(reply.get().get("release"));
        if (!possible.contains(current)) {
            Verdict verdict = asked.contains(current) ? Verdict.ROLLBACK_MISSED : Verdict.UNASKED_RELEASE;
            notes.passed(verdict, id + ": release " + current + " is current in place of " + possible);
        }
        possible.clear();
        possible.add(current);
        service.lastStarted()
                .filter(started -> current != 0 && started != current)
                .ifPresent(started -> notes.passed(
                        Verdict.ROLLBACK_MISSED, id + ": " + current + " is current, and started was " + started));
    }

    private void awaitCalm() {
        long deadline = System.nanoTime() + CALM_LIMIT.toNanos();
        long calm = conditions.calmNanos();
        while (conditions.calmNanos() - calm < CALM.toNanos() && System.nanoTime() < deadline) Commander.pause(5);
    }

    @Override
    void judge() {
        compare("finally-releases");
        service.judge(asked, notes);
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
}
