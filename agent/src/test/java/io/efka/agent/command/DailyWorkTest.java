package io.efka.agent.command;

import static io.efka.agent.command.CommandFixture.CAMERA;
import static io.efka.agent.command.CommandFixture.RADIO;
import static io.efka.agent.command.CommandFixture.camera;
import static io.efka.agent.command.CommandFixture.code;
import static io.efka.agent.command.CommandFixture.device;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.protocol.ServiceId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator does to services that are installed: looks at them, changes one thing, restarts them. */
final class DailyWorkTest {
    private final CommandFixture fixture = new CommandFixture();

    private JsonObject apply(String camera) {
        fixture.send(device("apply"), "{\"services\":{\"camera\":" + camera + "}}")
                .settle();
        return fixture.lastReply();
    }

    private static List<String> actions(JsonObject reply) {
        var actions = new ArrayList<String>();
        reply.getAsJsonArray("actions").forEach(element -> {
            JsonObject action = element.getAsJsonObject();
            actions.add(action.get("service").getAsString() + " "
                    + action.get("action").getAsString());
        });
        return actions;
    }

    @Nested
    class TheInstalledManifest {
        @Test
        void isToldWithoutItsSecrets() {
            apply(
                    "{\"manifest\":{\"exec\":\"run.sh\",\"env\":{\"DB_PASSWORD\":\"hunter2\",\"api_token\":\"t0k\",\"MODE\":\"fast\"}}}");
            fixture.send(camera("manifest"), "").settle();

            JsonObject manifest = fixture.lastReply().getAsJsonObject("manifest");
            assertThat(manifest.get("exec").getAsString()).isEqualTo("run.sh");
            assertThat(manifest.getAsJsonObject("env"))
                    .hasToString("{\"DB_PASSWORD\":\"***\",\"api_token\":\"***\",\"MODE\":\"fast\"}");
        }

        @Test
        void comesWithTheFiles() {
            apply("{\"manifest\":{\"exec\":\"run.sh\"}}");
            fixture.send(camera("manifest"), "").settle();
            assertThat(fixture.lastReply().getAsJsonArray("files"))
                    .hasToString("[{\"path\":\"run.sh\",\"mode\":\"0755\",\"size\":12,\"sha256\":\"abcd\"}]");
        }

        @Test
        void thatIsNoObjectIsNotQuoted() {
            fixture.supervision.with(CAMERA);
            fixture.installer.folders.put(CAMERA, "hunter2");
            fixture.send(camera("manifest"), "").settle();
            assertThat(code(fixture.lastReply())).isEqualTo("invalid_manifest");
            assertThat(fixture.lastReply().toString()).doesNotContain("hunter2");
        }
    }

    @Nested
    class APatch {
        @BeforeEach
        void install() {
            apply("{\"manifest\":{\"exec\":\"run.sh\",\"version\":\"1\",\"env\":{\"A\":\"1\",\"B\":\"2\"}}}");
        }

        @Test
        void changesWhatItNames() {
            JsonObject reply = apply("{\"patch\":{\"version\":\"2\",\"env\":{\"A\":\"9\",\"B\":null,\"C\":\"3\"}}}");
            assertThat(actions(reply)).containsExactly("camera updated", "camera restarted");
            assertThat(fixture.installer.folders)
                    .containsEntry(CAMERA, "{\"exec\":\"run.sh\",\"version\":\"2\",\"env\":{\"A\":\"9\",\"C\":\"3\"}}");
        }

        @Test
        void twiceChangesNothing() {
            apply("{\"patch\":{\"version\":\"2\"}}");
            assertThat(actions(apply("{\"patch\":{\"version\":\"2\"}}"))).containsExactly("camera unchanged");
        }

        @Test
        void thatMakesTheManifestFaultyChangesNothingAnywhere() {
            fixture.send(
                            device("apply"),
                            "{\"services\":{\"camera\":{\"patch\":{\"exec\":null}},\"radio\":{\"manifest\":{\"exec\":\"run.sh\"}}}}")
                    .settle();
            assertThat(code(fixture.lastReply())).isEqualTo("invalid_manifest");
            assertThat(fixture.lastReply().toString()).contains("services.camera.manifest.exec");
            assertThat(fixture.installer.folders).containsOnlyKeys(CAMERA);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"patch\":{\"version\":\"2\"},\"manifest\":{\"exec\":\"run.sh\"}}",
                    "{\"patch\":{\"version\":\"2\"},\"files\":{}}",
                    "{\"patch\":{\"version\":\"2\"},\"work_dir\":\"/srv/camera\"}",
                    "{\"patch\":\"version\"}"
                })
        void isRefusedBesideWhatItWouldPatch(String camera) {
            assertThat(code(apply(camera))).isEqualTo("invalid_manifest");
            assertThat(fixture.lastReply().toString()).contains("services.camera.patch");
        }

        @Test
        void ofARegisteredServiceIsRefusedBeforeAnythingIsDone() {
            fixture.installer.registered.add(CAMERA);
            assertThat(code(apply("{\"patch\":{\"version\":\"2\"}}"))).isEqualTo("invalid_manifest");
        }

        @Test
        void ofAServiceThatIsNotThereIsRefused() {
            fixture.send(device("apply"), "{\"services\":{\"radio\":{\"patch\":{\"version\":\"2\"}}}}")
                    .settle();
            assertThat(code(fixture.lastReply())).isEqualTo("invalid_manifest");
            assertThat(fixture.lastReply().toString()).contains("there is no service");
        }
    }

    @Nested
    class ARestartOfTheDevice {
        private static final ServiceId STOPPED = new ServiceId("lamp");

        private JsonObject restart() {
            fixture.send(device("restart"), "").settle();
            return fixture.lastReply();
        }

        @Test
        void restartsWhatRunsAndNothingElse() {
            fixture.supervision.running(CAMERA).running(RADIO).with(STOPPED);
            assertThat(actions(restart())).containsExactly("camera restarted", "radio restarted");
            assertThat(fixture.isShutDown).isFalse();
        }

        @Test
        void restartsAServiceAfterThoseItDependsOn() {
            apply("{\"manifest\":{\"exec\":\"run.sh\"}}");
            fixture.send(
                            device("apply"),
                            "{\"services\":{\"camera\":{\"manifest\":{\"exec\":\"run.sh\",\"after\":[\"radio\"]}},"
                                    + "\"radio\":{\"manifest\":{\"exec\":\"run.sh\"}}}}")
                    .settle();
            fixture.supervision.told.clear();
            restart();
            assertThat(fixture.supervision.told).containsExactly("restart radio", "restart camera");
        }

        @Test
        void isDoneAtOnceWhereNothingRuns() {
            JsonObject reply = restart();
            assertThat(reply.get("ok").getAsBoolean()).isTrue();
            assertThat(actions(reply)).isEmpty();
        }
    }
}
