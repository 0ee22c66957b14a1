package io.efka.fleet.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.efka.fleet.desired.ServiceChange;
import io.efka.fleet.terminal.Plural;
import io.efka.fleet.terminal.Printable;
import io.efka.fleet.terminal.Style;
import io.efka.fleet.terminal.Terminal;
import io.efka.threads.ExitCode;
import java.util.List;
import java.util.Locale;

/** Prints what would change on each device; those on which nothing would, and that have nothing to say, are only counted. */
final class DiffPrinter {
    private final Terminal terminal;
    private final boolean isJson;
    private int devices;
    private int changed;
    private int guessed;

    /** Who says so. */
    enum Basis {
        ASKED("the device says so"),
        OFFLINE("offline: by what is retained"),
        SILENT("does not answer: by what is retained");

        private final String words;

        Basis(String words) {
            this.words = words;
        }
    }

    DiffPrinter(Terminal terminal, boolean isJson) {
        this.terminal = terminal;
        this.isJson = isJson;
    }

    void print(String device, Basis basis, List<ServiceChange> changes, List<String> notes) {
        devices++;
        if (!changes.isEmpty()) changed++;
        if (basis != Basis.ASKED) guessed++;
        if (isJson) {
            terminal.json(json(device, basis, changes, notes));
            return;
        }
        if (changes.isEmpty() && notes.isEmpty()) return;
        String head = Printable.line(device);
        terminal.out().println((terminal.hasColours() ? Style.BOLD.paint(head) : head) + "  (" + basis.words + ")");
        for (ServiceChange change : changes) {
            String document = change.document().isEmpty() ? "" : "  (" + change.document() + ")";
            String service = change.service().equals("*") ? "" : change.service() + "  ";
            DiffLines.print(
                    terminal,
                    "  " + change.sign() + " " + service + change.text() + document,
                    DiffLines.style(change.sign()));
        }
        notes.forEach(note -> DiffLines.print(terminal, "    " + note, Style.DIM));
    }

    private static JsonObject json(String device, Basis basis, List<ServiceChange> changes, List<String> notes) {
        var json = new JsonObject();
        json.addProperty("device", device);
        json.addProperty("basis", basis.name().toLowerCase(Locale.ROOT));
        var list = new JsonArray();
        for (ServiceChange change : changes) {
            var one = new JsonObject();
            one.addProperty("sign", String.valueOf(change.sign()));
            one.addProperty("service", change.service());
            one.addProperty("text", change.text());
            one.addProperty("document", change.document());
            list.add(one);
        }
        json.add("changes", list);
        var said = new JsonArray();
        notes.forEach(said::add);
        json.add("notes", said);
        return json;
    }

    ExitCode end() {
        String count = changed == 0 ? "nothing would change on " : changed + " of ";
        String all = devices + Plural.of(" device", devices);
        String rest = changed == 0 ? "" : " would change" + (devices > changed ? ", the others are the same" : "");
        String basis = guessed == 0 ? "" : "; " + guessed + " compared only by what is retained";
        terminal.say(count + all + rest + basis);
        return changed == 0 ? ExitCode.OK : ExitCode.FAILED;
    }
}
