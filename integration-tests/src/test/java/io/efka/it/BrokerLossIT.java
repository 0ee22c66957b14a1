package io.efka.it;

import static io.efka.it.Device.ok;
import static io.efka.it.Watcher.where;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The broker is away, comes back with or without what it knew, or holds its breath: the device goes on. */
class BrokerLossIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    private TestBroker broker;
    private Device device;

    @BeforeEach
    void start() {
        broker = Brokers.start();
        device = new Device(broker, "islander");
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
    class Away {
        @Test
        void theAgentStartsKeepsItsServicesAndConnectsWhenItCan() {
            device.start().run(Bundle.sleeper("kept"));
            assertThat(device.agent().terminate()).isZero();
            broker.kill();

            device.launch();
            Await.until("the service runs", SOON, () -> !device.processes().isEmpty());
            broker.start();
            device.watchAgain();
            device.awaitOnline();
            device.awaitState("kept", "running");
        }

        @Test
        void theAgentEndsGracefully() {
            device.start().run(Bundle.sleeper("ended"));
            broker.kill();
            assertThat(device.agent().terminate()).isZero();
            assertThat(device.processes()).isEmpty();
            broker.start();
            device.watchAgain();
        }
    }

    @Nested
    class BackAgain {
        @Test
        void withWhatItKnewEveryRetainedDocumentIsRight() {
            documentsAreRightAfter(TestBroker::start);
        }

        @Test
        void withNothingEveryRetainedDocumentIsRight() {
            documentsAreRightAfter(TestBroker::startEmpty);
        }

        private void documentsAreRightAfter(Consumer<TestBroker> back) {
            device.start();
            device.run(Bundle.sleeper("steady"));
            device.install(Bundle.sleeper("idle"));
            long struck = device.run(Bundle.sleeper("struck")).get("pid").getAsLong();
            broker.kill();
            ProcessHandle.of(struck).ifPresent(ProcessHandle::destroyForcibly);
            Await.until(
                    "it runs anew",
                    SOON,
                    () -> device.processes().stream()
                                    .filter(p -> p.pid() != struck)
                                    .count()
                            >= 2);
            long begun = System.nanoTime();
            back.accept(broker);
            device.watchAgain();

            device.awaitStatus(
                    "struck",
                    s -> where("state", "running").test(s) && s.get("pid").getAsLong() != struck);
            device.awaitState("steady", "running");
            device.awaitState("idle", "stopped");
            device.watcher()
                    .awaitJson(device.topic("status"), s -> s.get("online").getAsBoolean());
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
            for (JsonElement service : ok(device.ask("list", "")).getAsJsonArray("services")) {
                JsonObject document = service.getAsJsonObject();
                device.awaitStatus(document.get("service").getAsString(), document::equals);
            }
        }
    }

    @Nested
    class HoldingItsBreath {
        @Test
        void theAgentStartsItsServicesAndConnectsAfterwards() {
            device.start().run(Bundle.sleeper("patient"));
            assertThat(device.agent().terminate()).isZero();
            broker.pause();
            device.launch();
            Await.until("the service runs", SOON, () -> !device.processes().isEmpty());
            broker.resume();
            device.watchAgain();
            device.awaitOnline();
            device.awaitState("patient", "running");
        }

        @Test
        void theAgentEndsGracefullyAllTheSame() {
            device.start().run(Bundle.sleeper("ended"));
            broker.pause();
            long begun = System.nanoTime();
            assertThat(device.agent().terminate()).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
            assertThat(device.processes()).isEmpty();
            broker.resume();
            device.watchAgain();
        }
    }

    @Test
    void cutLinesLoseNoByteOfOutput() throws Exception {
        try (var proxy = new FlakyProxy(broker.port());
                var cut = new Device(broker, "cut", proxy.uri().toString())) {
            cut.start();
            cut.run(Bundle.script(
                            "pouring",
                            "i=0",
                            "while [ $i -lt 3000 ]; do i=$((i+1)); echo \"line $i\"; done",
                            "exec sleep 600")
                    .with("output", "{\"batch\":256,\"linger\":\"1ms\"}"));
            for (int i = 0; i < 3; i++) {
                int seen = cut.watcher().all(cut.topic("pouring", "stdout")).size();
                Await.until(
                        "some more came",
                        SOON,
                        () -> cut.watcher().all(cut.topic("pouring", "stdout")).size() > seen
                                || cut.output("pouring", "stdout").endsWith("line 3000\n"));
                proxy.reset();
            }
            String expected = IntStream.rangeClosed(1, 3000)
                    .mapToObj(i -> "line " + i + "\n")
                    .collect(Collectors.joining());
            cut.awaitOutput("pouring", "line 3000\n");
            assertThat(cut.output("pouring", "stdout")).isEqualTo(expected);
        }
    }
}
