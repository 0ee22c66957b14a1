package io.efka.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import io.efka.it.Brokers;
import io.efka.it.TestBroker;
import io.efka.it.Watcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * The agent is killed at a random moment between a command's arrival and its reply, and the command is sent again: it
 * takes effect once, and every reply to it is the same one.
 */
class LedgerUnderFireIT {
    private static final int KILLS = 20;

    /** A command takes some 20 to 60 ms of a restart and of what is sent before it: most kills hit it on its way. */
    private static final int SPREAD_MICROS = 60_000;

    private static final String REPLIES = "fire/replies";

    private final long seed = Long.getLong("efka.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void everyCommandTakesEffectOnceAndHasOneReply() throws IOException {
        System.out.println("[faults] ledger under fire: -Defka.seed=" + seed);
        try (TestBroker broker = Brokers.start();
                var operator = new Watcher(broker, REPLIES);
                var device = new DisturbedDevice(broker, "fire", List.of())) {
            device.run("counted", "echo x >> launches; exec sleep 600");
            device.run("told", "while read -r line; do echo \"$line\" >> heard; done");
            Path launches = device.workDir("counted").resolve("launches");
            Path heard = device.workDir("told").resolve("heard");

            for (int round = 0; round < KILLS; round++) {
                int before = lines(launches).size();
                fire(device, operator, round);
                String restarted = reply(operator, "restart-" + round);
                assertThat(restarted).as("seed %d", seed).contains("\"ok\":true");
                assertThat(lines(launches))
                        .as(
                                "seed %d, round %d, the log:%n%s",
                                seed, round, device.agent().log())
                        .hasSize(before + 1);
                assertInput(reply(operator, "input-" + round), lines(heard), "word-" + round);
            }
            device.status("counted");
            for (int round = 0; round < KILLS; round++) {
                assertThat(replies(operator, "restart-" + round))
                        .as("seed %d", seed)
                        .hasSize(1);
                assertThat(replies(operator, "input-" + round))
                        .as("seed %d", seed)
                        .hasSize(1);
            }
        }
    }

    /** Both commands, a kill among them, another agent, and both once more. */
    private void fire(DisturbedDevice device, Watcher operator, int round) {
        send(device, operator, round);
        LockSupport.parkNanos(random.nextInt(SPREAD_MICROS) * 1_000L);
        device.killAndStart();
        send(device, operator, round);
    }

    private static void send(DisturbedDevice device, Watcher operator, int round) {
        operator.publish(device.topic("svc/counted/cmd/restart"), arguments("restart-" + round, ""));
        operator.publish(
                device.topic("svc/told/cmd/input"), arguments("input-" + round, ",\"text\":\"word-" + round + "\\n\""));
    }

    private static String arguments(String id, String more) {
        return "{\"id\":\"" + id + "\",\"reply_to\":\"" + REPLIES + "\"" + more + "}";
    }

    /** What could do harm twice is done once or not at all, and an agent that cannot know which says so. */
    private void assertInput(String reply, List<String> heard, String word) {
        long times = heard.stream().filter(word::equals).count();
        if (reply.contains("\"ok\":true")) assertThat(times).as("seed %d", seed).isEqualTo(1);
        else assertThat(reply).as("seed %d", seed).contains("interrupted");
        assertThat(times).as("seed %d", seed).isLessThanOrEqualTo(1);
    }

    private static String reply(Watcher operator, String id) {
        return Await.value(
                "a reply to " + id,
                DisturbedDevice.SOON,
                () -> replies(operator, id).stream().findFirst());
    }

    /** The different ones. */
    private static List<String> replies(Watcher operator, String id) {
        return operator.all(REPLIES).stream()
                .map(Watcher.Seen::json)
                .filter(reply -> reply.get("id").getAsString().equals(id))
                .map(JsonObject::toString)
                .distinct()
                .toList();
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
}
