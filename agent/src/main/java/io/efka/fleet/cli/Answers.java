package io.efka.fleet.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.fleet.request.Reply;
import io.efka.fleet.terminal.Printable;
import io.efka.fleet.view.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** Replies as people read them, in one line. */
final class Answers {
    /** In every reply, and of no interest to who has just asked. */
    private static final Set<String> USUAL =
            Set.of("v", "id", "device", "service", "command", "ok", "took_ms", "state", "pid", "warnings", "accepted");

    private Answers() {}

    /** {@code running (pid 4711)}; what else the reply has follows as JSON. */
    static String line(Reply reply) {
        Document document = reply.document();
        var parts = new ArrayList<String>();
        document.text("state").ifPresent(parts::add);
        OptionalLong pid = document.number("pid");
        if (pid.isPresent()) parts.add("(pid " + pid.getAsLong() + ")");
        if (document.flag("accepted")) parts.add("accepted");
        var rest = new JsonObject();
        for (Map.Entry<String, JsonElement> one : document.json().entrySet()) {
            if (!USUAL.contains(one.getKey())) rest.add(one.getKey(), one.getValue());
        }
        if (rest.size() > 0) parts.add(rest.toString());
        for (String warning : document.texts("warnings")) parts.add("warning: " + warning);
        return Printable.line(String.join(" ", parts));
    }

    /** {@code already_running: service is running}, and what is wrong with a manifest. */
    static String failure(Reply reply) {
        var parts = new ArrayList<String>();
        parts.add(reply.problem());
        List<Document> faults = reply.document().objects("faults");
        for (Document fault : faults) {
            parts.add(
                    fault.text("key").orElse("") + " " + fault.text("expected").orElse(""));
        }
        return Printable.line(String.join("; ", parts));
    }
}
