package io.efka.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;

/** {@code efka doctor} as it is packaged, at a stock Mosquitto and at narrow ones. */
@Execution(CONCURRENT)
class DoctorIT {
    private Path home;

    @BeforeEach
    void start() {
        home = Folders.create("doctor");
    }

    @AfterEach
    void stop() {
        Folders.delete(home);
    }

    private FleetCli cli(TestBroker broker) {
        return new FleetCli(home, "--broker", broker.uri());
    }

    /** The worst level of each check, and all texts of that. */
    private Map<String, String> findings(TestBroker broker, int exitCode) {
        Shell.Result result = cli(broker).efka("doctor", "--json");
        assertThat(result.code()).as(result.out() + result.err()).isEqualTo(exitCode);
        return result.out()
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .collect(Collectors.toMap(
                        one -> text(one, "check"),
                        one -> text(one, "level") + " " + text(one, "text") + " " + text(one, "cure"),
                        (one, other) -> one + "; " + other));
    }

    private static String text(JsonObject json, String key) {
        return json.get(key).getAsString();
    }

    private static void assertNothingIsLeft(TestBroker broker) {
        try (var eye = new Watcher(broker, "#")) {
            eye.publish("efka/end/cmd/x", "{}"); // where every account here may publish
            eye.await("the end", seen -> seen.topic().startsWith("efka/end/"));
            assertThat(eye.all()).noneMatch(seen -> seen.topic().contains("efka-doctor"));
        }
    }

    @Test
    void aStockMosquittoHasNoProblemAndNothingIsLeft() {
        try (TestBroker broker = Brokers.stock();
                var gate7 = new Device(broker, "gate7").start()) {
            gate7.run(Bundle.sleeper("cam"));
            gate7.awaitState("cam", "running");

            Map<String, String> found = findings(broker, 0);

            assertThat(found.get("packet size")).startsWith("ok");
            assertThat(found.get("retained burst")).startsWith("ok").contains("of 1,200 come", "your fleet has 2");
            assertThat(found.get("retained messages")).startsWith("ok");
            assertThat(found.get("retain flag")).startsWith("ok");
            assertThat(found.get("message expiry")).startsWith("ok");
            assertThat(found.get("sessions")).startsWith("ok");
            assertThat(found.get("will delay")).startsWith("ok");
            assertThat(found.get("queue")).startsWith("ok");
            assertThat(found.get("access rights")).contains("warning this account may also write reports and replies");
            assertThat(found.get("fleet")).contains("1 device, 1 online, with 1 service");
            assertThat(found.get("clocks")).startsWith("ok");
            assertThat(found.get("versions")).startsWith("ok");
            assertNothingIsLeft(broker);
        }
    }

    @Test
    void aNarrowOneIsFoundOut() {
        try (TestBroker broker = Brokers.stock(
                "max_queued_messages 50", "message_size_limit 20000", "max_inflight_messages 5", "max_keepalive 10")) {
            Map<String, String> found = findings(broker, 1);

            assertThat(found.get("packet size"))
                    .startsWith("problem")
                    .contains("of 16 KiB they do", "message_size_limit");
            assertThat(found.get("retained burst")).startsWith("warning 6").contains("max_queued_messages");
            assertThat(found.get("queue")).startsWith("problem");
            assertThat(found.get("receive maximum")).startsWith("warning");
            assertThat(found.get("keep alive")).startsWith("ok the broker sets 10 s");
            assertNothingIsLeft(broker);
        }
    }

    @Test
    void oneWithoutRetainedMessagesIsFoundOut() {
        try (TestBroker broker = Brokers.stock("retain_available false")) {
            assertThat(findings(broker, 1).get("retained messages"))
                    .startsWith("problem")
                    .contains("retain_available true");
        }
    }

    @Test
    void rightsThatAreMissingAreNamed() throws IOException {
        Path acl = home.resolve("acl");
        Files.writeString(acl, "topic read efka/#\ntopic write efka/+/cmd/#\ntopic write efka/+/svc/+/cmd/#\n");
        try (TestBroker broker = Brokers.stock("acl_file " + acl)) {
            Map<String, String> found = findings(broker, 1);

            assertThat(found.get("access rights"))
                    .contains(
                            "problem the broker refuses this account's commands to groups, documents of devices, documents of groups")
                    .doesNotContain("commands to devices", "may also write");
            assertThat(found.get("retained burst")).startsWith("ok");
            assertNothingIsLeft(broker);
        }
    }

    @Test
    void anInterruptLeavesNothingBehind() {
        try (TestBroker broker = Brokers.stock();
                var eye = new Watcher(broker, "efka/+/cmd/probe/burst/+");
                FleetCli.Running doctor = cli(broker).start("doctor", "doctor")) {
            Await.until(
                    "probes are retained",
                    Duration.ofSeconds(60),
                    () -> eye.all().stream().anyMatch(seen -> seen.payload().length > 0));

            assertThat(doctor.interrupt()).as(doctor.said()).isEqualTo(130);
            assertNothingIsLeft(broker);
        }
    }

    @Test
    void theTableIsForPeople() {
        try (TestBroker broker = Brokers.stock("max_queued_messages 50")) {
            try (var eye = new Watcher(broker, "efka/x")) {
                byte[] status =
                        "{\"online\":false,\"reason\":\"lost\",\"connected_at\":\"2020-01-01T00:00:00Z\",\"device\":\"\\u001b[31m\"}"
                                .getBytes(StandardCharsets.UTF_8);
                eye.publish("efka/gate9/status", status, true, new MqttProperties());
            }
            Shell.Result doctor = cli(broker).efka("doctor");

            assertThat(doctor.code()).isEqualTo(1);
            List<String> lines = doctor.out().lines().toList();
            assertThat(lines).anyMatch(line -> line.matches("problem +queue +.*"));
            assertThat(lines).anyMatch(line -> line.matches("warning +offline +.*gate9"));
            assertThat(lines).anyMatch(line -> line.matches(" +-> Mosquitto: max_queued_messages .*"));
            assertThat(doctor.out()).doesNotContain("\u001b");
            assertThat(doctor.err()).contains("warning");
        }
    }
}
