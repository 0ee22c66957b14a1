package io.efka.demo;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.efka.protocol.EfkaVariables;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The sample service {@code thermo}: a thermometer that uses all of its channel. It publishes {@code temperature} every
 * {@code every_ms} (configuration, 1000), says when it gets warm, and can be called: {@code heat {"by":5}}.
 */
public final class SensorSample {
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final double ROOM = 20;
    private static final double WARM = 24;

    private final SocketChannel socket;

    @GuardedBy("this") private double temperature;

    @GuardedBy("this") private long everyMillis = 1_000;

    @GuardedBy("this") private boolean warm;

    private SensorSample(SocketChannel socket, double temperature) {
        this.socket = socket;
        this.temperature = temperature;
    }

    /** Attaches again whenever an agent is there; ends when that says so. */
    public static void main(String[] arguments) {
        double temperature = ROOM;
        while (true) {
            try (var socket = SocketChannel.open(UnixDomainSocketAddress.of(System.getenv(EfkaVariables.CHANNEL)))) {
                var sensor = new SensorSample(socket, temperature);
                if (sensor.serve()) return;
                temperature = sensor.temperature();
            } catch (IOException agentIsAway) {
                System.out.println("thermo has no agent: " + agentIsAway.getMessage());
            }
            LockSupport.parkNanos(AGAIN_NANOS);
        }
    }

    /** Whether it was told to stop; false: the agent is gone. */
    private boolean serve() throws IOException {
        JsonObject attach = line("attach");
        attach.addProperty("service", System.getenv(EfkaVariables.SERVICE));
        attach.addProperty("token", System.getenv(EfkaVariables.TOKEN));
        say(attach);
        var lines = new BufferedReader(Channels.newReader(socket, StandardCharsets.UTF_8));
        for (String heard = lines.readLine(); heard != null; heard = lines.readLine()) {
            JsonObject line = JsonParser.parseString(heard).getAsJsonObject();
            switch (line.get("type").getAsString()) {
                case "attached" -> begin(line.getAsJsonObject("config"));
                case "config" -> answer(line, configure(line.getAsJsonObject("config")));
                case "call" -> answer(line, call(line));
                case "stop" -> {
                    System.out.println("thermo stops");
                    return true;
                }
                default -> System.out.println("thermo heard " + heard);
            }
        }
        return false;
    }

    private void begin(JsonObject config) throws IOException {
        configure(config);
        var measuring = new Thread(this::measure, "thermo-measure");
        measuring.setDaemon(true);
        measuring.start();
        say(line("ready"));
    }

    private void measure() {
        try {
            while (socket.isOpen()) {
                say(line("alive"));
                say(reading());
                if (hasCrossedWarm()) say(report());
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(everyMillis()));
            }
        } catch (IOException over) {
            System.out.println("thermo lost its agent");
        }
    }

    private synchronized JsonObject reading() {
        temperature += (ROOM - temperature) / 20;
        JsonObject data = line("data");
        data.addProperty("name", "temperature");
        data.addProperty("value", Math.round(temperature * 100) / 100.0);
        data.addProperty("retain", true);
        return data;
    }

    private synchronized boolean hasCrossedWarm() {
        boolean before = warm;
        warm = temperature > WARM;
        return warm != before;
    }

    private synchronized JsonObject report() {
        JsonObject event = line("event");
        event.addProperty("warm", warm);
        return event;
    }

    /** The service's answer: {@code value}, or {@code error} for what it does not take. */
    private synchronized JsonObject configure(JsonObject config) {
        JsonElement every = config.has("every_ms") ? config.get("every_ms") : new JsonPrimitive(1_000);
        boolean isGood = every instanceof JsonPrimitive number
                && number.isNumber()
                && number.getAsDouble() >= 100
                && number.getAsDouble() <= 5_000;
        if (!isGood) return refusal("every_ms must be 100 to 5000, was " + every);
        everyMillis = every.getAsLong();
        return new JsonObject();
    }

    private synchronized JsonObject call(JsonObject line) {
        boolean isHeat = line.get("name").getAsString().equals("heat");
        if (!isHeat || !(line.get("args") instanceof JsonObject args)) return refusal("thermo knows heat {\"by\":5}");
        temperature += args.has("by") ? args.get("by").getAsDouble() : 1;
        var answer = new JsonObject();
        answer.addProperty("value", temperature);
        return answer;
    }

    private static JsonObject refusal(String why) {
        var refusal = new JsonObject();
        refusal.addProperty("error", why);
        return refusal;
    }

    private void answer(JsonObject asked, JsonObject answer) throws IOException {
        answer.addProperty("type", "result");
        answer.add("id", asked.get("id"));
        say(answer);
    }

    private static JsonObject line(String type) {
        var line = new JsonObject();
        line.addProperty("type", type);
        return line;
    }

    private void say(JsonObject line) throws IOException {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(line + "\n");
        synchronized (socket) {
            while (bytes.hasRemaining()) socket.write(bytes);
        }
    }

    private synchronized double temperature() {
        return temperature;
    }

    private synchronized long everyMillis() {
        return everyMillis;
    }
}
