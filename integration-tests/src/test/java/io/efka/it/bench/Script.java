package io.efka.it.bench;

import com.google.gson.JsonObject;

/** A service for a benchmark: a shell script and what its manifest says beside the usual. */
record Script(String service, String text, JsonObject more) {

    static Script of(String service, String text) {
        return new Script(service, text, new JsonObject());
    }

    /** A service that ends by itself and keeps more output than any benchmark writes. */
    static Script writer(String service, String text) {
        return of(service, text).with("restart", "policy", "never").with("output", "keep", "1GiB");
    }

    /** The same with a further object in its manifest. */
    Script with(String key, String field, String value) {
        JsonObject extended = more.deepCopy();
        JsonObject object = extended.has(key) ? extended.getAsJsonObject(key) : new JsonObject();
        object.addProperty(field, value);
        extended.add(key, object);
        return new Script(service, text, extended);
    }

    JsonObject manifest() {
        JsonObject manifest = more.deepCopy();
        manifest.addProperty("service_id", service);
        manifest.addProperty("exec", "run.sh");
        manifest.addProperty("health_check", "process:");
        return manifest;
    }

    String installPayload() {
        JsonObject file = new JsonObject();
        file.addProperty("text", text);
        file.addProperty("mode", "0755");
        JsonObject files = new JsonObject();
        files.add("run.sh", file);
        JsonObject payload = new JsonObject();
        payload.add("manifest", manifest());
        payload.add("files", files);
        return payload.toString();
    }
}
