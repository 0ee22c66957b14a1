package io.efka.fleet.cli;

import com.google.gson.GsonBuilder;
import io.efka.fleet.desired.DesiredDocuments;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.terminal.Printable;
import io.efka.fleet.view.Document;
import io.efka.threads.ExitCode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import picocli.CommandLine.Command;

/** {@code efka desired get}. */
@Command(name = "get")
final class DesiredGetCommand extends DesiredCommand {
    DesiredGetCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    void help(Help help) {
        help.shows(
                        "Prints a document.",
                        "efka desired get @all/base",
                        "efka desired get gate7/test > test.json",
                        "efka desired get @all/base --json | jq .services")
                .notes(
                        "On a terminal it is indented; otherwise, and with --json, it is as it is at the broker.",
                        "",
                        "Exit code 0: printed; 3: there is none; 69: no broker; 77: the broker refuses it.");
    }

    @Override
    ExitCode run(FleetSession session) throws FleetException, InterruptedException {
        byte[] payload = new DesiredDocuments(session).follow(id()).orElseThrow(this::none);
        String text = new String(payload, StandardCharsets.UTF_8);
        Optional<Document> document = Document.parse(payload);
        if (document.isEmpty()) terminal().say(id() + " is not a JSON object; devices refuse it");
        if (isJson || !terminal().isOutTerminal()) {
            terminal().out().println(text);
            return ExitCode.OK;
        }
        String pretty = document.map(DesiredGetCommand::indented).orElse(text);
        pretty.lines().map(Printable::line).forEach(terminal().out()::println);
        return ExitCode.OK;
    }

    private static String indented(Document document) {
        return new GsonBuilder()
                .setPrettyPrinting()
                .serializeNulls()
                .disableHtmlEscaping()
                .create()
                .toJson(document.json());
    }
}
