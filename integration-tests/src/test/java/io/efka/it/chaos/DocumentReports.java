package io.efka.it.chaos;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The newest report of every document, as the broker has it. Thread-safe. */
final class DocumentReports {
    private final Map<String, JsonObject> newest = new ConcurrentHashMap<>();

    static String filter(String device) {
        return "efka/" + device + "/reported/+";
    }

    /** @param text empty: it was cleared */
    void heard(String name, String text) {
        if (text.isEmpty()) newest.remove(name);
        else newest.put(name, JsonParser.parseString(text).getAsJsonObject());
    }

    Optional<JsonObject> find(String name) {
        return Optional.ofNullable(newest.get(name));
    }

    /** Only what comes from now on counts. */
    void forget(String name) {
        newest.remove(name);
    }
}
