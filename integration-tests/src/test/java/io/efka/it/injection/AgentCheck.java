package io.efka.it.injection;

import static io.efka.it.Watcher.where;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import io.efka.it.Bundle;
import io.efka.it.Device;
import io.efka.it.Processes;
import io.efka.it.TestBroker;
import io.efka.it.Watcher;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/**
 * Checks that an agent works: that it answers, starts, notices an end, waits, stops, and ships what was written after the
 * check began. A command without an answer is sent again under the same id, as every sender of commands has to.
 */
final class AgentCheck implements AutoCloseable {
    /** The time from a fault until this agent, or the next one, works again. */
    static final Duration LIMIT = Duration.ofSeconds(45);

    private static final int LOG_TAIL = 6_000;
    private static final Duration AGAIN = Duration.ofMillis(500);

    private final Device device;
    private final Supplier<String> log;
    private final Watcher watcher;
    private final String replies;
    private long steady;
    private long deadline;

    /** @param log of the agent, for a failure's message */
    AgentCheck(TestBroker broker, Device device, Supplier<String> log) {
        this.device = device;
        this.log = log;
        this.replies = "replies/" + device.id();
        this.watcher = new Watcher(broker, replies, device.topic("echo", "stdout"), device.topic("probe", "status"));
    }

    /** Installs the services that the check uses. */
    void prepare() {
        steady = device.run(Bundle.script("echo", "exec cat").with("on_agent_exit", "\"keep\""))
                .get("pid")
                .getAsLong();
        device.install(Bundle.sleeper("probe").with("restart", "{\"delay\":\"50ms\"}"));
    }

    /** Fails, with what did not work, unless all works within the limit. */
    void requireWorking(String after) {
        watcher.clear();
        deadline = System.nanoTime() + LIMIT.toNanos();
        ok(after, ask(after, device.topic("cmd/ping"), ""));
        ask(after, device.topic("probe", "cmd/start"), "");
        long first = pid(after, 0);
        ProcessHandle.of(first).ifPresent(ProcessHandle::destroyForcibly);
        pid(after, first);
        ok(after, ask(after, device.topic("probe", "cmd/stop"), ""));
        String mark = "mark-" + UUID.randomUUID();
        // An input that a kill has cut off is not repeated by the agent.
        await(
                after + ": an input is taken",
                () -> ask(after, input(), "{\"text\":\"" + mark + "\\n\"}")
                                .get("ok")
                                .getAsBoolean()
                        ? Optional.of(true)
                        : Optional.empty());
        await(
                after + ": output is shipped",
                () -> watcher.all(device.topic("echo", "stdout")).stream()
                        .filter(one -> one.text().contains(mark))
                        .findFirst());
        String logs =
                ask(after, device.topic("echo", "cmd/logs"), "{\"lines\":5}").toString();
        if (!logs.contains(mark)) throw new AssertionError(after + ": logs do not have " + mark + ": " + logs);
        if (!Processes.isAlive(steady)) throw new AssertionError(after + ": a service was ended:\n" + tail());
        long now = ask(after, device.topic("echo", "cmd/status"), "")
                .getAsJsonObject("status")
                .get("pid")
                .getAsLong();
        if (now != steady) throw new AssertionError(after + ": not adopted, pid " + steady + " became " + now);
    }

    private String input() {
        return device.topic("echo", "cmd/input");
    }

    /** Of the probe, when it runs as another process than {@code before}. */
    private long pid(String after, long before) {
        JsonObject running = await(
                after + ": a service's " + (before == 0 ? "start" : "end") + " is noticed",
                () -> watcher.last(device.topic("probe", "status"))
                        .filter(where("state", "running"))
                        .filter(status -> status.get("pid").getAsLong() != before));
        return running.get("pid").getAsLong();
    }

    private JsonObject ask(String after, String topic, String payload) {
        String id = UUID.randomUUID().toString();
        while (true) {
            var properties = new MqttProperties();
            properties.setResponseTopic(replies);
            properties.setCorrelationData(id.getBytes(StandardCharsets.UTF_8));
            watcher.publish(topic, payload.getBytes(StandardCharsets.UTF_8), false, properties);
            String asked = id;
            if (Await.within(AGAIN, () -> reply(asked).isPresent())) {
                JsonObject reply = reply(asked).orElseThrow();
                if (!isBusy(reply)) return reply;
                // What came while there was no agent fills the queue for a moment.
                id = UUID.randomUUID().toString();
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError(after + ": no answer to " + topic + " within " + LIMIT + "\n" + tail());
            }
        }
    }

    private static boolean isBusy(JsonObject reply) {
        return reply.has("error") && where("code", "busy").test(reply.getAsJsonObject("error"));
    }

    private Optional<JsonObject> reply(String id) {
        return watcher.all(replies).stream()
                .map(Watcher.Seen::json)
                .filter(where("id", id))
                .findFirst();
    }

    private String tail() {
        String all = log.get();
        return all.substring(Math.max(0, all.length() - LOG_TAIL));
    }

    private static void ok(String after, JsonObject reply) {
        if (!reply.get("ok").getAsBoolean()) throw new AssertionError(after + ": " + reply);
    }

    private <T> T await(String what, Supplier<Optional<T>> source) {
        Duration left = Duration.ofNanos(deadline - System.nanoTime());
        return Await.value(() -> what + "\n" + tail(), left, source);
    }

    @Override
    public void close() {
        watcher.close();
    }
}
