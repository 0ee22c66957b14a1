package io.efka.it;

import static io.efka.it.Device.code;
import static io.efka.it.Device.ok;
import static io.efka.it.Watcher.where;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for all commands: how they are replied to, and which of them are executed, when and how often. */
class CommandRulesIT {
    @RegisterExtension
    static final SharedDevice SHARED = new SharedDevice("rules", "--groups", "kitchen,hall");

    private static final Duration SOON = Duration.ofSeconds(20);

    private final Device device = SHARED.device();

    @Nested
    class Replies {
        @Test
        void echoTheCorrelationDataAndExpireAsTheRequestDoes() {
            byte[] correlation = {0, 1, (byte) 0xff, 'x'};
            try (Watcher client = new Watcher(SHARED.broker(), "my/replies")) {
                MqttProperties properties = properties("my/replies", correlation);
                properties.setMessageExpiryInterval(300L);
                client.publish(device.topic("cmd/ping"), new byte[0], false, properties);
                Watcher.Seen reply = client.await("reply", m -> m.topic().equals("my/replies"));

                assertThat(reply.properties().getCorrelationData()).isEqualTo(correlation);
                assertThat(reply.properties().getMessageExpiryInterval()).isBetween(1L, 300L);
                assertThat(reply.properties().getContentType()).isEqualTo("application/json");
                assertThat(reply.qos()).isEqualTo(1);
                assertThat(reply.retained()).isFalse();
                assertThat(ok(reply.json()).get("v").getAsInt()).isEqualTo(1);
            }
        }

        @Test
        void goWhereAnOldClientsPayloadSays() {
            try (Watcher client = new Watcher(SHARED.broker(), "old/replies")) {
                client.publish(device.topic("cmd/ping"), "{\"id\":\"old-1\",\"reply_to\":\"old/replies\"}");
                JsonObject reply = client.awaitJson("old/replies", r -> true);
                assertThat(ok(reply).get("id").getAsString()).isEqualTo("old-1");
            }
        }

        @Test
        void goToTheDevicesReplyTopicWhereNothingIsSaid() {
            device.watcher().publish(device.topic("cmd/ping"), "{\"id\":\"default-1\"}");
            device.watcher().awaitJson(device.topic("reply"), where("id", "default-1"));
        }

        @Test
        void followThePropertiesWhereThePayloadSaysOtherwise() {
            try (Watcher client = new Watcher(SHARED.broker(), "won/replies", "lost/replies")) {
                client.publish(
                        device.topic("cmd/ping"),
                        "{\"id\":\"payload\",\"reply_to\":\"lost/replies\"}".getBytes(UTF_8),
                        false,
                        properties("won/replies", "property".getBytes(UTF_8)));
                assertThat(client.awaitJson("won/replies", r -> true).get("id").getAsString())
                        .isEqualTo("property");
                assertThat(client.all("lost/replies")).isEmpty();
            }
        }

        @Test
        void comeAtAcceptanceToThoseWhoDoNotWait() {
            var slow = Bundle.script("patient", "trap '' TERM", "echo up", "while :; do sleep 0.1; done")
                    .with("stop", "{\"grace\":\"1s\"}");
            device.run(slow);
            device.awaitOutput("patient", "up\n");
            JsonObject reply = ok(device.ask("patient", "stop", "{\"wait\":false}"));
            assertThat(reply.get("accepted").getAsBoolean()).isTrue();
            assertThat(reply.get("took_ms").getAsLong()).isLessThan(900);
            device.awaitState("patient", "stopped");
        }

        @ParameterizedTest
        @ValueSource(strings = {"efka/rules/cmd/shutdown", "efka/group/all/cmd/shutdown", "a/#", "$SYS/x", ""})
        void areNeverSentToACommandNorToWhatIsNoTopic(String trap) {
            String id = "trap-" + trap;
            device.watcher().publish(device.topic("cmd/ping"), "{\"id\":\"" + id + "\",\"reply_to\":\"" + trap + "\"}");
            assertThat(code(device.watcher().awaitJson(device.topic("reply"), where("id", id))))
                    .isEqualTo("bad_argument");
        }
    }

    @Nested
    class Refused {
        @Test
        void areCommandsWhoseTimeIsOver() {
            device.install(Bundle.sleeper("late"));
            String past = Instant.now().minusSeconds(1).toString();
            assertThat(code(device.ask("late", "start", "{\"expires_at\":\"" + past + "\"}")))
                    .isEqualTo("expired");
            device.watcher().awaitJson(device.topic("late", "event"), where("event", "expired"));
            device.awaitState("late", "stopped");
            String future = Instant.now().plusSeconds(60).toString();
            ok(device.ask("late", "start", "{\"expires_at\":\"" + future + "\"}"));
        }

        @Test
        void areRetainedOnes() {
            if (!SHARED.broker().tellsOfRetain()) System.out.println("[broker] it hides what is retained: not tried");
            Assumptions.assumeTrue(SHARED.broker().tellsOfRetain());
            device.install(Bundle.sleeper("haunted"));
            String topic = device.topic("haunted", "cmd/start");
            try (Watcher client = new Watcher(SHARED.broker(), "retained/replies")) {
                client.publish(topic, new byte[0], true, properties("retained/replies", "r-1".getBytes(UTF_8)));
                // An empty retained message is how a topic is cleared; with a payload it is a command.
                client.publish(
                        topic, "{}".getBytes(UTF_8), true, properties("retained/replies", "r-2".getBytes(UTF_8)));
                JsonObject reply = client.awaitJson("retained/replies", where("id", "r-2"));
                client.publish(topic, new byte[0], true, new MqttProperties());

                assertThat(code(reply)).isEqualTo("retained_refused");
                device.watcher().awaitJson(device.topic("haunted", "event"), where("event", "retained_refused"));
                device.awaitState("haunted", "stopped");
            }
        }

