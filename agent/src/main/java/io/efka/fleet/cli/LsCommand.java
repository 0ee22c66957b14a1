package io.efka.fleet.cli;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.efka.fleet.cli.ListChanges.Change;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.terminal.Plural;
import io.efka.fleet.terminal.Style;
import io.efka.fleet.terminal.Table;
import io.efka.fleet.terminal.Table.Cell;
import io.efka.fleet.view.Completeness;
import io.efka.fleet.view.DeviceView;
import io.efka.fleet.view.ServiceView;
import io.efka.fleet.view.Snapshot;
import io.efka.fleet.view.Target;
import io.efka.threads.ExitCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code efka ls}: the devices and their services. */
@Command(name = "ls")
final class LsCommand extends FleetCommand {
    @Parameters(paramLabel = "TARGET", description = "DEVICE, DEVICE/SERVICE, @GROUP or @GROUP/SERVICE; * and ? match")
    private List<String> targetTexts = List.of();

    @Option(names = "-o", paramLabel = "FORMAT", description = "wide: more columns; json: as --json")
    private String format = "";

    @Option(names = "--offline", description = "Only devices that are offline, and their services")
    private boolean isOffline;

    @Option(names = "--state", paramLabel = "STATE", description = "Only services in this state, such as backoff")
    private Optional<String> state = Optional.empty();

    @Option(names = "--release", paramLabel = "RELEASE", description = "Only services of this release; * and ? match")
    private Optional<String> release = Optional.empty();

    @Option(
            names = {"-w", "--watch"},
            description = "Goes on, with a line for each change, and for what is removed")
    private boolean isWatching;

    private Table table = ListRow.table(false);

    LsCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    void help(Help help) {
        help.shows(
                        "Lists devices and their services.",
                        "efka ls",
                        "efka ls @berlin",
                        "efka ls 'cam-*/stream' -o wide",
                        "efka ls --state backoff --json | jq -r .service",
                        "efka ls @berlin -w")
                .notes(
                        "A state in brackets is the last that an offline device reported.",
                        "With -w, the state \"- gone\" is of what was removed (--json: \"gone\":true), and one such as \"- running\"",
                        "of what is there, but no longer what was asked for (--json: \"left\":true).",
                        "",
                        "Exit code 0: all came; 3: nothing matches; 69: no broker; 75: some did not come;",
                        "77: the broker refuses it.");
    }

    @Override
    void check() {
        targets(targetTexts);
        switch (format) {
            case "", "wide" -> {}
            case "json" -> isJson = true;
            default -> throw wrong("-o", "must be wide or json", format);
        }
        table = ListRow.table(isWide());
    }

    @Override
    boolean isLasting() {
        return isWatching;
    }

    @Override
    ExitCode interrupted() {
        return isWatching ? ExitCode.OK : ExitCode.INTERRUPTED;
    }

    @Override
    ExitCode run(FleetSession session) throws FleetException, InterruptedException {
        List<Target> targets = targets(targetTexts);
        var snapshot = new Snapshot(session, targets);
        Completeness came = snapshot.read(true);
        List<ListRow> rows = rows(snapshot, targets);
        print(rows);
        summary(came, rows);
        if (isWatching) watch(session, snapshot, targets);
        if (!came.isComplete()) return ExitCode.BUSY;
        return rows.isEmpty() ? ExitCode.NOTHING_MATCHED : ExitCode.OK;
    }

    private List<ListRow> rows(Snapshot snapshot, List<Target> targets) {
        var rows = new ArrayList<ListRow>();
        for (DeviceView device : snapshot.view().devices(targets)) {
            if (isOffline && device.isOnline()) continue;
            if (isListed(targets, device)) {
                rows.add(ListRow.of(device));
            }
            for (ServiceView service : device.services().values()) {
                if (Target.anyMatches(targets, device, service.id()) && isAskedFor(service)) {
                    rows.add(ListRow.of(service));
                }
            }
        }
        return rows;
    }

    /** The device itself is in the list unless only services are asked for. */
    private boolean isListed(List<Target> targets, DeviceView device) {
        return state.isEmpty()
                && release.isEmpty()
                && targets.stream().anyMatch(target -> target.service().isEmpty() && target.matches(device));
    }

    private boolean isAskedFor(ServiceView service) {
        return state.map(service.state()::equals).orElse(true)
                && release.map(wanted -> ReleaseNames.matches(service, wanted)).orElse(true);
    }

    private void print(List<ListRow> rows) {
        if (isJson) {
            rows.forEach(row -> terminal().json(json(row)));
            return;
        }
        if (rows.isEmpty()) return;
        Instant now = surroundings().wall().instant();
        for (ListRow row : rows) table.add(row.cells(isWide(), now));
        table.print(terminal().out(), terminal().hasColours());
    }

    private boolean isWide() {
        return format.equals("wide");
    }

    private static JsonObject json(ListRow row) {
        return Documents.line(row.device(), row.service().map(ServiceView::id), row.status());
    }

    private void summary(Completeness came, List<ListRow> rows) {
        if (rows.isEmpty()) terminal().say(came.devices() == 0 ? "no device matches" : "nothing matches");
        if (came.isComplete()) {
            if (terminal().isErrTerminal() && !rows.isEmpty()) terminal().say(counts(came));
            return;
        }
        MissingText.of(came).forEach(terminal()::say);
    }

    private static String counts(Completeness came) {
        return String.format(
                Locale.ROOT,
                "%,d %s, %,d %s",
                came.devices(),
                Plural.of("device", came.devices()),
                came.services(),
                Plural.of("service", came.services()));
    }

    /** A line for each row that is new or has changed, and for each that is gone. */
    private void watch(FleetSession session, Snapshot snapshot, List<Target> targets)
            throws FleetException, InterruptedException {
        Function<ListRow, List<String>> look =
                row -> isJson ? List.of(row.status().toString()) : row.look(isWide());
        var known = new ListChanges(rows(snapshot, targets), look);
        while (!session.isInterrupted()) {
            if (!session.await(snapshot.view()::takeChange, Duration.ofHours(1))) continue;
            List<Change> changes = known.update(rows(snapshot, targets), snapshot.view());
            Instant now = surroundings().wall().instant();
            for (Change change : changes) {
                if (isJson) terminal().json(json(change));
                else table.add(cells(change, now));
            }
            if (!changes.isEmpty() && !isJson)
                table.print(terminal().out(), terminal().hasColours());
            endUnlessRead(session);
        }
    }

    private Cell[] cells(Change change, Instant now) {
        return switch (change.kind()) {
            case CHANGED -> change.row().cells(isWide(), now);
            case LEFT -> change.row().cells(isWide(), change.row().left(), "no longer matches");
            case GONE -> change.row().cells(isWide(), new Cell("- gone", Style.BAD), "removed");
        };
    }

    /** As in the list; what is not in it any more has {@code gone} or {@code left}. */
    private static JsonObject json(Change change) {
        JsonObject line = json(change.row());
        switch (change.kind()) {
            case CHANGED -> {}
            case LEFT -> line.addProperty("left", true);
            case GONE -> {
                line.add("status", JsonNull.INSTANCE);
                line.addProperty("gone", true);
            }
        }
        return line;
    }
}
