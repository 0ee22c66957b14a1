package io.efka.it;

import static io.efka.it.Watcher.where;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Rollouts over a fleet of packaged agents and a stock Mosquitto, by the packaged command line. {@code -Defka.rollout.devices=50} sets how
 * many agents there are, {@code -Defka.rollout.kills=8} how often the controller is killed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RolloutIT {
    private static final int DEVICES = Integer.getInteger("efka.rollout.devices", 8);
    private static final int KILLS = Integer.getInteger("efka.rollout.kills", 3);
    private static final String TOPIC = "efka/group/all/desired/cam";

    /** Every agent applies at once on a machine that has two cores. */
    private static final Duration PATIENCE = Duration.ofSeconds(60 + 10L * DEVICES);

    private static final Duration BACK = Duration.ofSeconds(60);

    private TestBroker broker;
    private Watcher operator;
    private Path folder;
    private final List<Device> devices = new ArrayList<>();
    private final List<AgentProcess> commands = new ArrayList<>();
    private int releases;
    private int started;
    private String before = "";

    @BeforeAll
    void startFleet() {
        broker = Brokers.stock();
        folder = Folders.create("rollout");
        operator = new Watcher(broker, TOPIC);
        for (int i = 0; i < DEVICES; i++) devices.add(new Device(broker, "cam" + i));
        devices.forEach(Device::launch);
        devices.forEach(Device::awaitOnline);
    }

    @AfterAll
    void stopFleet() {
        try {
            devices.forEach(Device::close);
        } finally {
            operator.close();
            broker.close();
            Folders.delete(folder);
        }
    }

    /** Every device has the same release, by the same document, and no rollout is under way. */
    @BeforeEach
    void startFromOneRelease() {
        before = "r" + ++releases;
        long revision = operator.last(TOPIC)
                        .map(document -> document.get("revision").getAsLong())
                        .orElse(0L)
                + 1;
        String document = "{\"v\":1,\"revision\":" + revision + "," + services(before, Set.of()) + "}";
        operator.publish(TOPIC, document.getBytes(StandardCharsets.UTF_8), true, new MqttProperties());
        awaitAll(before, PATIENCE);
    }

    @AfterEach
    void endCommands() {
        commands.forEach(AgentProcess::kill);
        commands.clear();
    }

    /** A release that says its name and runs, but for the devices on which it ends at once. */
    private static String services(String release, Set<String> bad) {
        String broken = String.join("|", bad.isEmpty() ? Set.of("nobody") : bad);
        JsonObject entry = Bundle.script(
                        "cam",
                        "case $EFKA_DEVICE in " + broken + ") echo no such camera >&2; exit 3;; esac",
                        "echo release " + release,
                        "exec sleep 1000")
                .with("release", '"' + release + '"')
                .json();
        entry.addProperty("min_healthy", "300ms");
        entry.addProperty("healthy_deadline", "30s");
        return "\"services\":{\"cam\":" + entry + "}";
    }

    private Path file(String release, Set<String> bad) {
        try {
            return Files.writeString(folder.resolve(release + ".json"), "{" + services(release, bad) + "}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private AgentProcess efka(String... arguments) {
        var all = new ArrayList<String>(List.of("rollout"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--broker", broker.uri()));
        AgentProcess command = AgentProcess.fleet(folder.resolve("command" + ++started + ".log"), all);
        commands.add(command);
        return command;
    }

    private AgentProcess start(String release, Set<String> bad, String... more) {
        var arguments = new ArrayList<String>(
                List.of("start", "cam", "-f", file(release, bad).toString()));
        arguments.addAll(List.of("--max-unavailable", "50%"));
        if (!List.of(more).contains("--settle")) arguments.addAll(List.of("--settle", "1s"));
        arguments.addAll(List.of(more));
        return efka(arguments.toArray(String[]::new));
    }

    private void assertEndsWith(int code, AgentProcess command) {
        int exit = command.onExit()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
        assertThat(exit).as(() -> command.log() + plan()).isEqualTo(code);
    }

    private JsonObject plan() {
        return operator.last(TOPIC).orElseThrow().getAsJsonObject("candidate").getAsJsonObject("plan");
    }

    private void awaitPlan(String key, String value) {
        operator.awaitJson(
                TOPIC,
                document -> document.has("candidate")
                        && where(key, value)
                                .test(document.getAsJsonObject("candidate").getAsJsonObject("plan")));
    }

    private static boolean runs(Device device, String release) {
        return device.watcher()
                .last(device.topic("cam", "status"))
                .filter(where("state", "running"))
                .map(status -> status.get("release"))
                .filter(current -> current != null && !current.isJsonNull())
                .map(current -> current.getAsString().startsWith(release + "-"))
                .orElse(false);
    }

    private long running(String release) {
        return devices.stream().filter(device -> runs(device, release)).count();
    }

    private void awaitAll(String release, Duration limit) {
        Await.until(
                () -> "all run " + release + ", which " + running(release) + " of " + DEVICES + " do",
                limit,
                () -> running(release) == DEVICES);
    }

    /** A fourth of a few devices, a tenth of many. */
    private static Set<String> bad() {
        int every = Math.max(4, Math.min(10, DEVICES / 5));
        return IntStream.range(0, DEVICES)
                .filter(i -> i % every == 1)
                .mapToObj(i -> "cam" + i)
                .collect(Collectors.toSet());
    }

    @Test
    void aGoodReleaseReachesAllStepByStepAndCanBeUndone() {
        String next = before + "b";
        assertEndsWith(0, start(next, Set.of()));
        awaitAll(next, BACK);
        assertThat(plan().get("state").getAsString()).isEqualTo("succeeded");
        assertThat(plan().getAsJsonObject("counts").get("done").getAsInt()).isEqualTo(DEVICES);
        assertEndsWith(0, efka("status", "cam"));
        AgentProcess list = efka("ls");
        assertEndsWith(0, list);
        assertThat(list.log()).contains("cam", "succeeded");

        assertEndsWith(0, efka("undo", "cam", "-m", "it flickers"));
        awaitAll(before, BACK);
        assertThat(plan().get("reason").getAsString()).isEqualTo("it flickers");
        AgentProcess status = efka("status", "cam");
        assertEndsWith(2, status);
        assertThat(status.log()).contains("was undone by", "it flickers");
    }

    @Test
    void aBadReleaseStopsAtItsLimitAndIsTakenBack() {
        String next = before + "b";
        AgentProcess rollout = start(next, bad(), "--max-failures", "5%");
        assertEndsWith(2, rollout);
        assertThat(rollout.log()).contains("is paused by its limits");
        assertThat(plan().get("stopped_by").getAsString()).isEqualTo("limits");
        assertThat(plan().getAsJsonObject("failed").keySet()).isNotEmpty().isSubsetOf(bad());
        assertThat(running(next)).as("not beyond the step that failed").isLessThan(DEVICES);

        long begun = System.nanoTime();
        assertEndsWith(0, efka("abort", "cam"));
        awaitAll(before, BACK);
        System.out.println("abort: all of " + DEVICES + " are back after "
                + Duration.ofNanos(System.nanoTime() - begun).toMillis() + " ms");
        assertThat(plan().get("state").getAsString()).isEqualTo("aborted");
    }

    @Test
    void itGoesBackByItselfWhereThatWasAskedFor() {
        String next = before + "b";
        assertEndsWith(2, start(next, bad(), "--max-failures", "5%", "--on-failure", "rollback"));
        awaitAll(before, BACK);
        assertThat(plan().get("state").getAsString()).isEqualTo("aborted");
    }

    @Test
    void aControllerThatIsKilledAgainAndAgainEndsWhereItWouldHave() {
        String next = before + "b";
        var chance = new Random(17);
        // Long enough for all kills: each needs a JVM's start.
        AgentProcess controller = start(next, Set.of(), "--settle", Math.max(1, KILLS / 2) + "s");
        awaitPlan("state", "running");
        int kills = 0;
        while (kills < KILLS) {
            LockSupport.parkNanos(Duration.ofMillis(500 + chance.nextInt(2500)).toNanos());
            controller.kill();
            if (plan().get("state").getAsString().equals("succeeded")) break;
            kills++;
            controller = efka("resume", "cam");
        }
        System.out.println("the controller was killed " + kills + " times in one rollout");
        if (controller.isAlive()) assertEndsWith(0, controller);
        awaitAll(next, PATIENCE);
        assertThat(plan().get("state").getAsString()).isEqualTo("succeeded");
    }

    @Test
    void anotherOperatorTakesOverAndTheFirstIsTold() {
        String next = before + "b";
        AgentProcess first = start(next, Set.of(), "--settle", "1h");
        awaitPlan("state", "running");
        assertEndsWith(75, start(next + "x", Set.of()));
        assertThat(first.isAlive()).as("what is refused throws nobody out").isTrue();

        assertEndsWith(0, efka("pause", "cam"));
        assertEndsWith(75, first);
        assertThat(first.log()).contains("has taken over");
        assertThat(plan().get("state").getAsString()).isEqualTo("paused");
        assertThat(plan().getAsJsonObject("controller").get("epoch").getAsLong())
                .isEqualTo(2);

        AgentProcess second = efka("resume", "cam");
        awaitPlan("state", "running");
        assertEndsWith(0, efka("promote", "cam"));
        assertEndsWith(75, second);
        awaitAll(next, PATIENCE);
    }

    @Test
    void whatCannotBeDoneSaysWhy() {
        assertEndsWith(3, efka("pause", "nothing"));
        assertEndsWith(3, start("r", Set.of(), "--group", "roof"));
        assertEndsWith(
                66, efka("start", "cam", "-f", folder.resolve("missing.json").toString()));
        assertEndsWith(64, start("r", Set.of(), "--steps", "10,50"));
    }
}