        @Test
        void areThoseBeyondTheQueueOfASlowService() {
            stubborn("crowded", "2s");
            try (Watcher client = new Watcher(SHARED.broker(), "crowd/replies")) {
                client.publish(device.topic("crowded", "cmd/remove"), "{\"reply_to\":\"crowd/removed\"}");
                device.awaitState("crowded", "stopping");
                int asked = 80;
                for (int i = 0; i < asked; i++) {
                    client.publish(device.topic("crowded", "cmd/status"), "{\"reply_to\":\"crowd/replies\"}");
                }
                Await.until(
                        "every command is answered",
                        SOON,
                        () -> client.all("crowd/replies").size() == asked);
                List<String> codes = client.all("crowd/replies").stream()
                        .map(reply -> code(reply.json()))
                        .toList();
                assertThat(codes).contains("busy", "unknown_service");
                assertThat(codes.stream().filter("unknown_service"::equals)).hasSize(64);
            }
        }
    }

    @Nested
    class Order {
        @Test
        void ofArrivalIsKeptWithinAService() {
            device.run(Bundle.script("echoing", "exec cat"));
            String expected =
                    IntStream.range(0, 50).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());
            for (int i = 0; i < 50; i++) {
                device.watcher().publish(device.topic("echoing", "cmd/input"), "{\"text\":\"line " + i + "\\n\"}");
            }
            Await.until(
                    "all came through, in order",
                    SOON,
                    () -> device.output("echoing", "stdout").equals(expected));
        }

        @Test
        void ofASlowServiceHoldsUpNoOther() {
            stubborn("slow", "3s");
            device.install(Bundle.sleeper("quick"));
            device.watcher().publish(device.topic("slow", "cmd/remove"), "");
            JsonObject reply = ok(device.ask("quick", "start", ""));
            assertThat(reply.get("took_ms").getAsLong()).isLessThan(2_000);
            assertThat(device.awaitStatus("slow", s -> true).get("state").getAsString())
                    .isNotEqualTo("stopped");
        }
    }

    @Nested
    class Groups {
        @Test
        void areObeyedAlsoForServices() {
            device.install(Bundle.sleeper("lamp"));
            ok(SHARED.device().watcher().ask("efka/group/kitchen/svc/lamp/cmd/start", ""));
            device.awaitState("lamp", "running");
            ok(SHARED.device().watcher().ask("efka/group/all/cmd/ping", ""));
        }

        @Test
        void splayTheirMembersOverTheSpan() {
            try (Watcher client = new Watcher(SHARED.broker(), "splay/replies")) {
                for (int i = 0; i < 12; i++) {
                    client.publish(
                            "efka/group/hall/cmd/ping",
                            "{\"splay_ms\":1000}".getBytes(UTF_8),
                            false,
                            properties("splay/replies", ("splay-" + i).getBytes(UTF_8)));
                }
                Await.until(
                        "all are answered",
                        SOON,
                        () -> client.all("splay/replies").size() == 12);
                LongSummaryStatistics took = client.all("splay/replies").stream()
                        .mapToLong(reply -> ok(reply.json()).get("took_ms").getAsLong())
                        .summaryStatistics();
                assertThat(took.getMax()).isBetween(200L, 3_000L);
                assertThat(took.getMin()).isLessThan(took.getMax());
            }
        }
    }

    @Nested
    class Ids {
        @Test
        void makeACommandTakeEffectOnceAndItsDuplicatesGetTheSameReply() {
            device.run(Bundle.sleeper("single"));
            String id = UUID.randomUUID().toString();
            JsonObject first = ok(device.watcher().ask(device.topic("single", "cmd/restart"), "", id));
            JsonObject second = device.watcher().ask(device.topic("single", "cmd/restart"), "", id);
            assertThat(second).isEqualTo(first);
            assertThat(device.awaitState("single", "running").get("pid").getAsLong())
                    .isEqualTo(first.get("pid").getAsLong());
        }

        @Test
        void belongToOneCommandOnly() {
            device.install(Bundle.sleeper("owner"));
            String id = UUID.randomUUID().toString();
            ok(device.watcher().ask(device.topic("owner", "cmd/start"), "", id));
            assertThat(code(device.watcher().ask(device.topic("owner", "cmd/stop"), "", id)))
                    .isEqualTo("id_reused");
            device.awaitState("owner", "running");
        }
    }

    /** Running, and deaf to TERM: ending it takes the grace. */
    private void stubborn(String id, String grace) {
        device.run(Bundle.script(id, "trap '' TERM", "echo deaf", "while :; do sleep 0.1; done")
                .with("stop", "{\"grace\":\"" + grace + "\"}"));
        device.awaitOutput(id, "deaf\n");
    }

    private static MqttProperties properties(String responseTopic, byte[] correlation) {
        var properties = new MqttProperties();
        properties.setResponseTopic(responseTopic);
        properties.setCorrelationData(correlation);
        return properties;
    }
}
