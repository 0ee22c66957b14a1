package io.efka.fleet.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.fleet.events.FleetEvent;
import io.efka.fleet.terminal.Style;
import io.efka.fleet.view.Document;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What an event says, in one line. */
final class EventWords {
    /** Said otherwise, or of no interest to people. */
    private static final Set<String> USUAL = Set.of("v", "at", "event", "service", "session");

    private EventWords() {}

    /** {@code running -> backoff: exited with code 3}; of kinds that are not known, the fields as they are. */
    static String of(FleetEvent event) {
        Document document = event.document();
        return switch (event.kind()) {
            case "state" -> state(document);
            case "deploy" -> deploy(document);
            case "desired" -> document.text("name").isPresent() ? document(document) : rest(document);
            case "started" ->
                "the agent started, version " + document.text("version").orElse("?");
            case "stopping" -> "the agent is ending";
            default -> event.kind() + " " + rest(document);
        };
    }

    private static String state(Document document) {
        String to = document.text("to").orElse("?");
        String change = document.text("from").map(from -> from + " -> " + to).orElse(to);
        Document cause = document.object("cause");
        String kind = cause.text("kind").orElse("");
        String why = kind.equals("exit") ? Why.exit(cause) : kind.replace('_', ' ');
        String more = cause.text("message").map(words -> ": " + words).orElse("");
        return why.isEmpty() ? change : change + " (" + why + more + ")";
    }

    private static String deploy(Document document) {
        var parts = new ArrayList<String>();
        parts.add("deploy " + document.text("state").orElse("?"));
        document.text("release").ifPresent(parts::add);
        document.text("code")
                .ifPresent(code -> parts.add(code
                        + document.text("message").map(words -> ": " + words).orElse("")));
        return String.join(" ", parts);
    }

    private static String document(Document document) {
        Document error = document.object("error");
        return "document " + document.text("name").orElse("?")
                + document.text("state").map(state -> " " + state).orElse("")
                + (document.number("revision").isPresent()
                        ? " at revision " + document.number("revision").getAsLong()
                        : "")
                + error.text("message").map(words -> ": " + words).orElse("");
    }

    private static String rest(Document document) {
        var rest = new JsonObject();
        for (Map.Entry<String, JsonElement> one : document.json().entrySet()) {
            if (!USUAL.contains(one.getKey())) rest.add(one.getKey(), one.getValue());
        }
        return rest.size() == 0 ? "" : rest.toString();
    }

    /** How it looks: trouble must be seen at a glance. */
    static Style style(FleetEvent event) {
        Optional<String> state =
                event.document().text("to").or(() -> event.document().text("state"));
        return switch (event.kind()) {
            case "state", "deploy", "desired" -> state.map(StateStyle::of).orElse(Style.PLAIN);
            case "crash_loop", "disk_low", "events_dropped", "output_dropped", "output_lost", "session_taken_over" ->
                Style.BAD;
            default -> Style.PLAIN;
        };
    }
}
