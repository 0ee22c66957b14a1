package io.efka.fleet.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.efka.fleet.desired.DesiredDocuments;
import io.efka.fleet.desired.DocumentId;
import io.efka.fleet.desired.DocumentReports;
import io.efka.fleet.rollout.RolloutClaim;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.terminal.Style;
import io.efka.fleet.terminal.Table;
import io.efka.fleet.terminal.Table.Cell;
import io.efka.fleet.view.Completeness;
import io.efka.fleet.view.DeviceView;
import io.efka.fleet.view.Document;
import io.efka.fleet.view.Snapshot;
import io.efka.fleet.view.Target;
import io.efka.threads.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code efka desired ls}. */
@Command(name = "ls")
final class DesiredListCommand extends FleetCommand {
    @Parameters(arity = "0..*", paramLabel = "TARGET", description = "DEVICE or @GROUP; * and ? match. Default: all")
    private List<String> targetTexts = List.of();

    DesiredListCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    void help(Help help) {
        help.shows(
                        "Lists documents, and what became of them on the devices.",
                        "efka desired ls",
                        "efka desired ls @berlin",
                        "efka desired ls 'gate*' --json | jq -r .name")
                .notes(
                        "Exit code 0: listed; 3: there is none; 69: no broker; 75: some devices did not come, and are not",
                        "counted; 77: the broker refuses it.");
    }

    @Override
    void check() {
        for (Target target : targets(targetTexts)) {
            if (target.service().isPresent()) throw wrong("TARGET", "must be DEVICE or @GROUP", target.toString());
        }
    }

    /**
     * One document.
     *
     * @param reported how many devices report which state; {@code silent} for those that report another revision, or none
     */
    private record Row(
            DocumentId id, Document document, Optional<RolloutClaim> rollout, SortedMap<String, Integer> reported) {}

    @Override
    ExitCode run(FleetSession session) throws FleetException, InterruptedException {
        List<Target> wanted = targets(targetTexts);
        SortedMap<DocumentId, byte[]> documents = new DesiredDocuments(session).all();
        documents.keySet().removeIf(id -> wanted.stream().noneMatch(id::isOf));
        if (documents.isEmpty()) {
            terminal().say("there is no document");
            return ExitCode.NOTHING_MATCHED;
        }
        var snapshot = new Snapshot(session, List.of(Target.ALL));
        Completeness came = snapshot.read(false);
        MissingText.of(came).forEach(terminal()::say);
        var reports = new DocumentReports(session);
        var rows = new ArrayList<Row>();
        for (Map.Entry<DocumentId, byte[]> one : documents.entrySet()) {
            rows.add(row(one.getKey(), one.getValue(), snapshot, reports));
        }
        if (isJson) rows.forEach(row -> terminal().json(json(row)));
        else table(rows).print(terminal().out(), terminal().hasColours());
        return MissingText.code(came, ExitCode.OK);
    }

    private static Row row(DocumentId id, byte[] payload, Snapshot snapshot, DocumentReports reports)
            throws FleetException, InterruptedException {
        Document document = Document.parse(payload).orElse(Document.EMPTY);
        List<String> devices = snapshot.view().devices(List.of(id.target())).stream()
                .map(DeviceView::id)
                .toList();
        reports.read(id, devices);
        var counts = new TreeMap<String, Integer>();
        for (String device : devices) {
            String state = reports.of(device, id)
                    .filter(report -> report.number("revision").equals(document.number("revision"))
                            || report.text("state").filter("refused"::equals).isPresent())
                    .flatMap(report -> report.text("state"))
                    .orElse("silent");
            counts.merge(state, 1, Integer::sum);
        }
        return new Row(id, document, RolloutClaim.of(payload), counts);
    }

    private static Table table(List<Row> rows) {
        var table = new Table("NAME", "REVISION", "SERVICES", "DEVICES", "ROLLOUT");
        for (Row row : rows) {
            boolean isDone = row.reported().keySet().stream().allMatch("done"::equals);
            boolean isBad = row.reported().keySet().stream()
                    .anyMatch(List.of("rolled_back", "failed", "conflict", "refused", "stale")::contains);
            table.add(
                    new Cell(row.id().toString(), Style.BOLD),
                    Cell.of(revision(row)),
                    Cell.of(services(row.document())),
                    new Cell(devices(row), isBad ? Style.BAD : isDone ? Style.GOOD : Style.WARN),
                    Cell.of(row.rollout()
                            .map(claim -> claim.isOver() ? "over" : "under way")
                            .orElse("")));
        }
        return table;
    }

    private static String revision(Row row) {
        return row.document().number("revision").isPresent()
                ? Long.toString(row.document().number("revision").getAsLong())
                : "unreadable";
    }

    private static String services(Document document) {
        if (document.flag("removed")) return "(removed)";
        return String.join(",", document.object("services").json().keySet());
    }

    private static String devices(Row row) {
        if (row.reported().isEmpty()) return "none";
        return row.reported().entrySet().stream()
                .map(one -> one.getValue() + " " + (one.getKey().equals("silent") ? "not yet" : one.getKey()))
                .collect(Collectors.joining(", "));
    }

    private static JsonObject json(Row row) {
        var json = new JsonObject();
        json.addProperty("name", row.id().toString());
        row.document().number("revision").ifPresent(number -> json.addProperty("revision", number));
        var services = new JsonArray();
        row.document().object("services").json().keySet().forEach(services::add);
        json.add("services", services);
        json.addProperty("removed", row.document().flag("removed"));
        json.addProperty(
                "rollout", row.rollout().filter(claim -> !claim.isOver()).isPresent());
        var reported = new JsonObject();
        row.reported().forEach(reported::addProperty);
        json.add("reported", reported);
        return json;
    }
}
