package io.efka.it;

import static io.efka.it.Device.code;
import static io.efka.it.Device.ok;
import static io.efka.it.Watcher.where;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Programs that are run until they end, by command and by schedule. {@code -Defka.oneshots=1000} sets how many quick ones
 * are run, {@code -Defka.schedule.seconds=600 -Defka.schedule.kills=20} how long a schedule goes on and how often the agent
 * is killed meanwhile.
 */
class OneshotIT {
    private static final int QUICK_RUNS = Integer.getInteger("efka.oneshots", 100);
    private static final int SECONDS = Integer.getInteger("efka.schedule.seconds", 20);
    private static final int KILLS = Integer.getInteger("efka.schedule.kills", 3);

    private TestBroker broker;
    private Device device;

    @BeforeEach
    void start() {
        broker = Brokers.start();
        device = new Device(broker, "jobber").start();
    }

    @AfterEach
    void stop() {
        try {
            device.close();
        } finally {
            broker.close();
        }
    }

    @Test
    void aProgramThatEndsAtOnceIsCompletedEveryTime() {
        device.install(oneshot("quick", "exit 0").with("exec", "\"/bin/true\""));
        for (int run = 1; run <= QUICK_RUNS; run++) {
            JsonObject reply = device.ask("quick", "start", "");
            assertThat(ok(reply).get("state").getAsString())
                    .as("run %s: %s", run, reply)
                    .isEqualTo("completed");
        }
        System.out.println("[oneshot] " + QUICK_RUNS + " of " + QUICK_RUNS + " quick runs completed");
    }

    @Test
    void aFailureIsAnsweredWithItsExitCodeAndStaysInTheStatusOverARestart() {
        device.install(oneshot("failing", "echo no space left >&2", "exit 3"));
        JsonObject reply = device.ask("failing", "start", "");
        assertThat(code(reply)).isEqualTo("oneshot_failed");
        assertThat(reply.getAsJsonObject("error").get("message").getAsString()).isEqualTo("service exited with code 3");
        device.agent().kill();
        device.start();
        JsonObject status = device.awaitState("failing", "failed");
        assertThat(status.get("desired").getAsString()).isEqualTo("stopped");
        assertThat(status.getAsJsonObject("last_exit").get("code").getAsInt()).isEqualTo(3);
        assertThat(status.getAsJsonObject("last_exit").get("tail").getAsString())
                .contains("no space left");
    }

    @Test
    void aStartThatOutlivesItsAgentIsAnsweredByTheNextOneAndItsRunGoesOn() throws IOException {
        Path go = device.folder().resolve("go");
        device.install(oneshot("long", "echo begun", "while [ ! -e " + go + " ]; do sleep 0.1; done", "echo done"));
        device.watcher().publish(device.topic("long", "cmd/start"), "{\"id\":\"s1\",\"wait\":true}");
        device.awaitOutput("long", "begun\n");
        device.agent().kill();
        device.start();
        JsonObject status = device.awaitState("long", "running");
        assertThat(status.getAsJsonObject("cause").get("kind").getAsString()).isEqualTo("adopted");
        Files.createFile(go);
        device.awaitState("long", "completed");
        Await.until(
                "the start is answered",
                Duration.ofSeconds(30),
                () -> device.watcher().all(device.topic("reply")).stream()
                        .map(Watcher.Seen::json)
                        .anyMatch(where("id", "s1").and(where("state", "completed"))));
    }

    @Test
    void eachDueTimeIsRunOnceAtMostHoweverOftenTheAgentIsKilled() throws IOException {
        Path runs = device.folder().resolve("runs");
        device.run(oneshot("tick", "echo $EFKA_RUN >> " + runs).with("schedule", "{\"every\":\"1s\"}"));
        long begin = System.nanoTime();
        for (int kill = 1; kill <= KILLS; kill++) {
            long due = begin
                    + Duration.ofSeconds((long) SECONDS * kill / (KILLS + 1)).toNanos();
            Await.until("the next kill", Duration.ofSeconds(SECONDS + 5), () -> System.nanoTime() > due);
            device.agent().kill();
            device.start();
        }
        Await.until(
                "the end",
                Duration.ofSeconds(SECONDS + 60),
                () -> System.nanoTime() - begin > Duration.ofSeconds(SECONDS).toNanos());
        ok(device.ask("tick", "stop", ""));
        long elapsed = Duration.ofNanos(System.nanoTime() - begin).toSeconds();

        List<String> ran = Files.readAllLines(runs);
        assertThat(ran).doesNotHaveDuplicates().hasSizeLessThanOrEqualTo((int) elapsed + 1);
        assertThat(ran.size()).isGreaterThan(SECONDS / 2);
        Map<String, String> dues = dues();
        assertThat(dues.values()).doesNotHaveDuplicates();
        JsonObject schedule = device.awaitState("tick", "stopped").getAsJsonObject("schedule");
        System.out.println("[schedule] " + ran.size() + " runs in " + elapsed + " s with " + KILLS + " kills, "
                + dues.size() + " due times seen, none twice; " + schedule);
    }

    /** The due time of every run that an event tells of; a kill may lose one. */
    private Map<String, String> dues() {
        var dues = new HashMap<String, String>();
        for (Watcher.Seen seen : device.watcher().all(device.topic("tick", "event"))) {
            JsonObject event = seen.json();
            if (!event.has("cause") || !event.has("run") || event.get("run").isJsonNull()) continue;
            JsonObject cause = event.getAsJsonObject("cause");
            if (cause.get("kind").getAsString().equals("schedule")) {
                dues.put(event.get("run").getAsString(), cause.get("message").getAsString());
            }
        }
        return dues;
    }

    private static Bundle oneshot(String id, String... lines) {
        return Bundle.script(id, lines).with("type", "\"oneshot\"");
    }
}
