package io.efka.it.chaos;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.it.chaos.DesiredDocuments.Published;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Publishes revisions of one retained document, some of them in quick succession, whether anybody is there or not. Of the last one
 * it waits for the final state, and compares what runs, and the report at the broker, with what was asked for.
 */
final class DesiredSender extends Sender {
    /** Calm time within which a revision must be over: what a full disk did not take is tried again after a minute. */
    private static final Duration SETTLING = Duration.ofSeconds(90);

    /** Calm time within which everything must agree. */
    private static final Duration AGREEING = Duration.ofSeconds(20);

    private static final Set<String> FINAL = Set.of("done", "rolled_back", "failed");

    private final RetainedTopic topic;
    private final Commander commander;
    private final ServiceProcesses processes;
    private final Conditions conditions;
    private final Notes notes;
    private final List<ReleasedService> services;
    private final DesiredDocuments documents;
    private final PossibleStandings possible;

    /** Services of which a full disk may have kept the configuration from being that of the release. */
    private final Set<String> unsure = new HashSet<>();

    private int looks;

    /** @param witnesses the folder of all services' own records */
    DesiredSender(
            RetainedTopic topic,
            Commander commander,
            Path witnesses,
            ServiceProcesses processes,
            Conditions conditions,
            Notes notes,
            RandomGenerator random) {
        super("desired-" + topic.source().document(), random);
        this.topic = topic;
        this.commander = commander;
        this.processes = processes;
        this.conditions = conditions;
        this.notes = notes;
        String prefix = GuestSender.PREFIX + topic.source().document() + "-";
        this.services = Stream.of("a", "b")
                .map(one -> ReleasedService.in(witnesses, prefix + one))
                .toList();
        this.documents = new DesiredDocuments(topic.device(), services, random);
        this.possible =
                new PossibleStandings(services.stream().map(ReleasedService::id).collect(Collectors.toSet()));
    }

    @Override
    void sendOne(int number) {
        BooleanSupplier isTroubled = troubledFromNow();
        Published last = ask(documents.next());
        for (int more = random().nextInt(3); more > 0; more--) {
            Commander.pause(random().nextInt(1_200));
            last = ask(documents.next());
        }
        settle(last.revision(), isTroubled);
        switch (random().nextInt(6)) {
            case 0 -> refuse(last.revision(), last.revision().number(), "refused");
            case 1 -> refuse(last.revision(), last.revision().number() - 1, "stale");
            case 2 -> withdraw(last.revision());
            default -> {}
        }
    }

    /** Whether the disk was full at any time since now: it excuses a revision that fails, but not a false report of it. */
    private BooleanSupplier troubledFromNow() {
        boolean wasShort = conditions.isDiskShort();
        long fills = conditions.diskFills();
        return () -> wasShort || conditions.diskFills() != fills;
    }

    private Published ask(Published next) {
        possible.asked(next.revision());
        for (ReleasedService service : services) {
            if (possible.mayBeMissing(service.id())) service.mayVanish(true);
        }
        notes.seen("documents: revisions published", 1);
        topic.publish(next.bytes());
        return next;
    }

    private void settle(Revision revision, BooleanSupplier isTroubled) {
        boolean isOver = topic.within(
                SETTLING,
                () -> topic.report().filter(report -> isOver(report, revision)).isPresent());
        Optional<JsonObject> report = topic.report();
        String state = isOver ? text(report.orElseThrow(), "state") : "failed";
        if (!isOver) notes.passed(Verdict.DOCUMENT_UNSETTLED, revision + ": " + report);
        boolean isExcused = isTroubled.getAsBoolean();
        // A release that was being watched when the agent ended twice may be what ended it: that fails it, by design.
        boolean isCutOff =
                isOver && report.orElseThrow().get("error").toString().contains(" was cut off ");
        notes.seen("documents: " + (isOver ? state : "unsettled") + (isExcused ? ", the disk was full" : ""), 1);
        boolean isRight = isExcused
                ? revision.isGood() || !state.equals("done")
                : state.equals(isCutOff ? revision.failedState() : revision.finalState());
        if (isOver && !isRight) notes.passed(Verdict.FALSE_REPORT, revision + " is over: " + report);
        if (isCutOff && !isExcused) possible.notDone(revision);
        else possible.over(revision, state, isExcused || !isOver);
        if (isExcused || isCutOff) documents.forget();
        if (isExcused) services.forEach(service -> unsure.add(service.id()));
        if (state.equals("done")) unsure.removeAll(revision.entries().keySet());
        if (isOver) compare(revision, state);
    }

    private static boolean isOver(JsonObject report, Revision revision) {
        JsonElement taken = report.get("revision");
        return !taken.isJsonNull() && taken.getAsLong() == revision.number() && FINAL.contains(text(report, "state"));
    }

    /** What is current, what runs, and what the broker has of it. */
    private void compare(Revision revision, String state) {
        Map<String, Integer> releases = look(revision);
        topic.agree(AGREEING, () -> reportDisagrees(revision, state, releases))
                .ifPresent(why -> notes.passed(Verdict.FALSE_REPORT, revision + " is " + state + ": " + why));
    }

