package io.efka.agent.telemetry;

import static io.efka.agent.telemetry.Samples.CAMERA;
import static io.efka.agent.telemetry.Samples.MODEM;
import static io.efka.agent.telemetry.Samples.SINCE;
import static io.efka.agent.telemetry.Samples.backoff;
import static io.efka.agent.telemetry.Samples.stopped;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.efka.protocol.Cause;
import io.efka.protocol.Exit;
import io.efka.protocol.Fault;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.ServiceStatus.Desired;
import io.efka.protocol.Signal;
import io.efka.protocol.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class StatusCodecTest {
    private final StatusCodec codec = new StatusCodec(17);

    @Test
    void aServiceThatWaitsForItsRestart() {
        assertThat(codec.encode(backoff(CAMERA, 3))).isEqualTo(JsonParser.parseString("""
                {"v":1,"service":"camera","desired":"running","state":"backoff","ready":false,"health":"unknown",
                 "pid":null,"run":null,"since":"2026-11-22T20:15:00.123Z","restarts":3,
                 "next_attempt_at":"2026-11-22T20:15:02.623Z","cause":{"kind":"exit","code":1},
                 "last_exit":{"run":"01JDA000000000000000000001","code":1,"signal":null,"oom":false,
                              "at":"2026-11-22T20:15:00.123Z","tail":"no device\\nbye \uFFFD\\n"},
                 "release":null,"session":17,"warnings":["limits.memory cannot be had here"],
                 "autostart":true,"crash_loop":false}
                """));
    }

    @Test
    void theKeysKeepTheOrderOfTheProtocol() {
        assertThat(new String(codec.bytes(stopped(CAMERA)), StandardCharsets.UTF_8))
                .isEqualTo("{\"v\":1,\"service\":\"camera\","
                        + "\"desired\":\"stopped\",\"state\":\"stopped\",\"ready\":false,\"health\":\"unknown\",\"pid\":null,"
                        + "\"run\":null,\"since\":\"2026-11-22T20:15:00.123Z\",\"restarts\":0,\"next_attempt_at\":null,"
                        + "\"cause\":{\"kind\":\"agent_start\"},\"last_exit\":null,\"release\":null,\"session\":17,"
                        + "\"warnings\":[],\"autostart\":true,\"crash_loop\":false}");
    }

    @Test
    void whatAServiceWaitsForAndWhatIsWrongWithItAreThereWhenThereIsSomething() {
        var unusable = new ServiceStatus(
                CAMERA,
                Desired.RUNNING,
                ServiceStatus.State.FAILED,
                false,
                ServiceStatus.HealthState.UNHEALTHY,
                OptionalLong.empty(),
                Optional.empty(),
                SINCE,
                0,
                Optional.empty(),
                Cause.of(Cause.Kind.INVALID_MANIFEST, "1 fault"),
                Optional.of(new ServiceStatus.LastExit(
                        Samples.RUN_1, new Exit(OptionalInt.empty(), Optional.of(Signal.KILL), true, SINCE, ""))),
                true,
                false,
                List.of(MODEM),
                List.of(),
                List.of(new Fault("exec", "7", "a string without spaces")),
                Optional.empty());

        var json = codec.encode(unusable);

        assertThat(json.get("waiting_for")).isEqualTo(JsonParser.parseString("[\"modem\"]"));
        assertThat(json.get("faults"))
                .isEqualTo(JsonParser.parseString(
                        "[{\"key\":\"exec\",\"value\":\"7\",\"expected\":\"a string without spaces\"}]"));
        assertThat(json.get("cause"))
                .isEqualTo(JsonParser.parseString("{\"kind\":\"invalid_manifest\",\"message\":\"1 fault\"}"));
        assertThat(json.getAsJsonObject("last_exit").get("signal").getAsString())
                .isEqualTo("KILL");
        assertThat(json.getAsJsonObject("last_exit").get("code").isJsonNull()).isTrue();
        assertThat(json.get("crash_loop").getAsBoolean()).isTrue();
    }

    @Test
    void aWholeSecondHasItsMilliseconds() {
        assertThat(JsonWriter.timestamp(java.time.Instant.parse("2026-01-02T03:04:05Z")))
                .isEqualTo("2026-01-02T03:04:05.000Z");
    }
}
