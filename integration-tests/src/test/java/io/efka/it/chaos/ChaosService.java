package io.efka.it.chaos;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The services of a chaos run: small scripts, each of which records by itself what it does. */
enum ChaosService {
    /** Writes lines all the time, and is made to crash. */
    CHATTY("chatty", "talk.sh", "stop", Map.of("PACE", "10", "FLOOD", "0", "FILLER", "x".repeat(41)), "16MiB"),
    /** Writes more at once than it keeps. */
    FLOOD("flood", "talk.sh", "keep", Map.of("PACE", "1", "FLOOD", "15000", "FILLER", "y".repeat(81)), "512KiB"),
    /** Takes input. */
    LISTENER("listener", "listen.sh", "keep", Map.of(), "1MiB"),
    /** Takes signals. */
    TWITCHER("twitcher", "twitch.sh", "keep", Map.of(), "1MiB"),
    /** Is started and stopped. */
    SWITCH("switch", "switch.sh", "keep", Map.of(), "1MiB");

    /** Those whose output is checked line by line. */
    static final List<ChaosService> TALKERS = List.of(CHATTY, FLOOD);

    private final String id;
    private final String script;
    private final String onAgentExit;
    private final Map<String, String> environment;
    private final String keep;

    ChaosService(String id, String script, String onAgentExit, Map<String, String> environment, String keep) {
        this.id = id;
        this.script = script;
        this.onAgentExit = onAgentExit;
        this.environment = environment;
        this.keep = keep;
    }

    String id() {
        return id;
    }

    /** The text after the two numbers of each of its lines. */
    String filler() {
        return environment.getOrDefault("FILLER", "");
    }

    /** The folder of its own record. */
    Path witness(Path folder) {
        return folder.resolve(id);
    }

    /** The arguments of an {@code install} that starts it as well. */
    JsonObject install(Path witnesses) {
        var variables = new JsonObject();
        environment.forEach(variables::addProperty);
        variables.addProperty("WITNESS", witness(witnesses).toString());
        var output = new JsonObject();
        output.addProperty("keep", keep);
        var restart = new JsonObject();
        restart.addProperty("max_delay", "2s");
        restart.addProperty("stable", "1s");
        var stop = new JsonObject();
        stop.addProperty("grace", "2s");
        var manifest = new JsonObject();
        manifest.addProperty("service_id", id);
        manifest.addProperty("exec", script);
        manifest.add("args", new JsonArray());
        manifest.addProperty("health_check", "process:");
        manifest.add("env", variables);
        manifest.add("output", output);
        manifest.add("restart", restart);
        manifest.add("stop", stop);
        manifest.addProperty("on_agent_exit", onAgentExit);
        var files = new JsonObject();
        files.add(script, file(script));
        files.add("witness.sh", file("witness.sh"));
        var install = new JsonObject();
        install.add("manifest", manifest);
        install.add("files", files);
        install.addProperty("start", true);
        return install;
    }

    private static JsonObject file(String name) {
        var file = new JsonObject();
        file.addProperty("text", resource(name));
        file.addProperty("mode", "0755");
        return file;
    }

    private static String resource(String name) {
        try (InputStream in = ChaosService.class.getResourceAsStream(name)) {
            if (in == null) throw new IllegalStateException("missing from the class path: " + name);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
