package io.efka.fleet.cli;

import com.google.gson.JsonObject;
import io.efka.fleet.desired.DesiredDocuments;
import io.efka.fleet.desired.DocumentCheck;
import io.efka.fleet.desired.DocumentId;
import io.efka.fleet.desired.DocumentReports;
import io.efka.fleet.desired.NextDocument;
import io.efka.fleet.desired.PlanAnswer;
import io.efka.fleet.desired.RetainedComparison;
import io.efka.fleet.desired.WantedServices;
import io.efka.fleet.desired.WantedServices.Source;
import io.efka.fleet.desired.WantedServices.Wanted;
import io.efka.fleet.request.Address;
import io.efka.fleet.request.Reply;
import io.efka.fleet.request.Requests;
import io.efka.fleet.request.Requests.Request;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.view.Completeness;
import io.efka.fleet.view.DeviceView;
import io.efka.fleet.view.Document;
import io.efka.fleet.view.Snapshot;
import io.efka.fleet.view.Target;
import io.efka.threads.ExitCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code efka diff}: what documents would change, device by device. */
@Command(name = "diff")
final class DiffCommand extends FleetCommand {
    @Parameters(
            arity = "0..*",
            paramLabel = "TARGET",
            description = "DEVICE, DEVICE/SERVICE, @GROUP or @GROUP/SERVICE; * and ? match. Default: all")
    private List<String> targetTexts = List.of();

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE|FOLDER",
            description = "A document that is not at the broker yet; - reads it from stdin. Or the folder of a small"
                    + " service. Default: the documents at the broker")
    private Optional<String> file = Optional.empty();

    @Option(names = "--timeout", paramLabel = "TIME", description = "Until devices must have answered. Default: 30s")
    private String timeout = "30s";

    private Optional<JsonObject> written = Optional.empty();

    DiffCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    void help(Help help) {
        help.shows(
                        "Shows what documents would change, device by device.",
                        "efka diff",
                        "efka diff @berlin -f base.json",
                        "efka diff gate7/camera",
                        "efka diff --json | jq -r 'select(.changes != []) .device'")
                .notes(
                        "Devices that are online say themselves what they would do. Those that are offline, and those that",
                        "do not answer, are compared by what is retained of them, which is less; each line says which.",
                        "+ comes, - goes, ~ changes, ! is refused, ? cannot be told.",
                        "",
                        "Exit code 0: nothing would change; 1: something would; 3: nothing matches, or there is no",
                        "document; 64: the file is wrong; 66: it cannot be read; 69: no broker; 75: some devices or services",
                        "did not come; 77: the broker refuses it.");
    }

    @Override
    void check() throws FleetException {
        targets(targetTexts);
        duration("--timeout", timeout);
        if (file.isEmpty()) return;
        try {
            JsonObject read = DocumentCheck.read(
                    InputFile.document(file.get(), surroundings().stdin(), DocumentCheck.MAX_BYTES));
            written = Optional.of(NextDocument.of(read, Optional.empty(), 0, OptionalLong.empty())
                    .json());
        } catch (IllegalArgumentException e) {
            throw new FleetException(ExitCode.USAGE, file.get() + ": " + e.getMessage());
        }
    }

    /** One device, and what its services should be. */
    private record Row(DeviceView device, List<Source> sources, Map<String, Wanted> wanted) {}

    @Override
    ExitCode run(FleetSession session) throws FleetException, InterruptedException {
        List<Target> targets = targets(targetTexts);
        var snapshot = new Snapshot(session, targets);
        Completeness came = snapshot.read(true);
        MissingText.of(came).forEach(terminal()::say);
        List<DeviceView> devices = snapshot.view().devices(targets);
        if (devices.isEmpty()) {
            terminal().say("no device matches");
            return MissingText.code(came, ExitCode.NOTHING_MATCHED);
        }
        List<Row> rows = rows(session, devices, targets);
        if (rows.stream().allMatch(row -> row.sources().isEmpty())) {
            terminal()
                    .say("no document is for "
                            + (devices.size() == 1 ? devices.get(0).id() : "these devices"));
            return MissingText.code(came, ExitCode.NOTHING_MATCHED);
        }
        Answers answers = ask(session, rows);
        if (session.isInterrupted()) return ExitCode.INTERRUPTED;
        var printer = new DiffPrinter(terminal(), isJson);
        for (Row row : rows) print(printer, row, answers);
        return MissingText.code(came, printer.end());
    }

    private List<Row> rows(FleetSession session, List<DeviceView> devices, List<Target> targets)
            throws FleetException, InterruptedException {
        Map<String, List<Source>> sources =
                written.isPresent() ? fromFile(devices, written.get()) : fromBroker(session, devices);
        var rows = new ArrayList<Row>();
        for (DeviceView device : devices) {
            List<Source> own = sources.getOrDefault(device.id(), List.of());
            SortedMap<String, Wanted> wanted = WantedServices.of(device.id(), own);
            wanted.keySet().removeIf(service -> !Target.anyMatches(targets, device, service));
            rows.add(new Row(device, own, wanted));
        }
        return rows;
    }

    private Map<String, List<Source>> fromFile(List<DeviceView> devices, JsonObject json) {
        var source = new Source(file.orElseThrow(), Optional.empty(), json, Optional.empty());
        var all = new HashMap<String, List<Source>>();
        devices.forEach(device -> all.put(device.id(), List.of(source)));
        return all;
    }

    private Map<String, List<Source>> fromBroker(FleetSession session, List<DeviceView> devices)
            throws FleetException, InterruptedException {
        var reports = new DocumentReports(session);
        var all = new HashMap<String, List<Source>>();
        for (Map.Entry<DocumentId, byte[]> one :
                new DesiredDocuments(session).all().entrySet()) {
            DocumentId id = one.getKey();
            Optional<Document> document = Document.parse(one.getValue());
            List<DeviceView> its = devices.stream().filter(id.target()::matches).toList();
            if (document.isEmpty()) {
                if (!its.isEmpty()) terminal().say(id + " is no JSON object, and is left out: devices refuse it");
                continue;
            }
            reports.read(id, its.stream().map(DeviceView::id).toList());
            for (DeviceView device : its) {
                var source = new Source(
                        id.toString(), Optional.of(id), document.get().json(), reports.of(device.id(), id));
                all.computeIfAbsent(device.id(), name -> new ArrayList<>()).add(source);
            }
        }
        return all;
    }

    /**
     * What devices said.
     *
     * @param plans by device
     * @param configs by device, then by service
     */
    private record Answers(Map<String, Document> plans, Map<String, Map<String, JsonObject>> configs) {}

    private Answers ask(FleetSession session, List<Row> rows) throws FleetException, InterruptedException {
        var requests = new ArrayList<Request>();
        for (Row row : rows) {
            if (!row.device().isOnline()) continue;
            String device = row.device().id();
            PlanAnswer.question(row.wanted())
                    .ifPresent(arguments ->
                            requests.add(new Request(new Address(device, Optional.empty()), "apply", arguments)));
            for (String service : PlanAnswer.configured(row.device(), row.wanted())) {
                requests.add(new Request(new Address(device, Optional.of(service)), "config", new JsonObject()));
            }
        }
        var answers = new Answers(new TreeMap<>(), new TreeMap<>());
        if (requests.isEmpty()) return answers;
        List<Address> silent =
                new Requests(session).send(requests, duration("--timeout", timeout), reply -> take(reply, answers));
        silent.forEach(address -> answers.plans().remove(address.device()));
        return answers;
    }

    private static void take(Reply reply, Answers answers) {
        String device = reply.from().device();
        Optional<String> service = reply.from().service();
        if (service.isEmpty()) answers.plans().put(device, reply.document());
        else {
            answers.configs()
                    .computeIfAbsent(device, name -> new LinkedHashMap<>())
                    .put(service.get(), reply.document().object("config").json());
        }
    }

    private static void print(DiffPrinter printer, Row row, Answers answers) {
        String id = row.device().id();
        Optional<Document> reply = Optional.ofNullable(answers.plans().get(id));
        boolean isAsked = PlanAnswer.question(row.wanted()).isPresent();
        List<String> notes = row.sources().stream()
                .filter(source -> source.id().isPresent())
                .flatMap(source -> PlanAnswer.note(source).stream().map(note -> source.name() + ": " + note))
                .toList();
        if (row.device().isOnline() && (reply.isPresent() || !isAsked)) {
            var changes = PlanAnswer.changes(
                    row.device(), row.wanted(), reply, answers.configs().getOrDefault(id, Map.of()));
            printer.print(id, DiffPrinter.Basis.ASKED, changes, notes);
        } else {
            var basis = row.device().isOnline() ? DiffPrinter.Basis.SILENT : DiffPrinter.Basis.OFFLINE;
            printer.print(id, basis, RetainedComparison.of(row.device(), row.wanted()), notes);
        }
    }
}
