package io.efka.it;

import static io.efka.it.Device.code;
import static io.efka.it.Device.ok;
import static io.efka.it.Watcher.where;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is sent gets a clear error, and the agent goes on. */
class BadInputIT {
    @RegisterExtension
    static final SharedDevice SHARED = new SharedDevice("sturdy");

    private static final String REPLIES = "bad/replies";

    private final Device device = SHARED.device();

    @AfterEach
    void theAgentStillAnswers() {
        ok(device.ask("ping", ""));
        assertThat(device.agent().isAlive()).isTrue();
    }

    static Stream<Arguments> badPayloads() {
        return Stream.of(
                payload("not JSON", "start it!", "bad_payload"),
                payload("JSON with an error", "{\"wait\":false", "bad_payload"),
                payload("an array", "[1,2]", "bad_payload"),
                payload("a string", "\"start\"", "bad_payload"),
                payload("two objects", "{}{}", "bad_payload"),
                payload("a key twice", "{\"wait\":true,\"wait\":false}", "bad_payload"),
                payload("nested 10,000 deep", "{\"a\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}", "bad_payload"),
                payload("300 KiB", "{\"a\":\"" + "x".repeat(300 * 1024) + "\"}", "payload_too_large"),
                Arguments.of("invalid UTF-8", new byte[] {'{', '"', (byte) 0xc3, (byte) 0x28, '"', '}'}, "bad_payload"),
                payload("a wait that is no boolean", "{\"wait\":\"yes\"}", "bad_argument"),
                payload("an id that is no string", "{\"id\":7}", "bad_argument"),
                payload("a time that is none", "{\"expires_at\":\"soon\"}", "bad_argument"));
    }

    private static Arguments payload(String name, String text, String code) {
        return Arguments.of(name, text.getBytes(UTF_8), code);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badPayloads")
    void aPayloadThatIsNotUnderstood(String name, byte[] payload, String code) {
        JsonObject reply = reply(device.topic("cmd/ping"), payload);
        assertThat(code(reply)).isEqualTo(code);
        assertThat(reply.getAsJsonObject("error").get("message").getAsString()).hasSizeBetween(10, 500);
    }

    @Test
    void wrongTypesOfArgumentsNameTheKeyTheValueAndWhatWouldBeRight() {
        device.run(Bundle.sleeper("typed"));
        assertThat(message(device.ask("typed", "signal", "{\"signal\":9}"))).contains("signal", "9");
        assertThat(message(device.ask("typed", "input", "{\"text\":[]}"))).contains("text");
        assertThat(message(device.ask("typed", "logs", "{\"lines\":\"many\"}"))).contains("lines", "many");
        assertThat(message(device.ask("typed", "logs", "{\"lines\":-1}"))).contains("lines", "-1");
        assertThat(message(device.ask("apply", "{\"services\":[]}"))).contains("services");
        assertThat(message(device.ask("new", "install", "{\"manifest\":\"text\"}")))
                .contains("manifest");
    }

    @Test
    void unknownCommandsAndServicesAreNamed() {
        assertThat(code(device.ask("explode", ""))).isEqualTo("unknown_command");
        assertThat(code(device.ask("nowhere", "start", ""))).isEqualTo("unknown_service");
        assertThat(code(device.ask("nowhere", "explode", ""))).isEqualTo("unknown_command");
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "-rf", ".hidden", "a b", "käse", "x\\y"})
    void anIllegalServiceIdInTheTopic(String id) {
        assertThat(code(device.ask(id, "install", Bundle.sleeper("legal").payload())))
                .isEqualTo("bad_argument");
    }

