package io.efka.it.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;

/**
 * What {@code efka logs -f --json} has printed of services that number their lines.
 *
 * @param count how many lines
 * @param wrong how many do not follow the one before
 */
record FollowedLines(long count, long wrong) {
    static FollowedLines read(Path file) throws IOException {
        var last = new HashMap<String, Long>();
        long wrong = 0;
        List<String> lines = Files.readAllLines(file);
        for (String line : lines) {
            JsonObject one = JsonParser.parseString(line).getAsJsonObject();
            long number = Long.parseLong(one.get("text").getAsString().split(" ")[1]);
            long before = last.getOrDefault(one.get("service").getAsString(), 0L);
            if (number != before + 1) wrong++;
            last.put(one.get("service").getAsString(), number);
        }
        return new FollowedLines(lines.size(), wrong);
    }
}
