package io.efka.fleet.cli;

import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.terminal.Age;
import io.efka.fleet.terminal.Style;
import io.efka.fleet.terminal.Table;
import io.efka.fleet.terminal.Table.Cell;
import io.efka.fleet.view.Completeness;
import io.efka.fleet.view.DeviceView;
import io.efka.fleet.view.Document;
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
import java.util.OptionalLong;
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
            description = "Goes on, with a line for each change")
    private boolean isWatching;

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
                        "efka ls --state backoff --json | jq -r .service")
                .notes(
                        "A state in brackets is the last that an offline device reported.",
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
        List<Row> rows = rows(snapshot, targets);
        print(rows);
        summary(came, rows);
        if (isWatching) watch(session, snapshot, targets);
        if (!came.isComplete()) return ExitCode.BUSY;
        return rows.isEmpty() ? ExitCode.NOTHING_MATCHED : ExitCode.OK;
    }

    /** A device, or one of its services. */
    private record Row(DeviceView device, Optional<ServiceView> service, Document status) {
        String name() {
            return service.map(ServiceView::name).orElse(device.id());
        }
    }

    private List<Row> rows(Snapshot snapshot, List<Target> targets) {
        var rows = new ArrayList<Row>();
        for (DeviceView device : snapshot.view().devices(targets)) {
            if (isOffline && device.isOnline()) continue;
            if (isListed(targets, device)) {
                rows.add(new Row(device, Optional.empty(), device.status().orElse(Document.EMPTY)));
            }
            for (ServiceView service : device.services().values()) {
                if (Target.anyMatches(targets, device, service.id()) && isAskedFor(service)) {
                    rows.add(new Row(device, Optional.of(service), service.status()));
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

    private void print(List<Row> rows) {
        if (isJson) {
            rows.forEach(row -> terminal()
                    .out()
                    .println(Documents.line(row.device(), row.service().map(ServiceView::id), row.status())));
            return;
        }
        if (rows.isEmpty()) return;
        boolean isWide = format.equals("wide");
        Table table = isWide
                ? new Table(
                        "NAME",
                        "STATE",
                        "FOR",
                        "RESTARTS",
                        "RELEASE",
                        "READY",
                        "HEALTH",
                        "PID",
                        "VERSION",
                        "HOST",
                        "WHY")
                : new Table("NAME", "STATE", "FOR", "RESTARTS", "RELEASE", "WHY");
        Instant now = surroundings().wall().instant();
        for (Row row : rows) table.add(cells(row, isWide, now));
        table.print(terminal().out(), terminal().hasColours());
    }

    private static Cell[] cells(Row row, boolean isWide, Instant now) {
        Optional<ServiceView> service = row.service();
        var cells = new ArrayList<Cell>();
        cells.add(new Cell(row.name(), service.isEmpty() ? Style.BOLD : Style.PLAIN));
        cells.add(state(row));
        cells.add(Cell.of(Age.of(since(row), now)));
        cells.add(Cell.of(service.isEmpty() ? "" : number(row.status().number("restarts"))));
        cells.add(Cell.of(row.status().text("release").orElse("")));
        if (isWide) {
            cells.add(Cell.of(service.isEmpty() ? "" : row.status().flag("ready") ? "yes" : "no"));
            cells.add(Cell.of(row.status().text("health").orElse("")));
            cells.add(Cell.of(number(row.status().number("pid"))));
            cells.add(Cell.of(row.status().text("version").orElse("")));
            cells.add(Cell.of(row.status().text("host").orElse("")));
        }
        cells.add(Cell.of(service.map(one -> Why.of(one, now)).orElseGet(() -> Why.of(row.device()))));
        return cells.toArray(Cell[]::new);
    }

    private static Cell state(Row row) {
        if (row.service().isEmpty()) {
            String word = row.device().isOnline() ? "online" : "offline";
            return new Cell(word, StateStyle.of(word));
        }
        ServiceView service = row.service().get();
        if (!service.isKnown()) return new Cell("(" + service.state() + ")", Style.DIM);
        return new Cell(service.state(), StateStyle.of(service.state()));
    }

    private static Optional<Instant> since(Row row) {
        if (row.service().isPresent()) return row.status().instant("since");
        return row.device().since();
    }

    private static String number(OptionalLong number) {
        return number.isPresent() ? Long.toString(number.getAsLong()) : "";
    }

    private void summary(Completeness came, List<Row> rows) {
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
                came.devices() == 1 ? "device" : "devices",
                came.services(),
                came.services() == 1 ? "service" : "services");
    }

    /** A line for each row that is new or has changed, and for each that is gone. */
    private void watch(FleetSession session, Snapshot snapshot, List<Target> targets)
            throws FleetException, InterruptedException {
        var known = new java.util.TreeMap<String, String>();
        rows(snapshot, targets)
                .forEach(row -> known.put(row.name(), row.status().toString()));
        while (!session.isInterrupted()) {
            session.await(snapshot.view()::takeChange, Duration.ofHours(1));
            List<Row> rows = rows(snapshot, targets);
            List<Row> changed = rows.stream()
                    .filter(row -> !row.status().toString().equals(known.get(row.name())))
                    .toList();
            changed.forEach(row -> known.put(row.name(), row.status().toString()));
            if (!changed.isEmpty()) print(changed);
        }
    }
}