    private Map<String, Integer> look(Revision revision) {
        var releases = new TreeMap<String, Integer>();
        for (ReleasedService service : services) releases.put(service.id(), current(service));
        String might = possible.toString();
        if (!possible.found(releases)) {
            notes.passed(
                    Verdict.ROLLBACK_MISSED,
                    "after " + revision + " current are " + releases + " in place of " + might);
        }
        for (ReleasedService service : services) {
            int release = releases.get(service.id());
            if (release != 0) service.mayVanish(false);
            topic.agree(AGREEING, () -> serviceDisagrees(service, release))
                    .ifPresent(why -> notes.passed(Verdict.ROLLBACK_MISSED, "after " + revision + ": " + why));
        }
        notes.seen("documents: devices compared", 1);
        return releases;
    }

    private int current(ReleasedService service) {
        Optional<JsonObject> reply = ask(service, "releases");
        return reply.map(found -> ReleasedService.number(found.get("release"))).orElse(0);
    }

    private Optional<String> serviceDisagrees(ReleasedService service, int release) {
        List<ServiceProcesses.Seen> mains = processes.find().stream()
                .filter(process -> process.isMain() && process.service().equals(service.id()))
                .toList();
        if (release == 0) return mains.isEmpty() ? Optional.empty() : Optional.of("is removed, and alive is " + mains);
        if (mains.size() != 1) return Optional.of(release + " is current, and alive is " + mains);
        int started = service.lastStarted().orElse(0);
        if (started != release) return Optional.of(release + " is current, and started was " + started);
        if (unsure.contains(service.id())) return Optional.empty();
        Optional<JsonObject> reply = ask(service, "config");
        int config = reply.map(found -> found.getAsJsonObject("config"))
                .map(found -> found.get("number"))
                .map(JsonElement::getAsInt)
                .orElse(0);
        return config == release ? Optional.empty() : Optional.of(release + " has the configuration " + config);
    }

    /** Whatever is wrong with the report that the broker retains. */
    private Optional<String> reportDisagrees(Revision revision, String state, Map<String, Integer> releases) {
        Optional<JsonObject> found = topic.reportAtBroker();
        if (found.isEmpty()) return Optional.of("the broker has no report");
        JsonObject report = found.get();
        boolean isSo = isOver(report, revision)
                && text(report, "state").equals(state)
                && text(report, "source").equals(topic.source().words())
                && text(report, "track").equals(revision.isCandidate() ? "candidate" : "stable")
                && report.get("error").isJsonNull() == state.equals("done")
                && report.has("removed") == revision.isRemoval()
                && (!state.equals("done") || report.getAsJsonArray("drift").isEmpty());
        JsonObject told = report.getAsJsonObject("services");
        boolean areSame = told.keySet().equals(revision.entries().keySet())
                && told.entrySet().stream().allMatch(one -> tells(one.getValue(), releases.get(one.getKey())));
        return isSo && areSame ? Optional.empty() : Optional.of("the report is " + report + ", current " + releases);
    }

    private static boolean tells(JsonElement service, int release) {
        JsonObject told = service.getAsJsonObject();
        if (ReleasedService.number(told.get("release")) != release) return false;
        return release == 0 || text(told, "state").equals("running");
    }

    /** Publishes one that must be turned down: nothing may change. */
    private void refuse(Revision taken, long number, String state) {
        if (number < 1) return;
        notes.seen("documents: to be " + state, 1);
        topic.publish(documents.never(number));
        boolean isTurnedDown = topic.within(
                SETTLING,
                () -> topic.report()
                        .filter(report -> text(report, "state").equals(state)
                                && report.get("revision").getAsLong() == taken.number())
                        .isPresent());
        if (!isTurnedDown) {
            notes.passed(
                    Verdict.DOCUMENT_UNSETTLED,
                    number + " after " + taken.number() + " is not " + state + ": " + topic.report());
        }
        look(taken);
    }

    /** Clears the topic: what there is stays, and so does its report. */
    private void withdraw(Revision taken) {
        notes.seen("documents: topics cleared", 1);
        topic.clear();
        Commander.pause(random().nextInt(3_000));
        look(taken);
        if (taken.isRemoval()) return;
        boolean isThere = topic.within(
                AGREEING,
                () -> topic.reportAtBroker()
                        .filter(report -> isOver(report, taken))
                        .isPresent());
        if (!isThere) notes.passed(Verdict.FALSE_REPORT, "the topic of " + taken + " is cleared: " + topic.report());
    }

    /** Removes all that the document brought, and what it left to nobody; then nothing is left of the document. */
    @Override
    void judge() {
        settle(ask(documents.removal()).revision(), troubledFromNow());
        for (ReleasedService service : services) {
            service.judge(documents.asked(), notes);
            if (current(service) != 0) ask(service, "remove");
        }
        topic.clear();
        boolean isGone = topic.within(AGREEING, () -> topic.reportAtBroker().isEmpty());
        if (!isGone) notes.passed(Verdict.LEFT_BEHIND, "the report of a withdrawn document: " + topic.report());
    }

    private Optional<JsonObject> ask(ReleasedService service, String command) {
        String id = command + "-" + service.id() + "-" + ++looks;
        Optional<JsonObject> reply = commander.ask(id, service.id(), command, new JsonObject());
        if (reply.isEmpty()) notes.passed(Verdict.COMMANDS_LOST, id);
        return reply;
    }

    private static String text(JsonObject json, String key) {
        JsonElement value = json.get(key);
        return value == null || value.isJsonNull() ? "" : value.getAsString();
    }
}
