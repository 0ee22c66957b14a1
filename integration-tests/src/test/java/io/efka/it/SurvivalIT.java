package io.efka.it;

import static io.efka.it.Device.code;
import static io.efka.it.Device.ok;
import static io.efka.it.Watcher.where;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What an agent promised outlives it: it is killed, ended and started again. */
class SurvivalIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    private TestBroker broker;
    private Device device;

    @BeforeEach
    void start() {
        broker = Brokers.start();
        device = new Device(broker, "survivor").start();
    }

    @AfterEach
    void stop() {
        try {
            device.close();
        } finally {
            broker.close();
        }
    }

    @Nested
    class KilledWithServicesRunning {
        @Test
        void findsThemAgainAndNoByteOfTheirOutputIsLost() {
            var counting =
                    Bundle.script("counting", "i=0", "while :; do", "i=$((i+1)); echo \"line $i\"; sleep 0.01; done");
            long pid = device.run(counting).get("pid").getAsLong();
            device.awaitOutput("counting", "line 50\n");

            device.agent().kill();
            assertThat(Processes.isAlive(pid)).isTrue();
            device.start();

            JsonObject status = device.awaitStatus("counting", SurvivalIT::isAdopted);
            assertThat(status.get("pid").getAsLong()).isEqualTo(pid);
            assertThat(status.get("state").getAsString()).isEqualTo("running");
            assertThat(mainProcesses("counting")).isEqualTo(1);
            int now = lines(device.output("counting", "stdout"));
            device.awaitOutput("counting", "line " + (now + 50) + "\n");
            ok(device.ask("counting", "stop", ""));
            assertThat(Processes.isAlive(pid)).isFalse();

            long end = ok(device.ask("counting", "logs", "{\"lines\":1}"))
                    .get("end")
                    .getAsLong();
            Await.until(
                    "all output came",
                    SOON,
                    () -> device.output("counting", "stdout").length() == end);
            String all = device.output("counting", "stdout");
            assertThat(all)
                    .isEqualTo(IntStream.rangeClosed(1, lines(all))
                            .mapToObj(i -> "line " + i + "\n")
                            .collect(Collectors.joining()));
        }

        @Test
        void startsAnewWhatEndedMeanwhileAndLeavesStoppedWhatWasStopped() {
            long dying = device.run(Bundle.sleeper("dying")).get("pid").getAsLong();
            device.run(Bundle.sleeper("resting"));
            ok(device.ask("resting", "stop", ""));
            device.agent().kill();
            ProcessHandle.of(dying).ifPresent(ProcessHandle::destroyForcibly);
            Await.until("it is gone", SOON, () -> !Processes.isAlive(dying));
            device.start();

            device.awaitStatus(
                    "dying",
                    s -> where("state", "running").test(s) && s.get("pid").getAsLong() != dying);
            assertThat(mainProcesses("dying")).isEqualTo(1);
            assertThat(device.awaitState("resting", "stopped").get("desired").getAsString())
                    .isEqualTo("stopped");
            assertThat(mainProcesses("resting")).isZero();
        }

        @Test
        void neverRunsTwoCopiesWhereALaunchWasCutInHalf() {
            for (int i = 0; i < 4; i++) device.install(Bundle.sleeper("cut-" + i));
            for (int i = 0; i < 4; i++) {
                device.watcher().publish(device.topic("cut-" + i, "cmd/start"), "{\"id\":\"start-" + i + "\"}");
            }
            device.agent().kill();
            device.start();

            for (int i = 0; i < 4; i++) {
                device.awaitState("cut-" + i, "running");
                int one = i;
                Await.until("exactly one process", SOON, () -> mainProcesses("cut-" + one) == 1);
            }
        }

        @Test
        void aCommandThatWasAcknowledgedIsFinishedAndAnsweredOnce() {
            device.run(Bundle.script("slow", "trap '' TERM", "echo deaf", "while :; do sleep 0.1; done")
                    .with("stop", "{\"grace\":\"2s\"}"));
            device.awaitOutput("slow", "deaf\n");
            device.watcher().publish(device.topic("slow", "cmd/stop"), "{\"id\":\"stop-1\"}");
            device.awaitState("slow", "stopping");
            device.agent().kill();
            device.start();

            device.awaitState("slow", "stopped");
            JsonObject reply = device.watcher().awaitJson(device.topic("reply"), where("id", "stop-1"));
            assertThat(ok(reply).get("state").getAsString()).isEqualTo("stopped");
            assertThat(device.watcher().all(device.topic("reply"))).hasSize(1);
            assertThat(mainProcesses("slow")).isZero();
        }

        @Test
        void aDuplicateOfACommandFromBeforeGetsTheSameReply() {
            device.run(Bundle.sleeper("deaf"));
            String id = UUID.randomUUID().toString();
            JsonObject done = device.watcher().ask(device.topic("deaf", "cmd/signal"), "{\"signal\":\"WINCH\"}", id);
            ok(done);
            device.agent().kill();
            device.start();
            assertThat(device.watcher().ask(device.topic("deaf", "cmd/signal"), "{\"signal\":\"WINCH\"}", id))
                    .as("from the ledger, over a kill")
                    .isEqualTo(done);
            assertThat(code(device.watcher().ask(device.topic("deaf", "cmd/signal"), "{\"signal\":\"USR1\"}", id)))
                    .isEqualTo("id_reused");
        }
    }

    @Nested
    class EndedGracefully {
        @Test
        void stopsItsServicesSaysFarewellAndStartsThemAgainNextTime() {
            long pid = device.run(Bundle.sleeper("loyal")).get("pid").getAsLong();
            long begun = System.nanoTime();
            assertThat(device.agent().terminate()).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(15));

            assertThat(Processes.isAlive(pid)).isFalse();
            JsonObject farewell = device.watcher()
                    .awaitJson(device.topic("status"), s -> !s.get("online").getAsBoolean());
            assertThat(farewell.get("reason").getAsString()).isEqualTo("shutdown");
            device.awaitState("loyal", "stopped");

            device.start();
            assertThat(device.awaitState("loyal", "running")
                            .getAsJsonObject("cause")
                            .get("kind")
                            .getAsString())
                    .isEqualTo("agent_start");
        }

        @Test
        void leavesRunningWhatIsToBeKept() {
            long pid = device.run(Bundle.sleeper("stayer").with("on_agent_exit", "\"keep\""))
                    .get("pid")
                    .getAsLong();
            assertThat(device.agent().terminate()).isZero();
            assertThat(Processes.isAlive(pid)).isTrue();
            device.start();
            assertThat(device.awaitStatus("stayer", SurvivalIT::isAdopted)
                            .get("pid")
                            .getAsLong())
                    .isEqualTo(pid);
            ok(device.ask("stayer", "stop", ""));
        }
    }

    @Nested
    class NotAlone {
        @Test
        void aSecondAgentOnTheSameDataIsRefused() {
            AgentProcess second = AgentProcess.run(broker, "other", device.data());
            assertThat(second.exitCode()).isEqualTo(75);
            assertThat(second.log()).contains("efka: ", device.data().toString());
            ok(device.ask("ping", ""));
        }

        @Test
        void theLastOfTwoWithOneDeviceIdHasItAndTheFirstReportsIt() {
            Path data = Folders.create("twin");
            try (AgentProcess twin = AgentProcess.run(broker, device.id(), data.resolve("data"))) {
                String first = instances().get(0);
                device.watcher().awaitJson(device.topic("event"), where("event", "device_claimed"));
                Await.until("the first yields", SOON, () -> device.agent().log().contains("another agent"));
                ok(device.ask("ping", ""));
                assertThat(device.agent().isAlive() && twin.isAlive()).isTrue();
                assertThat(instances()).as("no ping-pong").hasSize(2).startsWith(first);
            } finally {
                Folders.delete(data);
                Folders.delete(data.resolveSibling(data.getFileName() + ".log"));
            }
        }

        /** Who had the device, one after the other. */
        private List<String> instances() {
            var instances = new ArrayList<String>();
            for (Watcher.Seen birth : device.watcher().all(device.topic("status"))) {
                String instance = birth.json().get("instance").getAsString();
                if (instances.isEmpty() || !instances.get(instances.size() - 1).equals(instance))
                    instances.add(instance);
            }
            return instances;
        }
    }

    @Test
    void damagedStateIsSetAsideAndNamed() throws Exception {
        device.run(Bundle.sleeper("found"));
        assertThat(device.agent().terminate()).isZero();
        try (var files = Files.list(device.data().resolve("state"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (Files.size(file) > 0)
                    Files.write(file, "rubbish".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
        }
        // The session number is among what is lost.
        device.forgetSession();
        device.start();
        JsonObject info = ok(device.ask("info", "")).getAsJsonObject("info");
        assertThat(info.getAsJsonArray("state_damages")).isNotEmpty();
        JsonObject status = ok(device.ask("found", "status", ""));
        // The agent may have just connected, and be starting what it has found.
        assertThat(List.of("starting", "running", "stopped"))
                .contains(status.get("state").getAsString());
    }

    private static boolean isAdopted(JsonObject status) {
        return where("kind", "adopted").test(status.getAsJsonObject("cause"));
    }

    private long mainProcesses(String service) {
        return Processes.below(device.data().resolve("services/" + service)).stream()
                .filter(process -> !process.parent().map(p -> isOf(service, p)).orElse(false))
                // One that has just ended, as each "sleep" does, has no parent any more.
                .filter(process -> Processes.isAlive(process.pid()))
                .count();
    }

    private boolean isOf(String service, ProcessHandle parent) {
        return Processes.below(device.data().resolve("services/" + service)).contains(parent);
    }

    private static int lines(String text) {
        return (int) text.chars().filter(c -> c == '\n').count();
    }
}
