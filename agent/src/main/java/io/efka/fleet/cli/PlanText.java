package io.efka.fleet.cli;

import io.efka.fleet.terminal.Printable;
import io.efka.fleet.view.Document;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a device would do for a deploy, in one line: {@code fetch 7,340,032 bytes, unpack 1.4.2-2c26b46b, stop, …}. */
final class PlanText {
    private PlanText() {}

    /** @param reply with a {@code plan} */
    static String of(Document reply) {
        List<Document> steps = reply.objects("plan");
        return String.join(", ", steps.stream().map(PlanText::step).toList());
    }

    private static String step(Document step) {
        String name = Printable.line(step.text("step").orElse("?"));
        return switch (name) {
            case "fetch" ->
                step.number("size").isEmpty()
                        ? name
                        : String.format(
                                Locale.ROOT,
                                "%s %,d bytes",
                                name,
                                step.number("size").getAsLong());
            case "wait" -> step.has("holds") ? "wait until nobody holds it" : "wait for the deploy that is under way";
            case "watch" -> name + of(step, "min_healthy", " ", "") + of(step, "healthy_deadline", " (", " at most)");
            default -> name + of(step, "release", " ", "") + of(step, "to", " to ", "");
        };
    }

    private static String of(Document step, String key, String before, String behind) {
        Optional<String> value = step.text(key);
        return value.map(text -> before + Printable.line(text) + behind).orElse("");
    }
}
