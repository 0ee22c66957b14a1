package io.efka.fleet.cli;

import com.google.gson.JsonObject;
import io.efka.fleet.events.EventFollower;
import io.efka.fleet.events.EventQuery;
import io.efka.fleet.events.FleetEvent;
import io.efka.fleet.request.Requests;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.terminal.Printable;
import io.efka.fleet.view.Completeness;
import io.efka.fleet.view.DeviceView;
import io.efka.fleet.view.FleetView;
import io.efka.fleet.view.Snapshot;
import io.efka.fleet.view.Target;
import io.efka.threads.ExitCode;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code efka events}: what happened, and what happens. */
@Command(name = "events")
final class EventsCommand extends FollowCommand {
    private static final int MAX_LINES = 10_000;

    /** As wide as a time to the second. */
    private static final String NO_TIME = " ".repeat(20);

    @Parameters(paramLabel = "TARGET", description = "DEVICE, DEVICE/SERVICE, @GROUP or @GROUP/SERVICE; * and ? match")
    private List<String> targetTexts = List.of();

    @Option(names = "-n", paramLabel = "N", description = "The last events of each device. Default: 20")
    private int lines = 20;

    @Option(names = "--since", paramLabel = "TIME", description = "All from then on: 1d, or 2026-11-27T10:00:00Z")
    private Optional<String> since = Optional.empty();

    @Option(
            names = "--grep",
            paramLabel = "RE",
            description = "Only events whose JSON text matches, searched for on the devices (RE2)")
    private Optional<String> match = Optional.empty();

    @Option(names = "--plain", description = "Lines, also with -f on a terminal")
    private boolean isPlain;

    EventsCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    void help(Help help) {
        help.shows(
                        "Shows what happened to devices and services, from the journals that devices keep.",
                        "efka events",
                        "efka events gate7/camera --since 1d",
                        "efka events '@berlin' -f --grep 'backoff|failed|rolled_back'")
                .notes(
                        "In the order of the devices' own clocks. With -f it goes on after a lost connection with what it",
                        "missed meanwhile: on a terminal in a table, in which h shows the keys and q quits; elsewhere, and",
                        "with --plain or --json, as lines. The table keeps the last 10,000 events.",
                        "",
                        "Exit code 0: shown, or ended by Ctrl-C while following; 3: nothing matches; 69: no broker;",
                        "75: a device has not answered, or is offline; 77: the broker refuses it.");
    }

    @Override
    void check() {
        targets(targetTexts);
        if (lines < 1 || lines > MAX_LINES) throw wrong("-n", "must be 1 to " + MAX_LINES, Integer.toString(lines));
        checkRange(since, match);
    }

    @Override
    ExitCode run(FleetSession session) throws FleetException, InterruptedException {
        if (!isFollowing() || isPlain || isJson || !terminal().canShowLive()) return show(session, new Lines(session));
        String what = targetTexts.isEmpty() ? "of all devices" : String.join(" ", targetTexts);
        var table = new EventTable(
                session,
                what,
                surroundings().wall(),
                surroundings().clock(),
                terminal().hasColours());
        try (table) {
            table.open();
            return show(session, table);
        } finally {
            table.said().forEach(terminal()::say);
        }
    }

    private ExitCode show(FleetSession session, EventScreen screen) throws FleetException, InterruptedException {
        List<Target> targets = targets(targetTexts);
        var snapshot = new Snapshot(session, targets);
        Completeness came = snapshot.read(false);
        MissingText.of(came).forEach(screen::say);
        List<DeviceView> devices = snapshot.view().devices(targets);
        if (devices.isEmpty() && !isFollowing()) {
            terminal().say("no device matches");
            return MissingText.code(came, ExitCode.NOTHING_MATCHED);
        }
        var query = new EventQuery(lines, since, until(), match);
        var follower = new EventFollower(
                session,
                new Requests(session),
                query,
                event -> isMeant(snapshot.view(), targets, event),
                snapshot.view()::isOnline,
                screen);
        if (isFollowing()) follower.follow();
        boolean isComplete =
                follower.history(devices.stream().map(DeviceView::id).toList());
        devices.stream()
                .filter(device -> !device.isOnline())
                .forEach(device -> screen.say(device.id() + " is offline"));
        screen.isUpToDate();
        if (isFollowing()) follower.await();
        boolean isAll = isComplete && (isFollowing() || devices.stream().allMatch(DeviceView::isOnline));
        return MissingText.code(came, isAll ? ExitCode.OK : ExitCode.BUSY);
    }

    private static boolean isMeant(FleetView view, List<Target> targets, FleetEvent event) {
        Optional<DeviceView> device = view.device(event.device());
        return targets.stream()
                .filter(target -> device.map(target::matches).orElse(false))
                .anyMatch(target -> event.service()
                        .map(target::includes)
                        .orElse(target.service().isEmpty()));
    }

    /** Where events are shown. */
    interface EventScreen extends EventFollower.Audience {
        /** Something to know. */
        void say(String line);

        @Override
        default void leftOut(long events) {
            say(String.format(
                    Locale.ROOT,
                    "%,d older events are left out: there are too many. Name fewer devices, or a shorter time",
                    events));
        }

        /** What was is shown; from now on there is what happens. */
        void isUpToDate();
    }

    private final class Lines implements EventScreen {
        private final FleetSession session;

        Lines(FleetSession session) {
            this.session = session;
        }

        @Override
        public void event(FleetEvent event) {
            if (isJson) terminal().json(json(event));
            else terminal().out().println(text(event));
            endUnlessRead(session);
        }

        private String text(FleetEvent event) {
            String at = event.at()
                    .map(time -> time.truncatedTo(ChronoUnit.SECONDS).toString())
                    .orElse(NO_TIME);
            String words = Printable.line(EventWords.of(event));
            return at + "  " + Printable.line(event.name()) + "  "
                    + (terminal().hasColours() ? EventWords.style(event).paint(words) : words);
        }

        private JsonObject json(FleetEvent event) {
            var line = new JsonObject();
            line.addProperty("device", event.device());
            event.service().ifPresent(service -> line.addProperty("service", service));
            line.add("event", event.document().json());
            return line;
        }

        @Override
        public void failed(String device, String why) {
            say(device + ": " + why);
        }

        @Override
        public void say(String line) {
            terminal().say(line);
        }

        @Override
        public void isUpToDate() {}
    }
}
