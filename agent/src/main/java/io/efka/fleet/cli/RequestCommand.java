package io.efka.fleet.cli;

import com.google.gson.JsonObject;
import io.efka.fleet.request.Address;
import io.efka.fleet.request.Reply;
import io.efka.fleet.request.Requests;
import io.efka.fleet.request.Requests.Request;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.terminal.NameList;
import io.efka.fleet.view.Completeness;
import io.efka.fleet.view.Snapshot;
import io.efka.fleet.view.Target;
import io.efka.protocol.json.StrictJson;
import io.efka.protocol.json.StrictJson.NotJsonException;
import io.efka.threads.ExitCode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that goes to each target, and prints a line for each answer. */
abstract class RequestCommand extends FleetCommand {
    private static final int MAX_NAMED = 20;

    @Parameters(
            index = "0",
            paramLabel = "TARGET[,TARGET]",
            description = "DEVICE/SERVICE or @GROUP/SERVICE; * and ? match; without /SERVICE for what concerns devices")
    private String targetTexts = "";

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "Until all must have answered. Default: ${DEFAULT-VALUE}")
    private String timeout = defaultTimeout();

    @Option(names = "--no-wait", description = "Takes the answer when the command is accepted, not when it is done")
    private boolean isNotWaiting;

    @Option(
            names = {"-y", "--yes"},
            description = "Does not ask, whatever is concerned")
    private boolean isSure;

    private int failed;
    private int done;

    RequestCommand(Surroundings surroundings) {
        super(surroundings);
    }

    /** What is sent: {@code restart}. */
    abstract String command();

    /** With what; must not have a connection yet. */
    abstract JsonObject arguments();

    /** With what it is sent to one of them. */
    JsonObject arguments(Address to) {
        return arguments();
    }

    /** What must be known of the receivers before. */
    void prepare(FleetSession session, Requests requests, List<Address> to, Duration limit)
            throws FleetException, InterruptedException {}

    /** The text as a JSON object. */
    final JsonObject object(String what, String text) {
        try {
            if (StrictJson.parse(text).root() instanceof JsonObject object) return object;
            throw wrong(what, "must be one JSON object", text);
        } catch (NotJsonException e) {
            throw wrong(what, String.valueOf(e.getMessage()), text);
        }
    }

    /** Whether it goes to services, and not to devices. */
    abstract boolean isForServices(List<Target> targets);

    /** Whether it interrupts what runs, so that it is asked for when it concerns several. */
    abstract boolean isHarmful();

    /** How long a service may take for it. */
    String defaultTimeout() {
        return "60s";
    }

    /** Whether services that a target names go also to devices that do not have them yet. */
    boolean isForNew() {
        return false;
    }

    /** What is said of {@code count} devices that match and do not have the service; empty: nothing. */
    Optional<String> without(long count) {
        return Optional.empty();
    }

    /** What those wait for that have not answered when the command ends; empty: for nothing. */
    Optional<String> waiting() {
        return Optional.empty();
    }

    /** Prints something that stays, where something may be on the screen that does not. */
    void aside(Runnable print) {
        print.run();
    }

    private void say(String line) {
        aside(() -> terminal().say(line));
    }

    /** Whether the answer is taken when the command is accepted. */
    final boolean isNotWaiting() {
        return isNotWaiting;
    }

    /** What a reply says in one line, if it is no failure. */
    String said(Reply reply) {
        return Answers.line(reply);
    }

    final List<Target> targets() {
        return targets(List.of(targetTexts.split(",", -1)));
    }

    @Override
    void check() {
        List<Target> targets = targets();
        duration("--timeout", timeout);
        arguments();
        if (isForServices(targets)) requireServices(targets);
    }

    @Override
    ExitCode run(FleetSession session) throws FleetException, InterruptedException {
        List<Target> targets = targets();
        var snapshot = new Snapshot(session, targets);
        boolean isForServices = isForServices(targets);
        Completeness came = snapshot.read(isForServices);
        MissingText.of(came).forEach(terminal()::say);
        Addresses to = isForServices
                ? Addresses.services(snapshot.view(), targets, isForNew())
                : Addresses.devices(snapshot.view(), targets);
        long without = isForServices ? Addresses.devicesWithout(snapshot.view(), targets) : 0;
        if (without > 0 && !isForNew()) without(without).ifPresent(terminal()::say);
        if (to.isEmpty()) {
            terminal().say("nothing matches " + targetTexts);
            return MissingText.code(came, ExitCode.NOTHING_MATCHED);
        }
        if (!isWanted(session, to)) return session.isInterrupted() ? ExitCode.INTERRUPTED : ExitCode.USAGE;
        Duration limit = duration("--timeout", timeout);
        var requests = new Requests(session);
        prepare(session, requests, to.reachable(), limit);
        List<Address> silent = requests.send(requests(to.reachable()), limit, this::answered);
        return MissingText.code(came, summary(to, silent, requests.unsent(), session.isInterrupted(), limit));
    }

    private List<Request> requests(List<Address> addresses) {
        return addresses.stream()
                .map(address -> new Request(address, command(), withoutWaiting(arguments(address))))
                .toList();
    }

    private JsonObject withoutWaiting(JsonObject arguments) {
        if (isNotWaiting) arguments.addProperty("wait", false);
        return arguments;
    }

    private boolean isWanted(FleetSession session, Addresses to) throws FleetException, InterruptedException {
        if (!isHarmful() || isSure || to.reachable().size() < 2) return true;
        String question = String.format(
                Locale.ROOT,
                "%s %,d services on %,d devices",
                command(),
                to.reachable().size(),
                to.reachable().stream().map(Address::device).distinct().count());
        return isConfirmed(session, question);
    }

    private void answered(Reply reply) {
        if (reply.isOk()) done++;
        else failed++;
        if (isJson) {
            aside(() -> terminal().json(reply.document().json()));
        } else {
            String text = reply.isOk() ? said(reply) : Answers.failure(reply);
            String name = reply.from() + "  ";
            aside(() -> terminal().out().println(text.isEmpty() ? reply.from().toString() : name + text));
        }
    }

    private ExitCode summary(
            Addresses to, List<Address> unanswered, Set<Address> unsent, boolean isInterrupted, Duration limit) {
        int all = to.reachable().size() + to.offline().size();
        List<Address> silent =
                unanswered.stream().filter(one -> !unsent.contains(one)).toList();
        if (!unsent.isEmpty()) {
            String why = isInterrupted ? "nothing was sent yet: " : "too many did not answer, nothing was sent: ";
            say(why + named(List.copyOf(unsent)));
        }
        if (isInterrupted && !unanswered.isEmpty()) {
            String then = waiting().orElse("What was sent is done all the same; see efka status");
            if (!silent.isEmpty()) say("not answered yet: " + named(silent) + ". " + then);
            return ExitCode.INTERRUPTED;
        }
        if (!silent.isEmpty()) {
            String then = waiting().map(text -> ". " + text).orElse("");
            say("no answer within " + limit.toSeconds() + " s: " + named(silent) + then);
        }
        if (!to.offline().isEmpty()) say("offline, nothing was sent: " + named(to.offline()));
        if (all > 1) say(done + " of " + all + " done" + (failed > 0 ? ", " + failed + " failed" : ""));
        if (failed > 0) return ExitCode.FAILED;
        return done == all ? ExitCode.OK : ExitCode.BUSY;
    }

    private static String named(List<Address> addresses) {
        return NameList.of(addresses.stream().map(Address::toString).toList(), MAX_NAMED);
    }
}
