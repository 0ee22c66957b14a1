package io.efka.fleet.cli;

import com.google.gson.JsonObject;
import io.efka.fleet.desired.Convergence;
import io.efka.fleet.desired.DocumentId;
import io.efka.fleet.desired.Standing;
import io.efka.fleet.desired.Standing.Phase;
import io.efka.fleet.terminal.NameList;
import io.efka.fleet.terminal.Style;
import io.efka.fleet.terminal.Terminal;
import io.efka.threads.ExitCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Prints a line for each device that is done with a document, or cannot be. */
final class ConvergencePrinter implements BiConsumer<String, Standing> {
    private static final int MAX_NAMED = 20;

    private final Terminal terminal;
    private final boolean isJson;
    private final DocumentId id;
    private final long revision;

    ConvergencePrinter(Terminal terminal, boolean isJson, DocumentId id, long revision) {
        this.terminal = terminal;
        this.isJson = isJson;
        this.id = id;
        this.revision = revision;
    }

    @Override
    public void accept(String device, Standing standing) {
        if (isJson) {
            var json = new JsonObject();
            json.addProperty("device", device);
            json.addProperty("document", id.toString());
            json.addProperty("revision", revision);
            json.addProperty("done", standing.phase() == Phase.DONE);
            json.addProperty("report", standing.words());
            terminal.json(json);
        } else {
            DiffLines.print(terminal, device + "  " + standing.words(), style(standing.phase()));
        }
        terminal.out().flush();
    }

    private static Style style(Phase phase) {
        return switch (phase) {
            case DONE -> Style.GOOD;
            case FAILED -> Style.BAD;
            case UNDER_WAY, SILENT -> Style.PLAIN;
        };
    }

    /** Says what is left, and what the command ends with. */
    ExitCode end(Convergence convergence, boolean isOver, Duration limit, boolean isInterrupted) {
        Map<String, Standing> all = convergence.standings(revision);
        var open = new ArrayList<String>();
        int failed = 0;
        int done = 0;
        for (Map.Entry<String, Standing> one : all.entrySet()) {
            switch (one.getValue().phase()) {
                case DONE -> done++;
                case FAILED -> failed++;
                case UNDER_WAY, SILENT -> {
                    if (convergence.isOnline(one.getKey())) {
                        open.add(one.getKey() + " (" + one.getValue().words() + ")");
                    }
                }
            }
        }
        List<String> offline = convergence.offline(revision);
        if (!open.isEmpty()) {
            String when = isInterrupted ? "not done yet: " : "not done within " + limit.toSeconds() + " s: ";
            terminal.say(when + NameList.of(open, MAX_NAMED) + ". They go on by themselves");
        }
        if (!offline.isEmpty()) {
            terminal.say("offline, will find it when they are back: " + NameList.of(offline, MAX_NAMED));
        }
        if (all.isEmpty()) terminal.say("no device is there to take it; one that comes will find it");
        else terminal.say(done + " of " + all.size() + " done" + (failed > 0 ? ", " + failed + " failed" : ""));
        if (isInterrupted && !open.isEmpty()) return ExitCode.INTERRUPTED;
        if (failed > 0) return ExitCode.FAILED;
        return isOver && offline.isEmpty() && !all.isEmpty() ? ExitCode.OK : ExitCode.BUSY;
    }
}
