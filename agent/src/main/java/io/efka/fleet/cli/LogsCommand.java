package io.efka.fleet.cli;

import com.google.gson.JsonObject;
import io.efka.fleet.logs.LogFollower;
import io.efka.fleet.logs.LogLine;
import io.efka.fleet.logs.LogQuery;
import io.efka.fleet.logs.StreamId;
import io.efka.fleet.request.Address;
import io.efka.fleet.request.Requests;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.terminal.OutputText;
import io.efka.fleet.terminal.Palette;
import io.efka.fleet.terminal.Style;
import io.efka.fleet.view.Completeness;
import io.efka.fleet.view.Snapshot;
import io.efka.fleet.view.Target;
import io.efka.protocol.json.JsonWriter;
import io.efka.threads.ExitCode;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code efka logs}: the output of services, of many at once. */
@Command(name = "logs")
final class LogsCommand extends FollowCommand {
    private static final int MAX_LINES = 10_000;

    private static final String STDOUT = "stdout";
    private static final String STDERR = "stderr";

    /** As wide as a time to the millisecond. */
    private static final int TIME_WIDTH = 24;

    /** New services are looked for this often. */
    private static final Duration LOOK = Duration.ofSeconds(2);

    @Parameters(arity = "1..*", paramLabel = "TARGET", description = "DEVICE/SERVICE or @GROUP/SERVICE; * and ? match")
    private List<String> targetTexts = List.of();

    @Option(names = "-n", paramLabel = "N", description = "The last lines of each stream. Default: 10")
    private int lines = 10;

    @Option(names = "--since", paramLabel = "TIME", description = "From then on: 1h, or 2026-11-27T10:00:00Z")
    private Optional<String> since = Optional.empty();

    @Option(
            names = "--grep",
            paramLabel = "RE",
            description = "Only lines that match, searched for on the devices (RE2)")
    private Optional<String> match = Optional.empty();

    @Option(names = "--stderr", description = "stderr instead of stdout")
    private boolean isStderr;

    @Option(names = "--both", description = "stdout and stderr; a ! instead of a | marks the lines of stderr")
    private boolean isBoth;

    @Option(
            names = {"-t", "--time"},
            description = "When each line was written; ~ before it: about then")
    private boolean isTimed;

    private boolean isPrefixed;
    private int width;

    LogsCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    void help(Help help) {
        help.shows(
                        "Shows the output of services, of many at once.",
                        "efka logs gate7/camera",
                        "efka logs '@berlin/cam*' -f",
                        "efka logs gate7/camera --since 1h --grep 'error|timeout'",
                        "efka logs 'gate7/*' gate8/camera --both --time -n 50")
                .notes(
                        "In the order in which it was written, by the clocks of the devices, which know it to about a",
                        "second. What was written while no agent ran is put where it most likely belongs.",
                        "With -f it goes on after a lost connection where it was, without a gap or a double line.",
                        "",
                        "Exit code 0: shown, or ended by Ctrl-C while following; 3: nothing matches; 69: no broker;",
                        "75: a device has not answered, or is offline; 77: the broker refuses it.");
    }

    @Override
    void check() {
        requireServices(targets(targetTexts));
        if (lines < 0 || lines > MAX_LINES) throw wrong("-n", "must be 0 to " + MAX_LINES, Integer.toString(lines));
        if (isBoth && isStderr) throw wrong("--both", "must be left out with --stderr", "--both --stderr");
        checkRange(since, match);
    }

    @Override
    ExitCode run(FleetSession session) throws FleetException, InterruptedException {
        List<Target> targets = targets(targetTexts);
        var snapshot = new Snapshot(session, targets);
        Completeness came = snapshot.read(true);
        MissingText.of(came).forEach(terminal()::say);
        Addresses found = Addresses.services(snapshot.view(), targets);
        if (found.isEmpty() && !isFollowing()) {
            terminal().say("nothing matches " + String.join(" ", targetTexts));
            return MissingText.code(came, ExitCode.NOTHING_MATCHED);
        }
        List<StreamId> streams = streams(found.reachable());
        measure(streams, targets);
        var requests = new Requests(session);
        var query = new LogQuery(lines, since, until(), match);
        var follower = new LogFollower(session, requests, query, snapshot.view()::isOnline, new Screen(session));
        follower.add(streams);
        if (isFollowing()) follower.follow();
        boolean isComplete = follower.history();
        for (Address offline : found.offline()) terminal().say(offline + " is offline");
        if (isFollowing()) followOn(session, snapshot, targets, follower);
        boolean isAll = isComplete && (isFollowing() || found.offline().isEmpty());
        return MissingText.code(came, isAll ? ExitCode.OK : ExitCode.BUSY);
    }

