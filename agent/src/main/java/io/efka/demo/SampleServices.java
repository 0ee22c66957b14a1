package io.efka.demo;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The sample services as one {@code apply} command: each has a {@code manifest.json} and a {@code run.sh} among the
 * resources.
 */
final class SampleServices {
    static final List<Sample> ALL = List.of(
            new Sample("chatty", "prints two lines a second"),
            new Sample("crashy", "crashes every few seconds and is restarted"),
            new Sample("webby", "answers HTTP, and has a health check"),
            new Sample("grumbler", "complains on stderr"),
            new Sample("thermo", "publishes a temperature and can be called"));

    private SampleServices() {}

    /**
     * The payload of {@code apply}.
     *
     * @param webPort where {@code webby} listens
     */
    static byte[] applyPayload(int webPort) {
        Map<String, String> places = Map.of(
                "${java}",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "${jar}", ownJar().toString(),
                "${port}", Integer.toString(webPort));
        var services = new JsonObject();
        for (Sample sample : ALL) services.add(sample.name(), service(sample.name(), places));
        var payload = new JsonObject();
        payload.add("services", services);
        return payload.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** @param what it does, in a few words that follow "runs: " */
    record Sample(String name, String what) {}

    /** Whether {@code reply} says that all was done as asked. */
    static boolean isAccepted(String reply) {
        JsonElement ok = JsonParser.parseString(reply).getAsJsonObject().get("ok");
        return ok != null && ok.getAsBoolean();
    }

    private static JsonObject service(String name, Map<String, String> places) {
        var script = new JsonObject();
        script.addProperty("text", resource(name + "/run.sh"));
        script.addProperty("mode", "0755");
        var files = new JsonObject();
        files.add("run.sh", script);
        var service = new JsonObject();
        service.add("manifest", filled(JsonParser.parseString(resource(name + "/manifest.json")), places));
        service.add("files", files);
        return service;
    }

    /** A copy with every placeholder within a string replaced; done on the values, so that no path can break the JSON. */
    private static JsonElement filled(JsonElement template, Map<String, String> places) {
        if (template.isJsonObject()) {
            var copy = new JsonObject();
            template.getAsJsonObject()
                    .entrySet()
                    .forEach(member -> copy.add(member.getKey(), filled(member.getValue(), places)));
            return copy;
        }
        if (template.isJsonArray()) {
            var copy = new JsonArray();
            template.getAsJsonArray().forEach(item -> copy.add(filled(item, places)));
            return copy;
        }
        if (!template.isJsonPrimitive() || !template.getAsJsonPrimitive().isString()) return template;
        String text = template.getAsString();
        for (Map.Entry<String, String> place : places.entrySet()) text = text.replace(place.getKey(), place.getValue());
        return new JsonPrimitive(text);
    }

    private static String resource(String name) {
        try (InputStream in = SampleServices.class.getResourceAsStream(name)) {
            if (in == null) throw new IllegalStateException("the sample " + name + " is missing from the jar");
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the sample " + name + " cannot be read", e);
        }
    }

    /** The jar, or the classes folder when run from a build. */
    private static Path ownJar() {
        try {
            return Path.of(SampleServices.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("a jar without a path", e);
        }
    }
}
