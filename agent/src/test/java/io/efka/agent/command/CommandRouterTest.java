package io.efka.agent.command;

import static io.efka.agent.command.Rig.CAMERA;
import static io.efka.agent.command.Rig.RADIO;
import static io.efka.agent.command.Rig.camera;
import static io.efka.agent.command.Rig.code;
import static io.efka.agent.command.Rig.device;
import static io.efka.agent.command.Rig.message;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.agent.supervision.Logs;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus.State;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandRouterTest {
    private final Rig rig = new Rig();

    @Nested
    class Reply {
        @Test
        void saysWhatIsSoWhenTheServiceRuns() {
            rig.supervision.with(CAMERA);
            rig.send(camera("start"), "{\"id\":\"7f3a\"}").settle();
            assertThat(rig.reply().toString())
                    .isEqualTo("{\"v\":1,\"id\":\"7f3a\",\"device\":\"dev1\",\"service\":\"camera\","
                            + "\"command\":\"start\",\"ok\":true,\"state\":\"running\",\"pid\":4711,\"took_ms\":0}");
            assertThat(rig.replies.get(0).topic()).isEqualTo("efka/dev1/reply");
            assertThat(rig.replies.get(0).qos()).isEqualTo(1);
        }

        @Test
        void saysWhyTheSupervisorRefused() {
            rig.supervision.running(CAMERA);
            rig.send(camera("start"), "").settle();
            assertThat(code(rig.reply())).isEqualTo("already_running");
            assertThat(message(rig.reply())).isEqualTo("service is running");
            assertThat(rig.reply().has("id")).isFalse();
        }

        @Test
        void goesToTheResponseTopicWithTheCorrelationData() {
            byte[] correlation = {(byte) 0xff, 0, 7};
            rig.send(device("ping"), "{\"id\":\"ignored\",\"reply_to\":\"x\"}", Rig.request("answers/1", correlation))
                    .settle();
            assertThat(rig.replies.get(0).topic()).isEqualTo("answers/1");
            assertThat(rig.replies.get(0).properties().correlationData()).hasValue(correlation);
            assertThat(rig.reply().get("id").getAsString()).isEqualTo("b64:_wAH");
            assertThat(rig.reply().get("pong").getAsBoolean()).isTrue();
        }

        @Test
        void goesWhereAnOldClientAsked() {
            rig.send(device("ping"), "{\"id\":\"1\",\"reply_to\":\"answers/2\"}")
                    .settle();
            assertThat(rig.replies.get(0).topic()).isEqualTo("answers/2");
            assertThat(rig.reply().get("id").getAsString()).isEqualTo("1");
        }

        @Test
        void ofAQueryThatIsTooLargeIsAnErrorWithTheSizes() {
            rig.refusal = reply -> reply.payload().length < 250
                    ? Optional.empty()
                    : Optional.of(LinkException.tooLarge("the broker takes packets of 250 bytes at most"));
            for (int i = 0; i < 20; i++) rig.supervision.with(new ServiceId("service-" + i));
            rig.send(device("list"), "{\"id\":\"7\"}").settle();

            assertThat(code(rig.reply())).isEqualTo("reply_too_large");
            assertThat(message(rig.reply())).contains("the reply of 574 bytes", "250 bytes at most");
            assertThat(rig.reply().get("ok").getAsBoolean()).isFalse();
            assertThat(rig.reply().get("id").getAsString()).isEqualTo("7");
            assertThat(rig.replies).hasSize(1);
        }

        @Test
        void ofADeedThatIsTooLargeStillSaysThatItWasDone() {
            rig.supervision.with(CAMERA);
            rig.refusal = reply -> reply.payload().length < 300
                    ? Optional.empty()
                    : Optional.of(LinkException.tooLarge("the broker takes packets of 300 bytes at most"));
            String strangers = IntStream.range(0, 9)
                    .mapToObj(i -> ",\"stranger" + i + "\":1")
                    .collect(joining());
            rig.send(camera("start"), "{\"id\":\"7\"" + strangers + "}").settle();

            assertThat(rig.reply().get("ok").getAsBoolean()).isTrue();
            assertThat(rig.reply().get("shortened").getAsBoolean()).isTrue();
            assertThat(rig.replies).hasSize(1);
        }

        @ParameterizedTest
        @EnumSource(names = {"REFUSED", "POISON"})
        void goesToTheDevicesOwnTopicWhereItsOwnIsNotTaken(LinkException.Kind kind) {
            rig.refusal =
                    reply -> reply.topic().equals("efka/dev1/reply") ? Optional.empty() : Optional.of(refused(kind));
            rig.send(device("ping"), "{\"id\":\"7\",\"reply_to\":\"cursed\"}").settle();
            rig.supervision.with(CAMERA);
            rig.send(camera("start"), "{\"id\":\"8\",\"reply_to\":\"cursed\"}").settle();

            assertThat(rig.replies)
                    .extracting(Message::topic)
                    .containsOnly("efka/dev1/reply")
                    .hasSize(2);
            assertThat(rig.texts().get(0)).contains("reply_refused", "cursed", "\"ok\":false");
            assertThat(rig.lastReply().get("ok").getAsBoolean()).isTrue();
            assertThat(rig.lastReply().toString()).contains("cursed");
        }

        private LinkException refused(LinkException.Kind kind) {
            return kind == LinkException.Kind.POISON ? LinkException.poison("it cuts") : LinkException.refused("no");
        }

        @Test
        void expiresWhenTheRequestDoes() {
            rig.send(device("ping"), "", Rig.expiring(60)).settle();
            assertThat(rig.replies.get(0).properties().expirySeconds()).hasValue(60);
        }

        @Test
        void comesAtAcceptanceIfNobodyWaits() {
            rig.supervision.with(CAMERA);
            rig.send(camera("start"), "{\"wait\":false}").settle();
            assertThat(rig.reply().get("accepted").getAsBoolean()).isTrue();
        }

        @Test
        void ofLongWorkComesAtAcceptanceAndItsEndIsAnEvent() {
            rig.supervision.running(CAMERA).isHolding = true;
            rig.send(camera("remove"), "{\"id\":\"1\",\"wait\":false}").settle();
            assertThat(rig.reply().get("accepted").getAsBoolean()).isTrue();
            rig.supervision.letGo();
            rig.settle();
            assertThat(rig.replies).hasSize(1);
            assertThat(rig.events).contains("camera command_done");
        }

        @Test
        void warnsOfAnUnknownArgument() {
            rig.supervision.running(CAMERA);
            rig.send(camera("signal"), "{\"signal\":\"HUP\",\"waitt\":false}").settle();
            assertThat(rig.reply().get("warnings").toString()).contains("waitt").contains("did you mean");
        }

        @Test
        void isInternalIfAHandlerThrows() {
            rig.supervision.with(CAMERA);
            rig.installer.folders.put(CAMERA, "not json");
            rig.send(camera("start"), "{\"id\":\"1\"}").settle();
            assertThat(code(rig.reply())).isEqualTo("internal");
            rig.installer.folders.remove(CAMERA);
            rig.send(camera("start"), "").settle();
            assertThat(rig.supervision.state(CAMERA)).isEqualTo(State.RUNNING);
        }
    }

    @Nested
    class BadInput {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "hello",
                    "[]",
                    "7",
                    "\"x\"",
                    "null",
                    "{\"a\":1,}",
                    "{'a':1}",
                    "{a:1}",
                    "{} {}",
                    "{\"a\":NaN}",
                    "{\"a\":1,\"a\":2}",
                    "{\"a\"",
                    "{",
                    "// x\n{}",
                    "{\"a\":01}",
                    "{\"a\":\"\\ud800\"}"
                })
        void thatIsNotOneStrictObjectIsABadPayload(String payload) {
            rig.send(device("ping"), payload).settle();
            assertThat(code(rig.reply())).isEqualTo("bad_payload");
            assertThat(rig.acknowledged).hasSize(1);
        }

        @Test
        void saysWhereAndWhatWouldBeRight() {
            rig.send(device("ping"), "{\"a\":}").settle();
            assertThat(message(rig.reply()))
                    .isEqualTo(
                            "payload must be JSON, and is wrong at line 1 column 6: send nothing, or one object as in"
                                    + " {\"wait\":false}; was \"{\\\"a\\\":}\"");
        }

        @Test
        void thatIsNotUtf8IsABadPayload() {
            byte[] bytes = {'{', '"', (byte) 0xC3, '"', ':', '1', '}'};
            rig.deliver(new Message(device("ping"), bytes, 1, false, Message.Properties.NONE))
                    .settle();
            assertThat(code(rig.reply())).isEqualTo("bad_payload");
            assertThat(message(rig.reply())).contains("UTF-8");
        }

        @Test
        void of300KiBIsTooLarge() {
            rig.send(device("ping"), "{\"a\":\"" + "x".repeat(300 * 1024) + "\"}")
                    .settle();
            assertThat(code(rig.reply())).isEqualTo("payload_too_large");
            assertThat(message(rig.reply())).contains("307208").contains("262144");
        }

        @Test
        void nested10000DeepIsABadPayload() {
            rig.send(device("ping"), "{\"a\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}")
                    .settle();
            assertThat(code(rig.reply())).isEqualTo("bad_payload");
            assertThat(message(rig.reply())).contains("64");
        }

        @Test
        void nested64DeepIsFineAsIsABracketInAString() {
            rig.send(device("ping"), "{\"a\":" + "[".repeat(63) + "]".repeat(63) + ",\"b\":\"" + "[".repeat(99) + "\"}")
                    .settle();
            assertThat(code(rig.reply())).isEqualTo("ok");
        }

        @Test
        void startsWithAByteOrderMarkAtMost() {
            rig.send(device("ping"), "\uFEFF{\"wait\":true}").settle();
            assertThat(code(rig.reply())).isEqualTo("ok");
        }

        @Test
        void withAnyCharacterUnicodeHasIsFine() {
            rig.send(device("ping"), "{\"id\":\"\\ud83d\\ude00 é\"}").settle();
            assertThat(rig.reply().get("id").getAsString()).isEqualTo("\ud83d\ude00 é");
        }

        @Test
        void withAHugeNumberIsABadPayload() {
            rig.send(device("ping"), "{\"a\":" + "9".repeat(100_000) + "}").settle();
            assertThat(code(rig.reply())).isEqualTo("bad_payload");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"wait\":\"no\"}",
                    "{\"id\":7}",
                    "{\"id\":\"\"}",
                    "{\"id\":\"a\\u0000b\"}",
                    "{\"reply_to\":[]}",
                    "{\"reply_to\":\"\"}",
                    "{\"reply_to\":\"a/+/b\"}",
                    "{\"reply_to\":\"a/#\"}",
                    "{\"reply_to\":\"$SYS/x\"}",
                    "{\"reply_to\":\"a\\u0000\"}",
                    "{\"reply_to\":\"efka/dev1/svc/camera/cmd/stop\"}",
                    "{\"expires_at\":\"tomorrow\"}",
                    "{\"expires_at\":17}",
                    "{\"splay_ms\":-1}",
                    "{\"splay_ms\":1.5}",
                    "{\"splay_ms\":600001}"
                })
        void inACommonArgumentIsABadArgumentAtTheDefaultTopic(String payload) {
            rig.send(device("ping"), payload).settle();
            assertThat(code(rig.reply())).as(message(rig.reply())).isEqualTo("bad_argument");
            assertThat(rig.replies.get(0).topic()).isEqualTo("efka/dev1/reply");
        }

        @Test
        void inTheResponseTopicKeepsTheCorrelationData() {
            byte[] correlation = {'x'};
            rig.send(device("ping"), "", Rig.request("a".repeat(1025), correlation))
                    .settle();
            assertThat(code(rig.reply())).isEqualTo("bad_argument");
            assertThat(rig.replies.get(0).topic()).isEqualTo("efka/dev1/reply");
            assertThat(rig.replies.get(0).properties().correlationData()).hasValue(correlation);
        }

        @ParameterizedTest
        @CsvSource({
            "efka/dev1/cmd/pign, did you mean \"ping\"",
            "efka/dev1/cmd/start, it is one of the services",
            "efka/dev1/svc/camera/cmd/strat, did you mean \"start\"",
            "efka/dev1/svc/camera/cmd/ping, it is one of the device",
            "efka/dev1/svc/camera/cmd/call, there are",
            "efka/dev1/cmd/, there are"
        })
        void asAnUnknownCommandSaysWhatWasMeant(String topic, String hint) {
            rig.send(topic, "").settle();
            assertThat(code(rig.reply())).isEqualTo("unknown_command");
            assertThat(message(rig.reply())).contains(hint);
        }

        @ParameterizedTest
        @ValueSource(strings = {"start", "stop", "restart", "status", "remove", "enable", "disable", "reset", "logs"})
        void toAServiceThatIsNotThereIsAnUnknownService(String command) {
            rig.supervision.with(CAMERA);
            rig.send("efka/dev1/svc/camrea/cmd/" + command, "").settle();
            assertThat(code(rig.reply())).isEqualTo("unknown_service");
            assertThat(message(rig.reply())).contains("did you mean \"camera\"");
        }

        @ParameterizedTest
        @ValueSource(strings = {"..", ".", "-x", "a b", "", "a\u0000b", "ä"})
        void asAServiceIdIsABadArgument(String id) {
            rig.send("efka/dev1/svc/" + id + "/cmd/start", "").settle();
            assertThat(code(rig.reply())).isEqualTo("bad_argument");
            assertThat(message(rig.reply())).contains("1-64 of A-Z a-z 0-9");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "efka/dev1/svc/a/b/cmd/start",
                    "efka/dev2/cmd/ping",
                    "efka/group/cellar/cmd/ping",
                    "other/dev1/cmd/ping",
                    "efka/dev1/status"
                })
        void thatIsNoCommandForUsIsAcknowledgedAndNotAnswered(String topic) {
            rig.send(topic, "").settle();
            assertThat(rig.replies).isEmpty();
            assertThat(rig.acknowledged).hasSize(1);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "signal | {}",
                    "signal | {\"signal\":\"NOPE\"}",
                    "signal | {\"signal\":9}",
                    "input | {}",
                    "logs | {\"stream\":\"stdin\"}",
                    "logs | {\"lines\":0}",
                    "logs | {\"lines\":5,\"from\":0}",
                    "logs | {\"from\":9,\"to\":3}",
                    "logs | {\"max_bytes\":0}",
                    "logs | {\"max_bytes\":196609}",
                    "logs | {\"match\":5}",
                    "logs | {\"since\":\"1 hour\"}",
                    "logs | {\"since\":\"30m\",\"until\":\"1h\"}",
                    "logs | {\"since\":\"yesterday\"}",
                    "logs | {\"since\":\"2026-11-22T10:00:00Z\",\"until\":\"2026-11-22T09:00:00Z\"}",
                })
        void inAnArgumentOfAServiceIsABadArgument(String command, String payload) {
            rig.supervision.running(CAMERA);
            rig.send(camera(command), payload).settle();
            assertThat(code(rig.reply())).isEqualTo("bad_argument");
        }

        @Test
        void doesNotStopWhatComesBehind() {
            rig.send(device("ping"), "{").send(device("ping"), "").settle();
            assertThat(code(rig.lastReply())).isEqualTo("ok");
        }
    }

    @Nested
    class Retained {
        @Test
        void isRefusedAndAnEvent() {
            rig.supervision.running(CAMERA);
            rig.deliver(new Message(camera("restart"), new byte[0], 1, true, Message.Properties.NONE))
                    .settle();
            assertThat(code(rig.reply())).isEqualTo("retained_refused");
            assertThat(rig.events).containsExactly("camera retained_refused");
            assertThat(rig.supervision.told).isEmpty();
            assertThat(rig.acknowledged).hasSize(1);
        }
    }

    @Nested
    class Expiry {
        @Test
        void ofWhatCameTooLateIsAnsweredAndAnEvent() {
            rig.supervision.with(CAMERA);
            rig.send(camera("start"), "{\"id\":\"1\",\"expires_at\":\"2025-12-31T23:59:59.999Z\"}")
                    .settle();
            assertThat(code(rig.reply())).isEqualTo("expired");
            assertThat(rig.events).containsExactly("camera expired");
            assertThat(rig.supervision.state(CAMERA)).isEqualTo(State.STOPPED);
            assertThat(rig.disk.durable).isEmpty();
        }

        @Test
        void ofWhatWaitedTooLongInItsLane() {
            rig.supervision.running(CAMERA).isHolding = true;
            rig.send(camera("remove"), "").send(camera("signal"), "{\"signal\":\"HUP\"}", Rig.expiring(5));
            rig.settle();
            rig.timers.advance(Duration.ofSeconds(6));
            rig.supervision.letGo();
            rig.settle();
            assertThat(code(rig.lastReply())).isEqualTo("expired");
            assertThat(rig.supervision.told).doesNotContain("signal camera HUP");
        }

        @Test
        void inThePayloadGivesWayToThatOfMqtt5() {
            rig.send(device("ping"), "{\"expires_at\":\"2025-12-31T23:59:59.999Z\"}", Rig.expiring(5))
                    .settle();
            assertThat(code(rig.reply())).isEqualTo("ok");
        }
    }

    @Nested
    class Order {
        @Test
        void ofOneServiceIsThatOfArrival() {
            rig.supervision.with(CAMERA);
            for (String command : List.of("start", "stop", "start", "restart", "stop")) rig.send(camera(command), "");
            rig.settle();
            assertThat(rig.supervision.told)
                    .containsExactly("start camera", "stop camera", "start camera", "restart camera", "stop camera");
        }

        @Test
        void letsAStopInterruptAStartThatIsNotReady() {
            rig.supervision.with(CAMERA).isHolding = true;
            rig.send(camera("start"), "").send(camera("stop"), "").settle();
            assertThat(rig.supervision.held).hasSize(2);
        }

        @Test
        void keepsWhatFollowsARemoveWaiting() {
            rig.supervision.running(CAMERA).isHolding = true;
            rig.send(camera("remove"), "").send(camera("start"), "").settle();
            assertThat(rig.supervision.held).hasSize(1);
            rig.supervision.letGo();
            rig.settle();
            assertThat(rig.texts()).hasSize(2);
            assertThat(code(rig.lastReply())).isEqualTo("unknown_service");
        }

        /** At the start of an agent a process may live on of which its supervisor knows nothing yet. */
        @Test
        void ofARemoveIsBehindWhatItsSupervisorHasToDoYetThoughItSaysStopped() {
            rig.supervision.with(CAMERA).isHolding = true;
            rig.send(camera("remove"), "").settle();
            assertThat(rig.replies).isEmpty();
            assertThat(rig.supervision.find(CAMERA)).isPresent();
            rig.supervision.letGo();
            rig.settle();
            assertThat(code(rig.reply())).isEqualTo("ok");
            assertThat(rig.supervision.find(CAMERA)).isEmpty();
        }

        @Test
        void ofOneServiceDelaysNoOther() {
            rig.supervision.running(CAMERA).running(RADIO).isHolding = true;
            rig.send(camera("remove"), "").settle();
            rig.supervision.isHolding = false;
            rig.send("efka/dev1/svc/radio/cmd/stop", "")
                    .send(device("ping"), "")
                    .settle();
            assertThat(rig.replies).hasSize(2);
        }
    }

    @Nested
    class Stop {
        @Test
        void warnsOfARunWithoutAControlGroup() {
            rig.supervision.running(CAMERA);
            rig.isGrouped = false;
            rig.send(camera("stop"), "").settle();
            assertThat(code(rig.reply())).isEqualTo("ok");
            assertThat(rig.reply().getAsJsonArray("warnings"))
                    .singleElement()
                    .asString()
                    .contains("no control group could be had for camera");
        }

        @Test
        void warnsOfNothingWhereAllProcessesAreFoundOrThereIsNone() {
            rig.supervision.running(CAMERA).with(RADIO);
            rig.send(camera("stop"), "").settle();
            assertThat(rig.lastReply().has("warnings")).isFalse();
            rig.isGrouped = false;
            rig.send("efka/dev1/svc/radio/cmd/stop", "").settle();
            assertThat(rig.lastReply().has("warnings")).isFalse();
            rig.send(camera("start"), "").settle();
            assertThat(rig.lastReply().has("warnings")).isFalse();
        }
    }

    @Nested
    class FullLane {
        @Test
        void answersBusyAndTheSameIdMayBeTriedAgain() {
            rig.supervision.running(CAMERA).isHolding = true;
            rig.send(camera("remove"), "").settle();
            for (int i = 0; i < 64; i++) rig.send(camera("signal"), "{\"signal\":\"HUP\",\"id\":\"s" + i + "\"}");
            rig.send(camera("signal"), "{\"signal\":\"TERM\",\"id\":\"over\"}").settle();
            assertThat(code(rig.reply())).isEqualTo("busy");
            assertThat(rig.acknowledged).hasSize(66);

            rig.supervision.letGo();
            rig.settle();
            rig.send(camera("signal"), "{\"signal\":\"TERM\",\"id\":\"over\"}").settle();
            assertThat(code(rig.lastReply())).isEqualTo("unknown_service");
            assertThat(rig.replies).hasSize(67);
        }

        @Test
        void ofBytesAnswersBusyToo() {
            rig.supervision.running(CAMERA).isHolding = true;
            rig.send(camera("remove"), "").settle();
            String large = "{\"text\":\"" + "x".repeat(250_000) + "\"}";
            for (int i = 0; i < 34; i++) rig.send(camera("input"), large);
            rig.settle();
            assertThat(rig.texts()).hasSize(1);
            assertThat(code(rig.reply())).isEqualTo("busy");
        }

        @Test
        void ofCommandsAtQos0DropsAndCounts() {
            for (int i = 0; i < 1100; i++) {
                rig.deliver(new Message(device("ping"), new byte[0], 0, false, Message.Properties.NONE));
            }
            rig.settle();
            assertThat(rig.router.dropped()).isEqualTo(76);
            assertThat(rig.replies.size() + 76).isEqualTo(1100);
        }
    }

    @Nested
    class Group {
        private final String topic = "efka/group/roof/svc/camera/cmd/start";

        @Test
        void commandIsLikeOneToTheDevice() {
            rig.supervision.with(CAMERA);
            rig.send("efka/group/all/svc/camera/cmd/start", "").settle();
            assertThat(code(rig.reply())).isEqualTo("ok");
        }

        @Test
        void splayIsWaitedOutsideTheLane() {
            rig.supervision.with(CAMERA);
            rig.send(topic, "{\"id\":\"1\",\"splay_ms\":600000}").settle();
            assertThat(rig.acknowledged).hasSize(1);
            assertThat(rig.supervision.told).isEmpty();

            rig.send(camera("enable"), "").settle();
            assertThat(rig.supervision.told).containsExactly("enable camera");

            rig.timers.advance(Duration.ofMinutes(10));
            rig.settle();
            assertThat(rig.supervision.told).containsExactly("enable camera", "start camera");
        }

        @Test
        void splayIsTheSameEachTimeAndSurvivesACrash() {
            rig.supervision.with(CAMERA);
            rig.send(topic, "{\"id\":\"1\",\"splay_ms\":600000}").settle();
            Rig next = rig.nextLife();
            next.router.recover();
            next.settle();
            assertThat(next.supervision.told).isEmpty();
            next.timers.advance(Duration.ofMinutes(10));
            next.settle();
            assertThat(next.supervision.told).containsExactly("start camera");
            assertThat(code(next.reply())).isEqualTo("ok");
        }

        @Test
        void splayOfADirectCommandIsNone() {
            rig.supervision.with(CAMERA);
            rig.send(camera("start"), "{\"splay_ms\":600000}").settle();
            assertThat(rig.supervision.told).containsExactly("start camera");
        }

        @Test
        void splaysAreBounded() {
            rig.supervision.with(CAMERA);
            for (int i = 0; i < 300; i++)
                rig.send(topic, "{\"id\":\"" + i + "\",\"splay_ms\":600000}").settle();
            assertThat(rig.replies).hasSize(300 - 256);
            assertThat(code(rig.lastReply())).isEqualTo("busy");
        }
    }

    @Nested
    class Device {
        @Test
        void listsServicesAndTellsOfItself() {
            rig.supervision.with(CAMERA).with(RADIO);
            rig.send(device("list"), "").settle();
            assertThat(rig.reply().get("services").toString())
                    .isEqualTo("[{\"service\":\"camera\"},{\"service\":\"radio\"}]");
            rig.send(device("info"), "").send(device("metrics"), "").settle();
            assertThat(rig.replies).hasSize(3);
        }

        @Test
        void shutsDownOnlyWhenTheReplyIsAway() {
            rig.broker = new CompletableFuture<>();
            rig.send(device("shutdown"), "").settle();
            assertThat(rig.reply().get("ok").getAsBoolean()).isTrue();
            assertThat(rig.isShutDown).isFalse();
            rig.broker.complete(null);
            assertThat(rig.isShutDown).isTrue();
        }

        @Test
        void shutsDownWhenNobodyWaitsAndNothingIsRecorded() {
            byte[] payload = "{\"wait\":false}".getBytes(StandardCharsets.UTF_8);
            rig.deliver(new Message(device("shutdown"), payload, 0, false, Message.Properties.NONE))
                    .settle();
            assertThat(rig.reply().get("accepted").getAsBoolean()).isTrue();
            assertThat(rig.isShutDown).isTrue();
        }

        @Test
        void shutsDownWithoutABrokerToo() {
            rig.broker = new CompletableFuture<>();
            rig.send(device("shutdown"), "").settle();
            rig.timers.advance(Duration.ofSeconds(5));
            assertThat(rig.isShutDown).isTrue();
        }

        @Test
        void answersAPingWithoutWritingAnything() {
            rig.send(device("ping"), "{\"id\":\"1\"}")
                    .send(device("ping"), "{\"id\":\"1\"}")
                    .settle();
            assertThat(rig.disk.durable).isEmpty();
            assertThat(rig.replies).hasSize(2);
        }
    }

    @Nested
    class Service {
        @Test
        void takesSignalsAndInput() {
            rig.supervision.running(CAMERA);
            rig.send(camera("signal"), "{\"signal\":\"sighup\"}")
                    .send(camera("input"), "{\"text\":\"héllo\\n\"}")
                    .send(camera("reset"), "")
                    .send(camera("disable"), "")
                    .settle();
            assertThat(rig.supervision.told)
                    .containsExactly("signal camera HUP", "input camera héllo\n", "reset camera", "disable camera");
        }

        @Test
        void isSwitchedOnAndOffWhateverItWasBefore() {
            rig.supervision.with(CAMERA);
            for (String on : List.of("true", "true", "false", "false")) {
                rig.send(camera("switch"), "{\"on\":" + on + "}").settle();
                assertThat(code(rig.lastReply())).isEqualTo("ok");
                assertThat(rig.lastReply().get("state").getAsString())
                        .isEqualTo(on.equals("true") ? "running" : "stopped");
            }
            assertThat(rig.lastReply().get("command").getAsString()).isEqualTo("switch");
        }

        @Test
        void isNotSwitchedByAWordThatIsNoAnswer() {
            rig.supervision.with(CAMERA);
            for (String payload : List.of("", "{\"on\":\"yes\"}", "{\"on\":1}")) {
                rig.send(camera("switch"), payload).settle();
                assertThat(code(rig.lastReply())).isEqualTo("bad_argument");
                assertThat(message(rig.lastReply())).startsWith("on must be true or false, was ");
            }
            assertThat(rig.supervision.told).isEmpty();
        }

        @Test
        void readsItsLogs() {
            rig.supervision.running(CAMERA);
            rig.send(camera("logs"), "{\"stream\":\"stderr\",\"lines\":5,\"match\":\"o.e\"}")
                    .settle();
            assertThat(rig.reply().get("text").getAsString()).isEqualTo("one\n");
            assertThat(rig.reply().get("end").getAsLong()).isEqualTo(4);
            assertThat(rig.logQueries.get(0).lines()).hasValue(5);
        }

        @Test
        void anExpressionThatCannotBeUsedIsTheArgumentsFault() {
            rig.supervision.running(CAMERA);
            rig.logAnswer = CompletableFuture.failedFuture(
                    new Logs.BadMatch("there is no lookahead in this syntax, at character 2"));
            rig.send(camera("logs"), "{\"match\":\"a(?=b)\"}").settle();
            assertThat(Rig.code(rig.reply())).isEqualTo("bad_argument");
            assertThat(Rig.message(rig.reply()))
                    .isEqualTo("match must be another regular expression (there is no lookahead in this syntax,"
                            + " at character 2), was \"a(?=b)\"");
        }

        @Test
        void isNotReadWhereTooManyAsk() {
            rig.supervision.running(CAMERA);
            rig.logAnswer = CompletableFuture.failedFuture(new Logs.Busy("too many"));
            rig.send(camera("logs"), "").settle();
            assertThat(Rig.code(rig.reply())).isEqualTo("busy");
        }

        @Test
        void aSearchOfItsLogsHoldsUpNothingElse() {
            rig.supervision.running(CAMERA);
            var search = new CompletableFuture<Logs.Page>();
            rig.logAnswer = search;
            rig.send(camera("logs"), "").send(camera("status"), "").settle();
            assertThat(rig.lastReply().get("command").getAsString()).isEqualTo("status");
            search.complete(new Logs.Page(new byte[0], 0, 0, 0, 0, false));
            rig.settle();
            assertThat(rig.lastReply().get("command").getAsString()).isEqualTo("logs");
        }

        @Test
        void isReadInPiecesAsLargeAsAsked() {
            rig.supervision.running(CAMERA);
            rig.send(camera("logs"), "{\"max_bytes\":1000}")
                    .send(camera("logs"), "")
                    .settle();
            assertThat(rig.logQueries).extracting(Logs.Query::maxBytes).containsExactly(1000, Logs.LARGEST_PAGE);
        }

        @Test
        void isBase64WhereItsTextWouldBeLargerThanAReplyMayBe() {
            rig.supervision.running(CAMERA);
            byte[] bytes = new byte[100_000];
            rig.logAnswer = CompletableFuture.completedFuture(new Logs.Page(bytes, 0, 100_000, 0, 100_000, false));
            rig.send(camera("logs"), "").settle();
            assertThat(rig.reply().toString()).hasSizeLessThan(256 << 10);
            assertThat(Base64.getDecoder().decode(rig.reply().get("base64").getAsString()))
                    .isEqualTo(bytes);
        }

        @Test
        void isReadBackByTimeInAnyZone() {
            rig.supervision.running(CAMERA);
            rig.send(camera("logs"), "{\"since\":\"2026-11-22T10:00:00.5Z\",\"until\":\"2026-11-22T12:00:00+01:00\"}")
                    .settle();
            assertThat(rig.reply().has("warnings")).isFalse();
            Logs.Time time = rig.logQueries.get(0).time();
            assertThat(time.since()).contains(Instant.parse("2026-11-22T10:00:00.500Z"));
            assertThat(time.until()).contains(Instant.parse("2026-11-22T11:00:00Z"));
        }

        @Test
        void isStartedWithTheManifestAsItIsNow() {
            rig.supervision.with(CAMERA);
            rig.installer.folders.put(CAMERA, "{\"exec\":\"run.sh\",\"version\":\"2\"}");
            rig.send(camera("start"), "").settle();
            assertThat(rig.supervision.told).containsExactly("manifest camera", "start camera");
        }

        @Test
        void isNotRestartedWithAManifestThatCannotBeUsed() {
            rig.supervision.running(CAMERA);
            rig.installer.folders.put(CAMERA, "{}");
            rig.send(camera("restart"), "").settle();
            JsonObject reply = rig.reply();
            assertThat(code(reply)).isEqualTo("invalid_manifest");
            assertThat(reply.getAsJsonArray("faults")).hasSize(2);
            assertThat(rig.supervision.told).isEmpty();
            assertThat(rig.supervision.state(CAMERA)).isEqualTo(State.RUNNING);
        }
    }

    @Test
    void everyErrorCodeHasACauseAndARemedy() {
        assertThat(ErrorCode.values()).allSatisfy(code -> {
            assertThat(code.cause()).endsWith(".");
            assertThat(code.remedy()).endsWith(".");
            assertThat(code.word()).matches("[a-z_]+");
        });
        assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCode::word)).hasSize(30);
    }

    @Test
    void commandsAreThoseOfTheContract() {
        assertThat(rig.table.deviceCommands())
                .containsExactlyInAnyOrder("ping", "info", "list", "metrics", "logs", "log-level", "apply", "shutdown");
        assertThat(rig.table.serviceCommands())
                .containsExactlyInAnyOrder(
                        "start",
                        "stop",
                        "switch",
                        "restart",
                        "status",
                        "install",
                        "remove",
                        "enable",
                        "disable",
                        "reset",
                        "signal",
                        "input",
                        "logs",
                        "config",
                        "call/{name}");
    }
}
