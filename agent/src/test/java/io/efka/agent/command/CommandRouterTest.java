package io.efka.agent.command;

import static io.efka.agent.command.CommandFixture.CAMERA;
import static io.efka.agent.command.CommandFixture.RADIO;
import static io.efka.agent.command.CommandFixture.camera;
import static io.efka.agent.command.CommandFixture.code;
import static io.efka.agent.command.CommandFixture.device;
import static io.efka.agent.command.CommandFixture.message;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.agent.command.handler.RetainedTopics;
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
import java.util.Map;
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
    private final CommandFixture fixture = new CommandFixture();

    @Nested
    class Reply {
        @Test
        void saysWhatIsSoWhenTheServiceRuns() {
            fixture.supervision.with(CAMERA);
            fixture.send(camera("start"), "{\"id\":\"7f3a\"}").settle();
            assertThat(fixture.reply().toString())
                    .isEqualTo("{\"v\":1,\"id\":\"7f3a\",\"device\":\"dev1\",\"service\":\"camera\","
                            + "\"command\":\"start\",\"ok\":true,\"state\":\"running\",\"pid\":4711,\"took_ms\":0}");
            assertThat(fixture.replies.get(0).topic()).isEqualTo("efka/dev1/reply");
            assertThat(fixture.replies.get(0).qos()).isEqualTo(1);
        }

        @Test
        void saysWhyTheSupervisorRefused() {
            fixture.supervision.running(CAMERA);
            fixture.send(camera("start"), "").settle();
            assertThat(code(fixture.reply())).isEqualTo("already_running");
            assertThat(message(fixture.reply())).isEqualTo("service is running");
            assertThat(fixture.reply().has("id")).isFalse();
        }

        @Test
        void goesToTheResponseTopicWithTheCorrelationData() {
            byte[] correlation = {(byte) 0xff, 0, 7};
            fixture.send(
                            device("ping"),
                            "{\"id\":\"ignored\",\"reply_to\":\"x\"}",
                            CommandFixture.request("answers/1", correlation))
                    .settle();
            assertThat(fixture.replies.get(0).topic()).isEqualTo("answers/1");
            assertThat(fixture.replies.get(0).properties().correlationData()).hasValue(correlation);
            assertThat(fixture.reply().get("id").getAsString()).isEqualTo("b64:_wAH");
            assertThat(fixture.reply().get("pong").getAsBoolean()).isTrue();
        }

        @Test
        void goesWhereAnOldClientAsked() {
            fixture.send(device("ping"), "{\"id\":\"1\",\"reply_to\":\"answers/2\"}")
                    .settle();
            assertThat(fixture.replies.get(0).topic()).isEqualTo("answers/2");
            assertThat(fixture.reply().get("id").getAsString()).isEqualTo("1");
        }

        @Test
        void ofAQueryThatIsTooLargeIsAnErrorWithTheSizes() {
            fixture.refusal = reply -> reply.payload().length < 250
                    ? Optional.empty()
                    : Optional.of(LinkException.tooLarge("the broker takes packets of 250 bytes at most"));
            for (int i = 0; i < 20; i++) fixture.supervision.with(new ServiceId("service-" + i));
            fixture.send(device("list"), "{\"id\":\"7\"}").settle();

            assertThat(code(fixture.reply())).isEqualTo("reply_too_large");
            assertThat(message(fixture.reply())).contains("the reply of 574 bytes", "250 bytes at most");
            assertThat(fixture.reply().get("ok").getAsBoolean()).isFalse();
            assertThat(fixture.reply().get("id").getAsString()).isEqualTo("7");
            assertThat(fixture.replies).hasSize(1);
        }

        @Test
        void ofADeedThatIsTooLargeStillSaysThatItWasDone() {
            fixture.supervision.with(CAMERA);
            fixture.refusal = reply -> reply.payload().length < 300
                    ? Optional.empty()
                    : Optional.of(LinkException.tooLarge("the broker takes packets of 300 bytes at most"));
            String strangers = IntStream.range(0, 9)
                    .mapToObj(i -> ",\"stranger" + i + "\":1")
                    .collect(joining());
            fixture.send(camera("start"), "{\"id\":\"7\"" + strangers + "}").settle();

            assertThat(fixture.reply().get("ok").getAsBoolean()).isTrue();
            assertThat(fixture.reply().get("shortened").getAsBoolean()).isTrue();
            assertThat(fixture.replies).hasSize(1);
        }

        @ParameterizedTest
        @EnumSource(names = {"REFUSED", "POISON"})
        void goesToTheDevicesOwnTopicWhereItsOwnIsNotTaken(LinkException.Kind kind) {
            fixture.refusal =
                    reply -> reply.topic().equals("efka/dev1/reply") ? Optional.empty() : Optional.of(refused(kind));
            fixture.send(device("ping"), "{\"id\":\"7\",\"reply_to\":\"cursed\"}")
                    .settle();
            fixture.supervision.with(CAMERA);
            fixture.send(camera("start"), "{\"id\":\"8\",\"reply_to\":\"cursed\"}")
                    .settle();

            assertThat(fixture.replies)
                    .extracting(Message::topic)
                    .containsOnly("efka/dev1/reply")
                    .hasSize(2);
            assertThat(fixture.texts().get(0)).contains("reply_refused", "cursed", "\"ok\":false");
            assertThat(fixture.lastReply().get("ok").getAsBoolean()).isTrue();
            assertThat(fixture.lastReply().toString()).contains("cursed");
        }

        private LinkException refused(LinkException.Kind kind) {
            return kind == LinkException.Kind.POISON ? LinkException.poison("it cuts") : LinkException.refused("no");
        }

        @Test
        void expiresWhenTheRequestDoes() {
            fixture.send(device("ping"), "", CommandFixture.expiring(60)).settle();
            assertThat(fixture.replies.get(0).properties().expirySeconds()).hasValue(60);
        }

        @Test
        void comesAtAcceptanceIfNobodyWaits() {
            fixture.supervision.with(CAMERA);
            fixture.send(camera("start"), "{\"wait\":false}").settle();
            assertThat(fixture.reply().get("accepted").getAsBoolean()).isTrue();
        }

        @Test
        void ofLongWorkComesAtAcceptanceAndItsEndIsAnEvent() {
            fixture.supervision.running(CAMERA).isHolding = true;
            fixture.send(camera("remove"), "{\"id\":\"1\",\"wait\":false}").settle();
            assertThat(fixture.reply().get("accepted").getAsBoolean()).isTrue();
            fixture.supervision.letGo();
            fixture.settle();
            assertThat(fixture.replies).hasSize(1);
            assertThat(fixture.events).contains("camera command_done");
        }

        @Test
        void warnsOfAnUnknownArgument() {
            fixture.supervision.running(CAMERA);
            fixture.send(camera("signal"), "{\"signal\":\"HUP\",\"waitt\":false}")
                    .settle();
            assertThat(fixture.reply().get("warnings").toString())
                    .contains("waitt")
                    .contains("did you mean");
        }

        @Test
        void isInternalIfAHandlerThrows() {
            fixture.supervision.with(CAMERA);
            fixture.installer.folders.put(CAMERA, "not json");
            fixture.send(camera("start"), "{\"id\":\"1\"}").settle();
            assertThat(code(fixture.reply())).isEqualTo("internal");
            fixture.installer.folders.remove(CAMERA);
            fixture.send(camera("start"), "").settle();
            assertThat(fixture.supervision.state(CAMERA)).isEqualTo(State.RUNNING);
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
            fixture.send(device("ping"), payload).settle();
            assertThat(code(fixture.reply())).isEqualTo("bad_payload");
            assertThat(fixture.acknowledged).hasSize(1);
        }

        @Test
        void saysWhereAndWhatWouldBeRight() {
            fixture.send(device("ping"), "{\"a\":}").settle();
            assertThat(message(fixture.reply()))
                    .isEqualTo(
                            "payload must be JSON, and is wrong at line 1 column 6: send nothing, or one object as in"
                                    + " {\"wait\":false}; was \"{\\\"a\\\":}\"");
        }

        @Test
        void thatIsNotUtf8IsABadPayload() {
            byte[] bytes = {'{', '"', (byte) 0xC3, '"', ':', '1', '}'};
            fixture.deliver(new Message(device("ping"), bytes, 1, false, Message.Properties.NONE))
                    .settle();
            assertThat(code(fixture.reply())).isEqualTo("bad_payload");
            assertThat(message(fixture.reply())).contains("UTF-8");
        }

        @Test
        void of300KiBIsTooLarge() {
            fixture.send(device("ping"), "{\"a\":\"" + "x".repeat(300 * 1024) + "\"}")
                    .settle();
            assertThat(code(fixture.reply())).isEqualTo("payload_too_large");
            assertThat(message(fixture.reply())).contains("307208").contains("262144");
        }

        @Test
        void nested10000DeepIsABadPayload() {
            fixture.send(device("ping"), "{\"a\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}")
                    .settle();
            assertThat(code(fixture.reply())).isEqualTo("bad_payload");
            assertThat(message(fixture.reply())).contains("64");
        }

        @Test
        void nested64DeepIsFineAsIsABracketInAString() {
            fixture.send(
                            device("ping"),
                            "{\"a\":" + "[".repeat(63) + "]".repeat(63) + ",\"b\":\"" + "[".repeat(99) + "\"}")
                    .settle();
            assertThat(code(fixture.reply())).isEqualTo("ok");
        }

        @Test
        void startsWithAByteOrderMarkAtMost() {
            fixture.send(device("ping"), "\uFEFF{\"wait\":true}").settle();
            assertThat(code(fixture.reply())).isEqualTo("ok");
        }

        @Test
        void withAnyCharacterUnicodeHasIsFine() {
            fixture.send(device("ping"), "{\"id\":\"\\ud83d\\ude00 é\"}").settle();
            assertThat(fixture.reply().get("id").getAsString()).isEqualTo("\ud83d\ude00 é");
        }

        @Test
        void withAHugeNumberIsABadPayload() {
            fixture.send(device("ping"), "{\"a\":" + "9".repeat(100_000) + "}").settle();
            assertThat(code(fixture.reply())).isEqualTo("bad_payload");
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
            fixture.send(device("ping"), payload).settle();
            assertThat(code(fixture.reply())).as(message(fixture.reply())).isEqualTo("bad_argument");
            assertThat(fixture.replies.get(0).topic()).isEqualTo("efka/dev1/reply");
        }

        @Test
        void inTheResponseTopicKeepsTheCorrelationData() {
            byte[] correlation = {'x'};
            fixture.send(device("ping"), "", CommandFixture.request("a".repeat(1025), correlation))
                    .settle();
            assertThat(code(fixture.reply())).isEqualTo("bad_argument");
            assertThat(fixture.replies.get(0).topic()).isEqualTo("efka/dev1/reply");
            assertThat(fixture.replies.get(0).properties().correlationData()).hasValue(correlation);
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
            fixture.send(topic, "").settle();
            assertThat(code(fixture.reply())).isEqualTo("unknown_command");
            assertThat(message(fixture.reply())).contains(hint);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "start",
                    "stop",
                    "restart",
                    "status",
                    "remove",
                    "enable",
                    "disable",
                    "reset",
                    "logs",
                    "manifest"
                })
        void toAServiceThatIsNotThereIsAnUnknownService(String command) {
            fixture.supervision.with(CAMERA);
            fixture.send("efka/dev1/svc/camrea/cmd/" + command, "").settle();
            assertThat(code(fixture.reply())).isEqualTo("unknown_service");
            assertThat(message(fixture.reply())).contains("did you mean \"camera\"");
        }

        @ParameterizedTest
        @ValueSource(strings = {"..", ".", "-x", "a b", "", "a\u0000b", "ä"})
        void asAServiceIdIsABadArgument(String id) {
            fixture.send("efka/dev1/svc/" + id + "/cmd/start", "").settle();
            assertThat(code(fixture.reply())).isEqualTo("bad_argument");
            assertThat(message(fixture.reply())).contains("1-64 of A-Z a-z 0-9");
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
            fixture.send(topic, "").settle();
            assertThat(fixture.replies).isEmpty();
            assertThat(fixture.acknowledged).hasSize(1);
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
            fixture.supervision.running(CAMERA);
            fixture.send(camera(command), payload).settle();
            assertThat(code(fixture.reply())).isEqualTo("bad_argument");
        }

        @Test
        void doesNotStopWhatComesBehind() {
            fixture.send(device("ping"), "{").send(device("ping"), "").settle();
            assertThat(code(fixture.lastReply())).isEqualTo("ok");
        }
    }

    @Nested
    class Retained {
        @Test
        void isRefusedAndAnEvent() {
            fixture.supervision.running(CAMERA);
            fixture.deliver(new Message(camera("restart"), new byte[0], 1, true, Message.Properties.NONE))
                    .settle();
            assertThat(code(fixture.reply())).isEqualTo("retained_refused");
            assertThat(fixture.events).containsExactly("camera retained_refused");
            assertThat(fixture.supervision.told).isEmpty();
            assertThat(fixture.acknowledged).hasSize(1);
        }
    }

    @Nested
    class Expiry {
        @Test
        void ofWhatCameTooLateIsAnsweredAndAnEvent() {
            fixture.supervision.with(CAMERA);
            fixture.send(camera("start"), "{\"id\":\"1\",\"expires_at\":\"2025-12-31T23:59:59.999Z\"}")
                    .settle();
            assertThat(code(fixture.reply())).isEqualTo("expired");
            assertThat(fixture.events).containsExactly("camera expired");
            assertThat(fixture.supervision.state(CAMERA)).isEqualTo(State.STOPPED);
            assertThat(fixture.disk.durable).isEmpty();
        }

        @Test
        void ofWhatWaitedTooLongInItsLane() {
            fixture.supervision.running(CAMERA).isHolding = true;
            fixture.send(camera("remove"), "")
                    .send(camera("signal"), "{\"signal\":\"HUP\"}", CommandFixture.expiring(5));
            fixture.settle();
            fixture.timers.advance(Duration.ofSeconds(6));
            fixture.supervision.letGo();
            fixture.settle();
            assertThat(code(fixture.lastReply())).isEqualTo("expired");
            assertThat(fixture.supervision.told).doesNotContain("signal camera HUP");
        }

        @Test
        void inThePayloadGivesWayToThatOfMqtt5() {
            fixture.send(device("ping"), "{\"expires_at\":\"2025-12-31T23:59:59.999Z\"}", CommandFixture.expiring(5))
                    .settle();
            assertThat(code(fixture.reply())).isEqualTo("ok");
        }
    }

    @Nested
    class Order {
        @Test
        void ofOneServiceIsThatOfArrival() {
            fixture.supervision.with(CAMERA);
            for (String command : List.of("start", "stop", "start", "restart", "stop"))
                fixture.send(camera(command), "");
            fixture.settle();
            assertThat(fixture.supervision.told)
                    .containsExactly("start camera", "stop camera", "start camera", "restart camera", "stop camera");
        }

        @Test
        void letsAStopInterruptAStartThatIsNotReady() {
            fixture.supervision.with(CAMERA).isHolding = true;
            fixture.send(camera("start"), "").send(camera("stop"), "").settle();
            assertThat(fixture.supervision.held).hasSize(2);
        }

        @Test
        void keepsWhatFollowsARemoveWaiting() {
            fixture.supervision.running(CAMERA).isHolding = true;
            fixture.send(camera("remove"), "").send(camera("start"), "").settle();
            assertThat(fixture.supervision.held).hasSize(1);
            fixture.supervision.letGo();
            fixture.settle();
            assertThat(fixture.texts()).hasSize(2);
            assertThat(code(fixture.lastReply())).isEqualTo("unknown_service");
        }

        /** At the start of an agent a process may live on of which its supervisor knows nothing yet. */
        @Test
        void ofARemoveIsBehindWhatItsSupervisorHasToDoYetThoughItSaysStopped() {
            fixture.supervision.with(CAMERA).isHolding = true;
            fixture.send(camera("remove"), "").settle();
            assertThat(fixture.replies).isEmpty();
            assertThat(fixture.supervision.find(CAMERA)).isPresent();
            fixture.supervision.letGo();
            fixture.settle();
            assertThat(code(fixture.reply())).isEqualTo("ok");
            assertThat(fixture.supervision.find(CAMERA)).isEmpty();
        }

        @Test
        void ofOneServiceDelaysNoOther() {
            fixture.supervision.running(CAMERA).running(RADIO).isHolding = true;
            fixture.send(camera("remove"), "").settle();
            fixture.supervision.isHolding = false;
            fixture.send("efka/dev1/svc/radio/cmd/stop", "")
                    .send(device("ping"), "")
                    .settle();
            assertThat(fixture.replies).hasSize(2);
        }
    }

    @Nested
    class Stop {
        @Test
        void warnsOfARunWithoutAControlGroup() {
            fixture.supervision.running(CAMERA);
            fixture.isGrouped = false;
            fixture.send(camera("stop"), "").settle();
            assertThat(code(fixture.reply())).isEqualTo("ok");
            assertThat(fixture.reply().getAsJsonArray("warnings"))
                    .singleElement()
                    .asString()
                    .contains("no control group could be had for camera");
        }

        @Test
        void warnsOfNothingWhereAllProcessesAreFoundOrThereIsNone() {
            fixture.supervision.running(CAMERA).with(RADIO);
            fixture.send(camera("stop"), "").settle();
            assertThat(fixture.lastReply().has("warnings")).isFalse();
            fixture.isGrouped = false;
            fixture.send("efka/dev1/svc/radio/cmd/stop", "").settle();
            assertThat(fixture.lastReply().has("warnings")).isFalse();
            fixture.send(camera("start"), "").settle();
            assertThat(fixture.lastReply().has("warnings")).isFalse();
        }
    }

    @Nested
    class FullLane {
        @Test
        void answersBusyAndTheSameIdMayBeTriedAgain() {
            fixture.supervision.running(CAMERA).isHolding = true;
            fixture.send(camera("remove"), "").settle();
            for (int i = 0; i < 64; i++) fixture.send(camera("signal"), "{\"signal\":\"HUP\",\"id\":\"s" + i + "\"}");
            fixture.send(camera("signal"), "{\"signal\":\"TERM\",\"id\":\"over\"}")
                    .settle();
            assertThat(code(fixture.reply())).isEqualTo("busy");
            assertThat(fixture.acknowledged).hasSize(66);

            fixture.supervision.letGo();
            fixture.settle();
            fixture.send(camera("signal"), "{\"signal\":\"TERM\",\"id\":\"over\"}")
                    .settle();
            assertThat(code(fixture.lastReply())).isEqualTo("unknown_service");
            assertThat(fixture.replies).hasSize(67);
        }

        @Test
        void ofBytesAnswersBusyToo() {
            fixture.supervision.running(CAMERA).isHolding = true;
            fixture.send(camera("remove"), "").settle();
            String large = "{\"text\":\"" + "x".repeat(250_000) + "\"}";
            for (int i = 0; i < 34; i++) fixture.send(camera("input"), large);
            fixture.settle();
            assertThat(fixture.texts()).hasSize(1);
            assertThat(code(fixture.reply())).isEqualTo("busy");
        }

        @Test
        void ofCommandsAtQos0DropsAndCounts() {
            for (int i = 0; i < 1100; i++) {
                fixture.deliver(new Message(device("ping"), new byte[0], 0, false, Message.Properties.NONE));
            }
            fixture.settle();
            assertThat(fixture.router.dropped()).isEqualTo(76);
            assertThat(fixture.replies.size() + 76).isEqualTo(1100);
        }
    }

    @Nested
    class Group {
        private final String topic = "efka/group/roof/svc/camera/cmd/start";

        @Test
        void commandIsLikeOneToTheDevice() {
            fixture.supervision.with(CAMERA);
            fixture.send("efka/group/all/svc/camera/cmd/start", "").settle();
            assertThat(code(fixture.reply())).isEqualTo("ok");
        }

        @Test
        void splayIsWaitedOutsideTheLane() {
            fixture.supervision.with(CAMERA);
            fixture.send(topic, "{\"id\":\"1\",\"splay_ms\":600000}").settle();
            assertThat(fixture.acknowledged).hasSize(1);
            assertThat(fixture.supervision.told).isEmpty();

            fixture.send(camera("enable"), "").settle();
            assertThat(fixture.supervision.told).containsExactly("enable camera");

            fixture.timers.advance(Duration.ofMinutes(10));
            fixture.settle();
            assertThat(fixture.supervision.told).containsExactly("enable camera", "start camera");
        }

        @Test
        void splayIsTheSameEachTimeAndSurvivesACrash() {
            fixture.supervision.with(CAMERA);
            fixture.send(topic, "{\"id\":\"1\",\"splay_ms\":600000}").settle();
            CommandFixture next = fixture.nextLife();
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
            fixture.supervision.with(CAMERA);
            fixture.send(camera("start"), "{\"splay_ms\":600000}").settle();
            assertThat(fixture.supervision.told).containsExactly("start camera");
        }

        @Test
        void splaysAreBounded() {
            fixture.supervision.with(CAMERA);
            for (int i = 0; i < 300; i++)
                fixture.send(topic, "{\"id\":\"" + i + "\",\"splay_ms\":600000}")
                        .settle();
            assertThat(fixture.replies).hasSize(300 - 256);
            assertThat(code(fixture.lastReply())).isEqualTo("busy");
        }
    }

    @Nested
    class Device {
        @Test
        void listsServicesAndTellsOfItself() {
            fixture.supervision.with(CAMERA).with(RADIO);
            fixture.send(device("list"), "").settle();
            assertThat(fixture.reply().get("services").toString())
                    .isEqualTo("[{\"service\":\"camera\"},{\"service\":\"radio\"}]");
            fixture.send(device("info"), "").send(device("metrics"), "").settle();
            assertThat(fixture.replies).hasSize(3);
        }

        @Test
        void shutsDownOnlyWhenTheReplyIsAway() {
            fixture.broker = new CompletableFuture<>();
            fixture.send(device("shutdown"), "").settle();
            assertThat(fixture.reply().get("ok").getAsBoolean()).isTrue();
            assertThat(fixture.isShutDown).isFalse();
            fixture.broker.complete(null);
            assertThat(fixture.isShutDown).isTrue();
        }

        @Test
        void shutsDownWhenNobodyWaitsAndNothingIsRecorded() {
            byte[] payload = "{\"wait\":false}".getBytes(StandardCharsets.UTF_8);
            fixture.deliver(new Message(device("shutdown"), payload, 0, false, Message.Properties.NONE))
                    .settle();
            assertThat(fixture.reply().get("accepted").getAsBoolean()).isTrue();
            assertThat(fixture.isShutDown).isTrue();
        }

        @Test
        void aDecommissionedDeviceSaysWhatItHasClearedAndThenShutsDown() {
            fixture.cleared = new CompletableFuture<>();
            fixture.send(device("shutdown"), "{\"forget\":true}").settle();
            assertThat(fixture.replies).isEmpty();

            fixture.cleared.complete(new RetainedTopics.Cleared(4, Map.of("efka/dev1/status", "not authorised")));
            fixture.settle();

            assertThat(fixture.reply().get("ok").getAsBoolean()).isTrue();
            assertThat(fixture.reply().get("cleared").getAsInt()).isEqualTo(4);
            assertThat(fixture.reply().get("left")).hasToString("{\"efka/dev1/status\":\"not authorised\"}");
            assertThat(fixture.reply().get("warnings").toString()).contains("may still have 1 retained topics");
            assertThat(fixture.audit)
                    .singleElement()
                    .asString()
                    .contains("command=shutdown ok=true", "cleared=4 left=1");
            assertThat(fixture.isShutDown).isTrue();
        }

        @Test
        void shutsDownWithoutABrokerToo() {
            fixture.broker = new CompletableFuture<>();
            fixture.send(device("shutdown"), "").settle();
            fixture.timers.advance(Duration.ofSeconds(5));
            assertThat(fixture.isShutDown).isTrue();
        }

        @Test
        void answersAPingWithoutWritingAnything() {
            fixture.send(device("ping"), "{\"id\":\"1\"}")
                    .send(device("ping"), "{\"id\":\"1\"}")
                    .settle();
            assertThat(fixture.disk.durable).isEmpty();
            assertThat(fixture.replies).hasSize(2);
        }
    }

    @Nested
    class Service {
        @Test
        void takesSignalsAndInput() {
            fixture.supervision.running(CAMERA);
            fixture.send(camera("signal"), "{\"signal\":\"sighup\"}")
                    .send(camera("input"), "{\"text\":\"héllo\\n\"}")
                    .send(camera("reset"), "")
                    .send(camera("disable"), "")
                    .settle();
            assertThat(fixture.supervision.told)
                    .containsExactly("signal camera HUP", "input camera héllo\n", "reset camera", "disable camera");
        }

        @Test
        void isSwitchedOnAndOffWhateverItWasBefore() {
            fixture.supervision.with(CAMERA);
            for (String on : List.of("true", "true", "false", "false")) {
                fixture.send(camera("switch"), "{\"on\":" + on + "}").settle();
                assertThat(code(fixture.lastReply())).isEqualTo("ok");
                assertThat(fixture.lastReply().get("state").getAsString())
                        .isEqualTo(on.equals("true") ? "running" : "stopped");
            }
            assertThat(fixture.lastReply().get("command").getAsString()).isEqualTo("switch");
        }

        @Test
        void isNotSwitchedByAWordThatIsNoAnswer() {
            fixture.supervision.with(CAMERA);
            for (String payload : List.of("", "{\"on\":\"yes\"}", "{\"on\":1}")) {
                fixture.send(camera("switch"), payload).settle();
                assertThat(code(fixture.lastReply())).isEqualTo("bad_argument");
                assertThat(message(fixture.lastReply())).startsWith("on must be true or false, was ");
            }
            assertThat(fixture.supervision.told).isEmpty();
        }

        @Test
        void readsItsLogs() {
            fixture.supervision.running(CAMERA);
            fixture.send(camera("logs"), "{\"stream\":\"stderr\",\"lines\":5,\"match\":\"o.e\"}")
                    .settle();
            assertThat(fixture.reply().get("text").getAsString()).isEqualTo("one\n");
            assertThat(fixture.reply().get("end").getAsLong()).isEqualTo(4);
            assertThat(fixture.logQueries.get(0).lines()).hasValue(5);
        }

        @Test
        void saysWhenItsLogsWereWritten() {
            fixture.supervision.running(CAMERA);
            Instant noon = Instant.parse("2026-11-22T12:00:00.123456Z");
            fixture.logAnswer = CompletableFuture.completedFuture(new Logs.Page(
                    new byte[9],
                    0,
                    9,
                    0,
                    9,
                    false,
                    List.of(
                            new Logs.Written(3, Optional.empty(), noon),
                            new Logs.Written(5, Optional.of(noon.plusSeconds(1)), noon.plusSeconds(1)),
                            new Logs.Written(9, Optional.of(noon.plusSeconds(1)), noon.plusSeconds(61)))));
            fixture.send(camera("logs"), "").settle();
            assertThat(fixture.reply().get("times").toString())
                    .isEqualTo(
                            "{\"base\":\"2026-11-22T12:00:00.123Z\",\"parts\":[[3,0,null],[5,1000],[9,61000,60000]]}");
        }

        @Test
        void anExpressionThatCannotBeUsedIsTheArgumentsFault() {
            fixture.supervision.running(CAMERA);
            fixture.logAnswer = CompletableFuture.failedFuture(
                    new Logs.BadMatch("there is no lookahead in this syntax, at character 2"));
            fixture.send(camera("logs"), "{\"match\":\"a(?=b)\"}").settle();
            assertThat(CommandFixture.code(fixture.reply())).isEqualTo("bad_argument");
            assertThat(CommandFixture.message(fixture.reply()))
                    .isEqualTo("match must be another regular expression (there is no lookahead in this syntax,"
                            + " at character 2), was \"a(?=b)\"");
        }

        @Test
        void isNotReadWhereTooManyAsk() {
            fixture.supervision.running(CAMERA);
            fixture.logAnswer = CompletableFuture.failedFuture(new Logs.Busy("too many"));
            fixture.send(camera("logs"), "").settle();
            assertThat(CommandFixture.code(fixture.reply())).isEqualTo("busy");
        }

        @Test
        void aSearchOfItsLogsHoldsUpNothingElse() {
            fixture.supervision.running(CAMERA);
            var search = new CompletableFuture<Logs.Page>();
            fixture.logAnswer = search;
            fixture.send(camera("logs"), "").send(camera("status"), "").settle();
            assertThat(fixture.lastReply().get("command").getAsString()).isEqualTo("status");
            search.complete(new Logs.Page(new byte[0], 0, 0, 0, 0, false, List.of()));
            fixture.settle();
            assertThat(fixture.lastReply().get("command").getAsString()).isEqualTo("logs");
        }

        @Test
        void isReadInPiecesAsLargeAsAsked() {
            fixture.supervision.running(CAMERA);
            fixture.send(camera("logs"), "{\"max_bytes\":1000}")
                    .send(camera("logs"), "")
                    .settle();
            assertThat(fixture.logQueries).extracting(Logs.Query::maxBytes).containsExactly(1000, Logs.LARGEST_PAGE);
        }

        @Test
        void isBase64WhereItsTextWouldBeLargerThanAReplyMayBe() {
            fixture.supervision.running(CAMERA);
            byte[] bytes = new byte[100_000];
            fixture.logAnswer =
                    CompletableFuture.completedFuture(new Logs.Page(bytes, 0, 100_000, 0, 100_000, false, List.of()));
            fixture.send(camera("logs"), "").settle();
            assertThat(fixture.reply().toString()).hasSizeLessThan(256 << 10);
            assertThat(Base64.getDecoder().decode(fixture.reply().get("base64").getAsString()))
                    .isEqualTo(bytes);
        }

        @Test
        void isReadBackByTimeInAnyZone() {
            fixture.supervision.running(CAMERA);
            fixture.send(
                            camera("logs"),
                            "{\"since\":\"2026-11-22T10:00:00.5Z\",\"until\":\"2026-11-22T12:00:00+01:00\"}")
                    .settle();
            assertThat(fixture.reply().has("warnings")).isFalse();
            Logs.Time time = fixture.logQueries.get(0).time();
            assertThat(time.since()).contains(Instant.parse("2026-11-22T10:00:00.500Z"));
            assertThat(time.until()).contains(Instant.parse("2026-11-22T11:00:00Z"));
        }

        @Test
        void isStartedWithTheManifestAsItIsNow() {
            fixture.supervision.with(CAMERA);
            fixture.installer.folders.put(CAMERA, "{\"exec\":\"run.sh\",\"version\":\"2\"}");
            fixture.send(camera("start"), "").settle();
            assertThat(fixture.supervision.told).containsExactly("manifest camera", "start camera");
        }

        @Test
        void isNotRestartedWithAManifestThatCannotBeUsed() {
            fixture.supervision.running(CAMERA);
            fixture.installer.folders.put(CAMERA, "{}");
            fixture.send(camera("restart"), "").settle();
            JsonObject reply = fixture.reply();
            assertThat(code(reply)).isEqualTo("invalid_manifest");
            assertThat(reply.getAsJsonArray("faults")).hasSize(2);
            assertThat(fixture.supervision.told).isEmpty();
            assertThat(fixture.supervision.state(CAMERA)).isEqualTo(State.RUNNING);
        }
    }

    @Test
    void everyErrorCodeHasACauseAndARemedy() {
        assertThat(ErrorCode.values()).allSatisfy(code -> {
            assertThat(code.cause()).endsWith(".");
            assertThat(code.remedy()).endsWith(".");
            assertThat(code.word()).matches("[a-z_]+");
        });
        assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCode::word)).hasSize(42);
    }

    @Test
    void commandsAreThoseOfTheContract() {
        assertThat(fixture.table.deviceCommands())
                .containsExactlyInAnyOrder(
                        "ping",
                        "info",
                        "list",
                        "metrics",
                        "logs",
                        "log-level",
                        "events",
                        "apply",
                        "restart",
                        "shutdown");
        assertThat(fixture.table.serviceCommands())
                .containsExactlyInAnyOrder(
                        "deploy",
                        "rollback",
                        "releases",
                        "confirm",
                        "cancel",
                        "hold",
                        "release-hold",
                        "start",
                        "stop",
                        "switch",
                        "restart",
                        "status",
                        "manifest",
                        "install",
                        "remove",
                        "enable",
                        "disable",
                        "reset",
                        "signal",
                        "input",
                        "logs",
                        "events",
                        "config",
                        "call/{name}");
    }
}