    /** Services that are new, and devices that come back, are followed as well. */
    private void followOn(FleetSession session, Snapshot snapshot, List<Target> targets, LogFollower follower)
            throws FleetException, InterruptedException {
        while (!session.isInterrupted()) {
            follower.await(LOOK);
            if (!session.isConnected()) continue;
            if (!snapshot.view().takeChange() && !follower.isIncomplete()) continue;
            List<StreamId> streams =
                    streams(Addresses.services(snapshot.view(), targets).reachable());
            measure(streams, targets);
            follower.add(streams);
            follower.history();
        }
        follower.end();
    }

    private List<StreamId> streams(List<Address> services) {
        List<String> names = isBoth ? List.of(STDOUT, STDERR) : List.of(isStderr ? STDERR : STDOUT);
        return services.stream()
                .flatMap(address -> names.stream()
                        .map(name ->
                                new StreamId(address.device(), address.service().orElseThrow(), name)))
                .toList();
    }

    /** One service needs no name before its lines. */
    private void measure(List<StreamId> streams, List<Target> targets) {
        boolean isOne = targets.size() == 1
                && targets.get(0).singleDevice().isPresent()
                && targets.get(0).singleService().isPresent();
        isPrefixed = !isOne || isBoth;
        for (StreamId stream : streams)
            width = Math.max(width, stream.serviceName().length());
    }

    private final class Screen implements LogFollower.Audience {
        private final FleetSession session;

        Screen(FleetSession session) {
            this.session = session;
        }

        @Override
        public void line(LogLine line) {
            if (isJson) terminal().json(json(line));
            else terminal().out().println(text(line));
            endUnlessRead(session);
        }

        private String text(LogLine line) {
            String text = terminal().isOutTerminal() ? OutputText.safe(line.text()) : line.text();
            if (!isPrefixed) return time(line) + text;
            String name = line.stream().serviceName();
            String mark = isBoth && line.stream().stream().equals(STDERR) ? " !" : " |";
            String padded = name + " ".repeat(Math.max(0, width - name.length())) + mark;
            return time(line) + (terminal().hasColours() ? Palette.paint(name, padded) : padded) + " " + text;
        }

        private String time(LogLine line) {
            if (!isTimed) return "";
            String time = line.at()
                    .map(at -> line.isEstimated() ? "~" + at.truncatedTo(ChronoUnit.SECONDS) : JsonWriter.timestamp(at))
                    .orElse("-");
            String padded = time + " ".repeat(Math.max(0, TIME_WIDTH - time.length()));
            return (terminal().hasColours() ? Style.DIM.paint(padded) : padded) + " ";
        }

        private JsonObject json(LogLine line) {
            var object = new JsonObject();
            object.addProperty("device", line.stream().device());
            object.addProperty("service", line.stream().service());
            object.addProperty("stream", line.stream().stream());
            line.offset().ifPresent(offset -> object.addProperty("offset", offset));
            line.at().ifPresent(at -> object.addProperty("at", JsonWriter.timestamp(at)));
            if (line.isEstimated()) object.addProperty("estimated", true);
            object.addProperty("text", line.text());
            return object;
        }

        @Override
        public void gone(StreamId stream, long bytes) {
            terminal().say(stream.serviceName() + ": " + bytes + " bytes are gone: the device kept them no longer");
        }

        @Override
        public void beganAnew(StreamId stream) {
            terminal().say(stream.serviceName() + ": its output begins anew on the device");
        }

        @Override
        public void failed(StreamId stream, String why) {
            terminal().say(stream.serviceName() + ": " + why);
        }

        @Override
        public void untimed(String device) {
            if (isPrefixed || isTimed) {
                terminal().say("the agent of " + device + " does not say when output was written: it comes last");
            }
        }

        @Override
        public void partial(StreamId stream) {
            terminal().say(stream.serviceName() + ": older output was not searched; --since searches all from then on");
        }
    }
}
