package io.efka.fleet.logs;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.efka.fleet.FakeFleetBroker;
import io.efka.mqtt.Message;
import io.efka.mqtt.Message.Properties;
import io.efka.mqtt.Message.UserProperty;
import io.efka.protocol.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;

/** A device with one stream, on a broker that loses, repeats and delays what it ships. Used by the test's thread. */
final class SimulatedStream {
    static final Instant BASE = Instant.parse("2026-11-27T10:00:00Z");

    private final FakeFleetBroker broker;
    private final String device;
    private final Random chance;
    private int worst;
    private StringBuilder output = new StringBuilder();
    private int oldest;
    private int shipped;
    private int line;
    private boolean isDeaf;
    private boolean isOld;
    private int largestAnswer;
    /** When what ends at an offset was written. */
    private final NavigableMap<Integer, Instant> ends = new TreeMap<>();

    /** @param worst in percent, how often a message is lost, repeated or late */
    SimulatedStream(FakeFleetBroker broker, String device, Random chance, int worst) {
        this.broker = broker;
        this.device = device;
        this.chance = chance;
        this.worst = worst;
        broker.retain("efka/" + device + "/svc/cam/status", "{\"state\":\"running\"}");
    }

    StreamId id() {
        return new StreamId(device, "cam", "stdout");
    }

    /** Writes the next numbered lines. */
    void write(int lines) {
        for (int i = 0; i < lines; i++) write("line " + ++line, BASE);
    }

    /** Writes a line at a time of its clock. */
    void write(String text, Instant at) {
        output.append(text).append('\n');
        ends.put(output.length(), at);
    }

    /** Writes no whole line. */
    void writePart(String text) {
        output.append(text);
    }

    int lines() {
        return line;
    }

    /** Ships what was written, in pieces. */
    void ship() {
        while (shipped < output.length()) {
            int end = Math.min(output.length(), shipped + 1 + chance.nextInt(60));
            send(shipped, end);
            shipped = end;
        }
    }

    private void send(int from, int to) {
        Message message = message(from, to);
        if (chance.nextInt(100) < worst) return;
        if (chance.nextInt(100) < worst) broker.send(message);
        if (chance.nextInt(100) < worst) {
            broker.after(Duration.ofMillis(chance.nextInt(3_000)), () -> broker.send(message));
        } else {
            broker.send(message);
        }
    }

    private Message message(int from, int to) {
        var user = List.of(
                new UserProperty("offset", Integer.toString(from)), new UserProperty("at", "2026-11-27T10:00:00Z"));
        var properties =
                new Properties(Optional.empty(), Optional.empty(), Optional.empty(), OptionalLong.empty(), user);
        byte[] bytes = output.substring(from, to).getBytes(StandardCharsets.UTF_8);
        return new Message("efka/" + device + "/svc/cam/stdout", bytes, 1, false, properties);
    }

    /** Another agent ships again what the last one had shipped lately. */
    void restartAgent() {
        shipped = Math.max(oldest, shipped - chance.nextInt(200));
    }

    /** Deletes what is oldest, for room. */
    void free(int bytes) {
        oldest = Math.min(output.length(), oldest + bytes);
        shipped = Math.max(shipped, oldest);
    }

    /** Loses everything, as a device that is installed anew. */
    void reinstall() {
        output = new StringBuilder();
        ends.clear();
        oldest = 0;
        shipped = 0;
    }

    /** From now on nothing is lost, repeated or late. */
    void becomeReliable() {
        worst = 0;
    }

    /** Whether it answers. */
    void setDeaf(boolean is) {
        isDeaf = is;
    }

    /** Its agent does not say when output was written. */
    void becomeOld() {
        isOld = true;
    }

    /** In bytes. */
    int largestAnswer() {
        return largestAnswer;
    }

    /** Answers {@code logs} to it. */
    void take(Message command) {
        if (isDeaf || !command.topic().equals("efka/" + device + "/svc/cam/cmd/logs")) return;
        if (chance.nextInt(100) < worst) return;
        broker.after(Duration.ofMillis(1 + chance.nextInt(400)), () -> answer(command));
    }

    private void answer(Message command) {
        JsonObject arguments;
        try {
            arguments = (JsonObject) StrictJson.parse(new String(command.payload(), StandardCharsets.UTF_8))
                    .root();
        } catch (StrictJson.NotJsonException e) {
            throw new AssertionError(e);
        }
        int most = arguments.has("max_bytes") ? arguments.get("max_bytes").getAsInt() : 192 << 10;
        int end = output.length();
        int limit = arguments.has("to") ? Math.min(end, arguments.get("to").getAsInt()) : end;
        boolean isForwards = arguments.has("from") || arguments.has("since");
        int begin = arguments.has("from") ? arguments.get("from").getAsInt() : 0;
        int from = isForwards ? Math.max(oldest, begin) : lastLines(arguments);
        int page = Math.min(most, 100 + chance.nextInt(300));
        int to = isForwards ? Math.max(from, Math.min(limit, from + page)) : end;
        boolean isTruncated = to < limit;
        if (arguments.has("lines") && to - from > most) {
            from = output.indexOf("\n", to - most - 1) + 1;
            isTruncated = true;
        }
        largestAnswer = Math.max(largestAnswer, to - from);
        var reply = new JsonObject();
        reply.addProperty("ok", true);
        reply.addProperty("stream", "stdout");
        reply.addProperty("text", from < end ? output.substring(from, to) : "");
        reply.addProperty("offset", from);
        reply.addProperty("next", to);
        reply.addProperty("oldest", oldest);
        reply.addProperty("end", end);
        reply.addProperty("truncated", isTruncated);
        if (!isOld) reply.add("times", times(from, to));
        var properties = new Properties(
                Optional.empty(),
                Optional.empty(),
                command.properties().correlationData(),
                OptionalLong.empty(),
                List.of());
        byte[] bytes = reply.toString().getBytes(StandardCharsets.UTF_8);
        broker.send(new Message(command.properties().responseTopic().orElseThrow(), bytes, 1, false, properties));
    }

    private JsonObject times(int from, int to) {
        var parts = new JsonArray();
        int begin = from;
        for (Map.Entry<Integer, Instant> one : ends.tailMap(from, false).entrySet()) {
            if (begin >= to) break;
            begin = Math.min(to, one.getKey());
            var part = new JsonArray();
            part.add(begin - from);
            part.add(Duration.between(BASE, one.getValue()).toMillis());
            parts.add(part);
        }
        var times = new JsonObject();
        times.addProperty("base", BASE.toString());
        times.add("parts", parts);
        return times;
    }

    private int lastLines(JsonObject arguments) {
        int at = output.length();
        for (int i = 0; i <= arguments.get("lines").getAsInt() && at >= oldest; i++)
            at = output.lastIndexOf("\n", at - 1);
        return Math.max(oldest, at + 1);
    }
}
