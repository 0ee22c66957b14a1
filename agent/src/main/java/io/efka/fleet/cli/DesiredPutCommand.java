package io.efka.fleet.cli;

import com.google.gson.JsonObject;
import io.efka.fleet.desired.Convergence;
import io.efka.fleet.desired.DesiredDocuments;
import io.efka.fleet.desired.DocumentCheck;
import io.efka.fleet.desired.DocumentDiff;
import io.efka.fleet.desired.DocumentId;
import io.efka.fleet.desired.NextDocument;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.terminal.Plural;
import io.efka.fleet.terminal.Style;
import io.efka.fleet.view.Completeness;
import io.efka.fleet.view.Document;
import io.efka.threads.ExitCode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code efka desired put}. */
@Command(name = "put")
final class DesiredPutCommand extends DesiredCommand {
    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE|FOLDER",
            description = "The document, one JSON object; - reads it from stdin. Or the folder of a small service")
    private String file = "";

    @Option(names = "--revision", paramLabel = "N", description = "Its revision. Default: the next one")
    private Optional<Long> revision = Optional.empty();

    @Option(names = "--plan", description = "Only shows what differs from the document at the broker")
    private boolean isPlan;

    @Option(names = "--wait", description = "Waits until the devices that are online are done")
    private boolean isWaiting;

    @Option(names = "--timeout", paramLabel = "TIME", description = "With --wait: for at most this time. Default: 5m")
    private String timeout = "5m";

    @Option(
            names = {"-y", "--yes"},
            description = "Does not ask before services are removed")
    private boolean isSure;

    private JsonObject written = new JsonObject();

    DesiredPutCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    void help(Help help) {
        help.shows(
                        "Writes a document: what a device, or all devices of a group, should be.",
                        "efka desired put @all/base -f base.json --plan",
                        "efka desired put @all/base -f base.json --wait --timeout 10m",
                        "efka desired get @all/base | jq '.services.camera.config.fps=25' | efka desired put @all/base -f -",
                        "echo '{\"services\":{\"camera\":{\"release\":\"1.4.2\"}}}' | efka desired put gate7/test -f -")
                .notes(
                        "The file is checked first, as devices do it. It gets the next revision if it has none, or that",
                        "of the document it takes the place of. If that one has been changed since, nothing is published.",
                        "",
                        "Exit code 0: published, and with --wait all are done; 1: a device could not do it; 64: the file",
                        "or its revision is wrong; 66: it cannot be read; 69: no broker; 75: a rollout has the document,",
                        "or not all are done in time, or some are offline; 77: the broker refuses it.",
                        "With --plan 0: nothing differs; 1: something does.");
    }

    @Override
    void check() throws FleetException {
        super.check();
        duration("--timeout", timeout);
        byte[] bytes = InputFile.document(file, surroundings().stdin(), DocumentCheck.MAX_BYTES);
        try {
            written = DocumentCheck.read(bytes);
            // The revision is told when that of the broker is known.
            NextDocument.of(written, Optional.empty(), 0, OptionalLong.empty());
        } catch (IllegalArgumentException e) {
            throw wrongFile(e);
        }
    }

    private FleetException wrongFile(IllegalArgumentException e) {
        return new FleetException(ExitCode.USAGE, file + ": " + e.getMessage());
    }

    @Override
    ExitCode run(FleetSession session) throws FleetException, InterruptedException {
        DocumentId id = id();
        var documents = new DesiredDocuments(session);
        Optional<byte[]> present = documents.follow(id);
        var convergence = new Convergence(session, id);
        Completeness came = convergence.open();
        MissingText.of(came).forEach(terminal()::say);
        Optional<JsonObject> before = present.flatMap(Document::parse).map(Document::json);
        NextDocument next = next(before, convergence.newestRevision());
        if (isPlan) return showPlan(before.orElseGet(JsonObject::new), next);
        if (next.isUnchanged()) {
            terminal().say(id + " is unchanged, revision " + next.revision());
            return isWaiting ? MissingText.code(came, await(session, convergence, next)) : ExitCode.OK;
        }
        if (present.isPresent()) {
            requireFree(present.get())
                    .ifPresent(claim -> terminal()
                            .say("the plan goes of what is over: " + claim.sentence()
                                    + ". It cannot be undone any more"));
        }
        if (!isWanted(session, next)) return session.isInterrupted() ? ExitCode.INTERRUPTED : ExitCode.USAGE;
        convergence.begin();
        documents.replace(id, present, next.payload());
        terminal().say(id + " is revision " + next.revision() + " now" + size(convergence));
        return isWaiting ? MissingText.code(came, await(session, convergence, next)) : ExitCode.OK;
    }

    private NextDocument next(Optional<JsonObject> before, long reported) throws FleetException {
        OptionalLong asked = revision.isPresent() ? OptionalLong.of(revision.get()) : OptionalLong.empty();
        try {
            return NextDocument.of(written, before, reported, asked);
        } catch (IllegalArgumentException e) {
            throw wrongFile(e);
        }
    }

    private boolean isWanted(FleetSession session, NextDocument next) throws FleetException, InterruptedException {
        boolean isRemoval = new Document(next.json()).flag("removed");
        return !isRemoval || isSure || isConfirmed(session, "remove all services that " + id() + " has brought");
    }

    private String size(Convergence convergence) {
        int devices = convergence.devices();
        return ", for " + devices + Plural.of(" device", devices);
    }

    private ExitCode showPlan(JsonObject before, NextDocument next) {
        if (next.isUnchanged()) {
            terminal().say("nothing differs from revision " + next.revision());
            return ExitCode.OK;
        }
        JsonObject after = next.json().deepCopy();
        if (!before.has("v")) after.remove("v"); // every document has it
        List<DocumentDiff.Line> lines = DocumentDiff.of(before, after);
        for (DocumentDiff.Line line : lines) {
            if (isJson) {
                var json = new JsonObject();
                json.addProperty("sign", String.valueOf(line.sign()));
                json.addProperty("path", line.path());
                json.addProperty("text", line.text());
                terminal().json(json);
            } else {
                print(line.toString(), DiffLines.style(line.sign()));
            }
        }
        return ExitCode.FAILED;
    }

    private ExitCode await(FleetSession session, Convergence convergence, NextDocument next)
            throws FleetException, InterruptedException {
        Duration limit = duration("--timeout", timeout);
        var printer = new ConvergencePrinter(terminal(), isJson, id(), next.revision());
        boolean isOver = convergence.await(next.revision(), limit, printer);
        return printer.end(convergence, isOver, limit, session.isInterrupted());
    }

    private void print(String line, Style style) {
        DiffLines.print(terminal(), line, style);
    }
}
