package io.efka.fleet.cli;

import io.efka.fleet.desired.DesiredDocuments;
import io.efka.fleet.desired.DocumentId;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.view.Document;
import io.efka.threads.ExitCode;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code efka desired rm}. */
@Command(name = "rm")
final class DesiredRemoveCommand extends DesiredCommand {
    @Option(
            names = {"-y", "--yes"},
            description = "Does not ask")
    private boolean isSure;

    DesiredRemoveCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    void help(Help help) {
        help.shows(
                        "Removes a document from the broker. Devices keep what runs: silence is not a deletion.",
                        "efka desired rm gate7/test",
                        "efka desired rm @all/base --yes")
                .notes(
                        "To remove the services as well, put this first, and wait until the devices are done:",
                        "  echo '{\"removed\":true}' | efka desired put @all/base -f - --wait",
                        "",
                        "Exit code 0: removed; 3: there is none; 64: not wanted; 69: no broker;",
                        "75: a rollout has it; 77: the broker refuses it.");
    }

    @Override
    ExitCode run(FleetSession session) throws FleetException, InterruptedException {
        DocumentId id = id();
        var documents = new DesiredDocuments(session);
        byte[] present = documents.follow(id).orElseThrow(this::none);
        requireFree(present);
        if (!isSure && !isConfirmed(session, "remove " + id + " from the broker; devices keep what runs")) {
            return session.isInterrupted() ? ExitCode.INTERRUPTED : ExitCode.USAGE;
        }
        documents.replace(id, Optional.of(present), new byte[0]);
        Document removed = Document.parse(present).orElse(Document.EMPTY);
        terminal().say(id + " is no longer at the broker" + revision(removed));
        terminal().say(meaning(id, removed));
        return ExitCode.OK;
    }

    private static String revision(Document removed) {
        return removed.number("revision").isPresent()
                ? "; it was revision " + removed.number("revision").getAsLong()
                : "";
    }

    private static String meaning(DocumentId id, Document removed) {
        if (removed.flag("removed")) return "its services were removed by it, and the reports of it go as well";
        if (id.group().isEmpty()) {
            return "nothing was removed from " + id.device() + ": it keeps what runs, and its report";
        }
        return "nothing was removed from devices: they keep what runs, and their reports; no further device gets it";
    }
}
