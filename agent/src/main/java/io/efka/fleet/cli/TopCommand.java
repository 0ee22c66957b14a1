package io.efka.fleet.cli;

import com.google.gson.JsonObject;
import io.efka.fleet.live.Cell;
import io.efka.fleet.live.Column;
import io.efka.fleet.live.LiveDisplay;
import io.efka.fleet.live.LiveView;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.terminal.Table;
import io.efka.fleet.view.Completeness;
import io.efka.fleet.view.DeviceView;
import io.efka.fleet.view.Document;
import io.efka.fleet.view.ServiceView;
import io.efka.fleet.view.Snapshot;
import io.efka.fleet.view.Target;
import io.efka.threads.ExitCode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code efka top}: what the services of a fleet do and use, as it changes. */
@Command(name = "top")
final class TopCommand extends FleetCommand {
    private static final Duration LEAST_INTERVAL = Duration.ofMillis(100);
    private static final int MAX_TABLES = 1_000_000;

    @Parameters(paramLabel = "TARGET", description = "DEVICE, DEVICE/SERVICE, @GROUP or @GROUP/SERVICE; * and ? match")
    private List<String> targetTexts = List.of();

    @Option(names = "--devices", description = "Begins with the devices, their load and memory")
    private boolean areDevices;

    @Option(names = "--sort", paramLabel = "COLUMN", description = "By this column, such as memory. Default: cpu%%")
    private Optional<String> sort = Optional.empty();

    @Option(names = "--plain", description = "Prints a table, also on a terminal")
    private boolean isPlain;

    @Option(
            names = "-n",
            paramLabel = "N",
            description = "Prints so many tables. Default: 1 where there is no terminal")
    private Optional<Integer> count = Optional.empty();

    @Option(names = "--interval", paramLabel = "TIME", description = "Between two of these tables. Default: 30s")
    private Optional<String> interval = Optional.empty();

    private Optional<LiveView> view = Optional.empty();

    TopCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    void help(Help help) {
        help.shows(
                        "Shows what services do and use, as it changes.",
                        "efka top",
                        "efka top @berlin --sort memory",
                        "efka top 'gate*/camera' -n 2 --interval 30s",
                        "efka top --json | jq -r 'select(.status.crash_loop) | .device'")
                .notes(
                        "On a terminal a table that changes; h shows its keys, q quits. Elsewhere it is printed once.",
                        "CPU and memory come with the metrics that devices publish, every 30 s if not told otherwise: a",
                        "first table has none. A CPU%% of 100 is one core of a service, and all cores of a device.",
                        "",
                        "Exit code 0: shown, or quit; 3: nothing matches; 69: no broker; 75: some did not come;",
                        "77: the broker refuses it; 130: Ctrl-C.");
    }

    @Override
    void check() {
        targets(targetTexts);
        sortColumn();
        int tables = count.orElse(1);
        if (tables < 1 || tables > MAX_TABLES) throw wrong("-n", "must be 1 to " + MAX_TABLES, "" + tables);
        if (interval.isPresent() && count.isEmpty()) throw wrong("--interval", "needs -n", interval.get());
        if (interval().compareTo(LEAST_INTERVAL) < 0) {
            throw wrong("--interval", "must be 100ms or more", interval.orElse(""));
        }
    }

    private Duration interval() {
        return interval.map(text -> duration("--interval", text)).orElse(Duration.ofSeconds(30));
    }

    private List<Column> columns() {
        return areDevices ? TopRows.DEVICES : TopRows.SERVICES;
    }

    private int sortColumn() {
        List<String> titles = columns().stream().map(Column::title).toList();
        String wanted = sort.orElse("CPU%");
        for (int i = 0; i < titles.size(); i++) {
            String title = titles.get(i);
            if (title.equalsIgnoreCase(wanted) || title.replace("%", "").equalsIgnoreCase(wanted)) return i;
        }
        throw wrong("--sort", "must be one of " + String.join(", ", titles).toLowerCase(java.util.Locale.ROOT), wanted);
    }

    private boolean isLive() {
        return terminal().canShowLive() && !isPlain && !isJson && count.isEmpty();
    }

    @Override
    boolean isLasting() {
        return isLive() || count.orElse(1) > 1;
    }

    @Override
    ExitCode interrupted() {
        return view.filter(LiveView::isQuit).isPresent() ? ExitCode.OK : ExitCode.INTERRUPTED;
    }

