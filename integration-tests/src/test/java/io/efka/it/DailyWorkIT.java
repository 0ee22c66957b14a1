package io.efka.it;

import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an operator does every day, with nothing but the broker: read the log, look at a service, change one thing. */
@Tag("whole-jar")
class DailyWorkIT {
    @RegisterExtension
    static final SharedDevice SHARED = new SharedDevice("daily");

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Device device = SHARED.device();

    @Test
    void theAgentsLogIsReadFromAfarAndHasEveryChange() {
        device.run(Bundle.sleeper("logged"));
        ok(device.ask("logged", "stop", ""));

        String audit = ok(device.ask("logs", "{\"match\":\"command=stop service=logged\",\"level\":\"info\"}"))
                .get("text")
                .getAsString();
        assertThat(audit).contains("INFO  audit - ", " ok=true ", "topic=efka/daily/svc/logged/cmd/stop");
        String states = ok(device.ask("logs", "{\"match\":\"service=logged state=\"}"))
                .get("text")
                .getAsString();
        assertThat(states).contains("state=STOPPING->STOPPED by command");
    }

    @Test
    void theLogLevelIsSetAndReturnsByItself() {
        JsonObject set = ok(device.ask("log-level", "{\"level\":\"debug\",\"for\":\"1s\"}"));
        assertThat(set.get("level").getAsString()).isEqualTo("debug");
        Await.until("the configured level is in force", LIMIT, () -> {
            JsonObject now = ok(device.ask("log-level", ""));
            return now.get("level").equals(now.get("configured"));
        });
    }

    @Test
    void oneVariableIsChangedAndTheRestStays() {
        device.run(Bundle.sleeper("patched").with("env", "{\"API_TOKEN\":\"hunter2\",\"MODE\":\"slow\"}"));
        JsonObject applied =
                ok(device.ask("apply", "{\"services\":{\"patched\":{\"patch\":{\"env\":{\"MODE\":\"fast\"}}}}}"));
        assertThat(applied.get("actions").toString()).contains("updated", "restarted");

        JsonObject installed = ok(device.ask("patched", "manifest", ""));
        assertThat(installed.getAsJsonObject("manifest").getAsJsonObject("env"))
                .hasToString("{\"API_TOKEN\":\"***\",\"MODE\":\"fast\"}");
        assertThat(installed.getAsJsonArray("files").toString()).contains("manifest.json", "sha256");
        assertThat(installed.toString()).doesNotContain("hunter2");
    }

    @Test
    void allServicesAreRestartedAndTheAgentGoesOn() {
        long first = device.run(Bundle.sleeper("again")).get("pid").getAsLong();
        long agent = info().get("pid").getAsLong();

        JsonObject restarted = ok(device.ask("restart", ""));

        assertThat(restarted.get("actions").toString())
                .contains("\"service\":\"again\",\"action\":\"restarted\",\"ok\":true");
        long second = ok(device.ask("again", "status", "")).get("pid").getAsLong();
        assertThat(second).isNotEqualTo(first);
        assertThat(Processes.isAlive(first)).isFalse();
        assertThat(info().get("pid").getAsLong()).isEqualTo(agent);
    }

    @Test
    void outputIsAskedForByHowLongAgo() {
        device.run(Bundle.script("spoken", "echo hello", "exec sleep 600"));
        Await.until("what was said within the hour is told", LIMIT, () -> {
            JsonObject reply = ok(device.ask("spoken", "logs", "{\"since\":\"1h\"}"));
            return reply.get("text").getAsString().equals("hello\n");
        });
    }

    private JsonObject info() {
        return ok(device.ask("info", "")).getAsJsonObject("info");
    }
}
