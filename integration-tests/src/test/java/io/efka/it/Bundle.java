package io.efka.it;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;

/** A service as one {@code install} brings it: its manifest and its small files. */
public record Bundle(String id, JsonObject manifest, JsonObject files) {

    /** A shell script that is the service. */
    public static Bundle script(String id, String... lines) {
        var manifest = new JsonObject();
        manifest.addProperty("service_id", id);
        manifest.addProperty("exec", "run.sh");
        manifest.addProperty("health_check", "process:");
        return new Bundle(id, manifest, new JsonObject()).file("run.sh", lines);
    }

    /** A service that runs until it is stopped, and says nothing. */
    public static Bundle sleeper(String id) {
        return script(id, "exec sleep 600");
    }

    /** The same with a key of its manifest set to a JSON value. */
    public Bundle with(String key, String json) {
        JsonObject changed = manifest.deepCopy();
        changed.add(key, JsonParser.parseString(json));
        return new Bundle(id, changed, files);
    }

    /** The same with a further executable shell script. */
    public Bundle file(String name, String... lines) {
        var file = new JsonObject();
        file.addProperty("text", "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        file.addProperty("mode", "0755");
        JsonObject more = files.deepCopy();
        more.add(name, file);
        return new Bundle(id, manifest, more);
    }

    /** The arguments of {@code install}. */
    public JsonObject json() {
        var json = new JsonObject();
        json.add("manifest", manifest.deepCopy());
        json.add("files", files.deepCopy());
        return json;
    }

    public String payload() {
        return json().toString();
    }

    /** The arguments of an {@code install} that starts it as well. */
    public String startedPayload() {
        JsonObject json = json();
        json.addProperty("start", true);
        return json.toString();
    }
}
