package io.efka.it.chaos;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A service of which one release after the other is asked for; each release is a number. The service itself records which one is
 * started, whether its files are whole, and whether its data is still there.
 *
 * @param witness the service's own record
 */
record ReleasedService(String id, Witness witness) {
    private static final String MAY_VANISH = "may-vanish";
    private static final String SCRIPT = """
            #!/bin/sh
            number=$1
            [ "$(cat payload)" = "$number $number $number" ] || echo "$number" >> "$WITNESS/halves"
            if [ -e "$WITNESS/born" ] && [ ! -e "$EFKA_DATA/born" ] && [ ! -e "$WITNESS/may-vanish" ]; then
              echo "$number" >> "$WITNESS/touched"
            fi
            : >> "$EFKA_DATA/born" && : >> "$WITNESS/born"
            echo "$number" >> "$WITNESS/starts"
            [ "$2" = good ] || exit 1
            while :; do sleep 1; done
            """;

    /** @param witnesses the folder of all records */
    static ReleasedService in(Path witnesses, String id) {
        try {
            return new ReleasedService(id, new Witness(Files.createDirectories(witnesses.resolve(id))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on the service may be removed, with its data, and come back; or, again, it may not. */
    void mayVanish(boolean may) {
        Path mark = witness.folder().resolve(MAY_VANISH);
        try {
            if (may) Files.write(mark, new byte[0]);
            else Files.deleteIfExists(mark);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The release that was started last; empty: none ever was. */
    Optional<Integer> lastStarted() {
        List<String> starts = witness.starts();
        return starts.isEmpty() ? Optional.empty() : Optional.of(Integer.parseInt(starts.get(starts.size() - 1)));
    }

    /** @param asked every release that was asked for */
    void judge(Set<Integer> asked, Notes notes) {
        for (String half : witness.lines("halves")) notes.passed(Verdict.HALF_RELEASE, id + " release " + half);
        for (String release : witness.lines("touched")) notes.passed(Verdict.DATA_TOUCHED, id + " at " + release);
        for (String release : Set.copyOf(witness.starts())) {
            if (!asked.contains(Integer.parseInt(release)))
                notes.passed(Verdict.UNASKED_RELEASE, id + " release " + release);
        }
    }

    /** The number in an id such as {@code 17-1a2b3c4d}; 0 for none. */
    static int number(JsonElement release) {
        if (release == null || release.isJsonNull()) return 0;
        return Integer.parseInt(release.getAsString().split("-")[0]);
    }

    /**
     * The arguments of a {@code deploy}.
     *
     * @param isGood a bad one exits at once
     * @param deadline by which it must have proved itself
     */
    JsonObject deploy(int number, boolean isGood, String deadline) {
        var manifest = new JsonObject();
        manifest.addProperty("service_id", id);
        manifest.addProperty("release", Integer.toString(number));
        manifest.addProperty("exec", "run.sh");
        var args = new JsonArray();
        args.add(Integer.toString(number));
        args.add(isGood ? "good" : "bad");
        manifest.add("args", args);
        manifest.addProperty("health_check", "process:");
        manifest.addProperty("on_agent_exit", "keep");
        var variables = new JsonObject();
        variables.addProperty("WITNESS", witness.folder().toString());
        manifest.add("env", variables);
        var files = new JsonObject();
        files.add("run.sh", file(SCRIPT, "0755"));
        files.add("payload", file("%d %d %d\n".formatted(number, number, number), "0644"));
        JsonObject arguments = rule(deadline);
        arguments.add("manifest", manifest);
        arguments.add("files", files);
        return arguments;
    }

    /** What a release must do to prove itself: be up for 300 ms, before the deadline. */
    static JsonObject rule(String deadline) {
        var arguments = new JsonObject();
        arguments.addProperty("min_healthy", "300ms");
        arguments.addProperty("healthy_deadline", deadline);
        return arguments;
    }

    private static JsonObject file(String text, String mode) {
        var file = new JsonObject();
        file.addProperty("text", text);
        file.addProperty("mode", mode);
        return file;
    }
}