    @Test
    void aSlashInTheServiceIdIsAnotherTopicThatNobodyHears() {
        try (Watcher client = new Watcher(SHARED.broker())) {
            client.publish("efka/sturdy/svc/a/b/cmd/start", "");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../etc", "a/b", "a\\u0000b", ""})
    void anIllegalServiceIdInAPayload(String id) {
        JsonObject reply = device.ask(
                "apply", "{\"services\":{\"" + id + "\":" + Bundle.sleeper("x").payload() + "}}");
        assertThat(code(reply)).isIn("invalid_manifest", "bad_argument");
        JsonObject inManifest = device.ask(
                "legal",
                "install",
                Bundle.sleeper("legal").with("service_id", "\"" + id + "\"").payload());
        assertThat(code(inManifest)).isEqualTo("invalid_manifest");
    }

    @Test
    void aNulInTheTopicEndsAtTheBroker() throws IOException {
        Handshake.publish(SHARED.broker().port(), "efka/sturdy/svc/a\0b/cmd/start".getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../escape", "/tmp/escape", "a/../../escape", "manifest.json/x", ""})
    void filesThatWouldLieOutsideOfTheWorkDirectory(String path) {
        JsonObject reply = device.ask(
                "escaping",
                "install",
                Bundle.sleeper("escaping").file(path, "exit").payload());
        assertThat(code(reply)).isEqualTo("bad_argument");
        assertThat(device.data().resolve("services/escaping")).doesNotExist();
        assertThat(code(device.ask("escaping", "status", ""))).isEqualTo("unknown_service");
    }

    static Stream<Arguments> programsThatCannotRun() {
        return Stream.of(
                Arguments.of("missing", Bundle.sleeper("p-missing").with("exec", "\"absent.sh\""), "absent.sh"),
                Arguments.of(
                        "a directory",
                        Bundle.sleeper("p-folder").file("bin/x", "exit").with("exec", "\"bin\""),
                        "bin"),
                Arguments.of("not executable", notExecutable(), "plain.sh"),
                Arguments.of("exits at once", Bundle.script("p-brief", "echo no licence >&2", "exit 42"), "42"));
    }

    private static Bundle notExecutable() {
        Bundle bundle =
                Bundle.sleeper("p-plain").file("plain.sh", "exec sleep 600").with("exec", "\"plain.sh\"");
        bundle.files().getAsJsonObject("plain.sh").addProperty("mode", "0644");
        return bundle;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("programsThatCannotRun")
    void anExecThatCannotRunFailsTheStartAndNotTheWish(String name, Bundle bundle, String named) {
        device.install(bundle.with("restart", "{\"delay\":\"60s\"}"));
        JsonObject reply = device.ask(bundle.id(), "start", "");
        assertThat(code(reply)).isEqualTo("launch_failed");
        assertThat(message(reply)).contains(named);
        assertThat(device.awaitStatus(bundle.id(), s -> true).get("state").getAsString())
                .isNotEqualTo("running");
        assertThat(Processes.below(device.data().resolve("services/" + bundle.id())))
                .isEmpty();
        ok(device.ask(bundle.id(), "remove", ""));
    }

    @Test
    void aManifestHasAllItsFaultsListed() {
        var bad = Bundle.sleeper("faulty")
                .with("exec", "\"run.sh --now\"")
                .with("args", "\"none\"")
                .with("health_check", "\"not a url\"")
                .with("ready", "\"someday\"")
                .with("restart", "{\"delay\":\"soon\",\"policy\":\"perhaps\"}")
                .with("stop", "{\"grace\":\"-5s\",\"signal\":\"HARD\"}")
                .with("limits", "{\"memory\":\"much\"}")
                .with("after", "[\"faulty\"]")
                .with("autostart", "\"yes\"");
        JsonObject reply = device.ask("faulty", "install", bad.payload());
        assertThat(code(reply)).isEqualTo("invalid_manifest");
        List<String> keys = reply.getAsJsonArray("faults").asList().stream()
                .map(fault -> fault.getAsJsonObject().get("key").getAsString())
                .toList();
        assertThat(keys)
                .containsExactlyInAnyOrder(
                        "exec",
                        "args",
                        "health_check",
                        "ready",
                        "restart.delay",
                        "restart.policy",
                        "stop.grace",
                        "stop.signal",
                        "limits.memory",
                        "after",
                        "autostart");
        assertThat(device.data().resolve("services/faulty")).doesNotExist();
    }

    @Test
    void anUnknownKeyIsAWarningWithAGuess() {
        JsonObject reply = device.install(Bundle.sleeper("misspelt").with("restrat", "{}"));
        assertThat(reply.get("warnings").toString()).contains("restrat", "restart");
    }

    @Test
    void aCycleIsRefused() {
        device.install(Bundle.sleeper("hen").with("after", "[\"egg\"]"));
        JsonObject reply = device.ask(
                "egg",
                "install",
                Bundle.sleeper("egg").with("after", "[\"hen\"]").payload());
        assertThat(code(reply)).isEqualTo("invalid_manifest");
        assertThat(message(reply)).contains("after");
    }

    private JsonObject reply(String topic, byte[] payload) {
        String id = "bad-" + System.nanoTime();
        try (Watcher client = new Watcher(SHARED.broker(), REPLIES)) {
            var properties = new MqttProperties();
            properties.setResponseTopic(REPLIES);
            properties.setCorrelationData(id.getBytes(UTF_8));
            client.publish(topic, payload, false, properties);
            return client.awaitJson(REPLIES, where("id", id));
        }
    }

    private static String message(JsonObject reply) {
        code(reply);
        return reply.getAsJsonObject("error").get("message").getAsString();
    }
}
