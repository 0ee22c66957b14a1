package io.efka.agent.telemetry;

import static io.efka.agent.telemetry.Samples.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.efka.agent.supervision.FakeTimers;
import io.efka.mqtt.MqttLink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DeviceInfoTest {
    private final FakeTimers timers = new FakeTimers();

    @Test
    void saysWhatTheAgentIsAndHowItStandsWithEverything() {
        var broker = new BrokerState(timers, Map::of);
        broker.connected();
        broker.disconnected(new MqttLink.Loss("the connection was reset", false));
        var sections = new LinkedHashMap<String, Supplier<?>>();
        sections.put("broker", broker);
        sections.put("folders", () -> Map.of("data", Path.of("/var/lib/efka")));
        sections.put("state_damages", () -> List.of("state.db was set aside"));
        sections.put("cgroup", () -> "none");
        var identity = new AgentInstance(17, "a1", new Version("0.1.0"), timers.now());
        var machine = new MachineFacts("gw", "Linux 6.1 arm64", "17.0.15", Optional.empty());
        var info = new DeviceInfo(identity, machine, TOPICS, timers::nanos, sections);
        timers.advance(Duration.ofSeconds(90));
        timers.setClock(Duration.ofDays(-7));

        assertThat(info.now()).isEqualTo(JsonParser.parseString("""
                        {"device":"dev1","version":"0.1.0","session":17,"instance":"a1","pid":%d,"host":"gw",
                         "os":"Linux 6.1 arm64","java":"17.0.15","groups":["all","lab"],"boot_at":null,
                         "started_at":"2026-11-22T20:15:00.123Z","uptime_ms":90000,
                         "broker":{"connected":false,"since":"2026-11-22T20:15:00.123Z","connections":1,
                                   "last_loss":"the connection was reset"},
                         "folders":{"data":"/var/lib/efka"},"state_damages":["state.db was set aside"],
                         "cgroup":"none"}
                        """.formatted(
                        ProcessHandle.current().pid())));
    }

    @Test
    void theMachineIsReadFromProc(@TempDir Path proc) throws IOException {
        Files.createDirectories(proc.resolve("sys/kernel"));
        Files.writeString(proc.resolve("sys/kernel/hostname"), "gw-7\n");
        Files.writeString(proc.resolve("stat"), "cpu  1 2 3\nctxt 7\nbtime 1763800000\nprocesses 3\n");

        MachineFacts machine = MachineFacts.read(proc);

        assertThat(machine.host()).isEqualTo("gw-7");
        assertThat(machine.bootAt()).contains(Instant.ofEpochSecond(1_763_800_000));
    }

    @Test
    void aMachineWithoutProcIsStillAMachine(@TempDir Path empty) {
        MachineFacts machine = MachineFacts.read(empty);

        assertThat(machine.host()).isEqualTo("unknown");
        assertThat(machine.bootAt()).isEmpty();
        assertThat(machine.java()).isNotEmpty();
    }

    @Test
    void outsideOfTheJarTheVersionIsDev() {
        assertThat(Version.current()).hasToString("dev");
    }
}