    @Override
    ExitCode run(FleetSession session) throws FleetException, InterruptedException {
        List<Target> targets = targets(targetTexts);
        var snapshot = new Snapshot(session, targets);
        var feed = new TopFeed(session, targets, snapshot);
        return isLive() ? live(session, targets, snapshot, feed) : plain(session, targets, snapshot, feed);
    }

    private ExitCode live(FleetSession session, List<Target> targets, Snapshot snapshot, TopFeed feed)
            throws FleetException, InterruptedException {
        var alert = new ConnectionAlert(session);
        var tables = new TopTables(feed, targets);
        List<LiveView.Tab> tabs = tables.tabs(areDevices);
        tabs.get(0).table().sortBy(sortColumn());
        var shown = new LiveView("top", tabs, surroundings().wall(), terminal().hasColours());
        view = Optional.of(shown);
        Completeness came;
        try (var display = new LiveDisplay(
                shown,
                () -> {
                    boolean hasChanged = tables.refresh(surroundings().wall().instant());
                    Optional<List<Cell>> counts =
                            tables.takeSummary(surroundings().clock().getAsLong());
                    counts.ifPresent(shown::summarize);
                    boolean isAlertNew = shown.alert(alert.text());
                    return isAlertNew || hasChanged || counts.isPresent();
                },
                session::post,
                session::interrupt,
                surroundings().clock())) {
            display.open();
            feed.follow();
            came = snapshot.read(true);
            alert.isUpToDate();
            MissingText.of(came).forEach(shown::say);
            while (!session.isInterrupted()) session.await(() -> false, Duration.ofHours(1));
        } catch (IOException e) {
            throw new FleetException(ExitCode.UNAVAILABLE, "the terminal cannot be used: " + e.getMessage());
        }
        MissingText.of(came).forEach(terminal()::say);
        return ExitCode.OK;
    }

    private ExitCode plain(FleetSession session, List<Target> targets, Snapshot snapshot, TopFeed feed)
            throws FleetException, InterruptedException {
        feed.follow();
        Completeness came = snapshot.read(true);
        boolean isEmpty = print(targets, feed);
        for (int i = 1; i < count.orElse(1); i++) {
            if (terminal().out().checkError()) break; // nobody reads any more: efka top -n 1000 | head
            session.await(() -> false, interval());
            if (session.isInterrupted()) break;
            if (!isJson) terminal().out().println();
            isEmpty = print(targets, feed);
        }
        MissingText.of(came).forEach(terminal()::say);
        if (isEmpty) terminal().say(came.devices() == 0 ? "no device matches" : "nothing matches");
        if (!came.isComplete()) return ExitCode.BUSY;
        return isEmpty ? ExitCode.NOTHING_MATCHED : ExitCode.OK;
    }

    /** Returns whether there was nothing to print. */
    private boolean print(List<Target> targets, TopFeed feed) {
        if (isJson) return printJson(targets, feed);
        Instant now = surroundings().wall().instant();
        var tables = new TopTables(feed, targets);
        List<List<Cell>> rows = tables.all(areDevices, sortColumn(), now);
        if (rows.isEmpty()) return true;
        var table = new Table(columns().stream().map(Column::title).toArray(String[]::new));
        for (List<Cell> row : rows) {
            table.add(row.stream()
                    .map(cell -> new Table.Cell(cell.shown(now), cell.style()))
                    .toArray(Table.Cell[]::new));
        }
        table.print(terminal().out(), terminal().hasColours());
        return false;
    }

    private boolean printJson(List<Target> targets, TopFeed feed) {
        boolean isEmpty = true;
        for (DeviceView device : feed.view().devices(targets)) {
            if (areDevices) {
                printJson(
                        Documents.line(device, Optional.empty(), device.status().orElse(Document.EMPTY)),
                        feed.metrics(device.id()));
                isEmpty = false;
                continue;
            }
            for (ServiceView service : device.services().values()) {
                if (!Target.anyMatches(targets, device, service.id())) continue;
                printJson(
                        Documents.line(device, Optional.of(service.id()), service.status()),
                        feed.metrics(service.name()));
                isEmpty = false;
            }
        }
        return isEmpty;
    }

    private void printJson(JsonObject line, Document metrics) {
        if (metrics != Document.EMPTY) line.add("metrics", metrics.json());
        terminal().json(line);
    }
}
