package io.efka.agent.command;

import static io.efka.agent.command.CommandFixture.CAMERA;
import static io.efka.agent.command.CommandFixture.RADIO;
import static io.efka.agent.command.CommandFixture.camera;
import static io.efka.agent.command.CommandFixture.code;
import static io.efka.agent.command.CommandFixture.message;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.agent.command.handler.InstallDecoder;
import io.efka.agent.install.Installer.InstallRequest;
import io.efka.mqtt.Message;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Fault;
import io.efka.protocol.ServiceStatus.State;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class InstallCommandTest {
    private static final String PLAIN = "{\"manifest\":{\"exec\":\"run.sh\"}}";
    private final CommandFixture fixture = new CommandFixture();

    @Nested
    class Install {
        @Test
        void bringsAServiceThatIsStopped() {
            fixture.send(camera("install"), PLAIN).settle();
            assertThat(fixture.reply().get("installed").getAsBoolean()).isTrue();
            assertThat(fixture.reply().get("state").getAsString()).isEqualTo("stopped");
            assertThat(fixture.supervision.workDir(CAMERA)).contains(Path.of("/services/camera"));
            assertThat(fixture.events).contains("camera installed");
        }

        @Test
        void startsItIfAsked() {
            fixture.send(camera("install"), "{\"manifest\":{\"exec\":\"run.sh\"},\"start\":true}")
                    .settle();
            assertThat(fixture.reply().get("state").getAsString()).isEqualTo("running");
        }

        @Test
        void mayBeFollowedAtOnceByItsStart() {
            fixture.send(camera("install"), PLAIN).send(camera("start"), "").settle();
            assertThat(fixture.supervision.state(CAMERA)).isEqualTo(State.RUNNING);
        }

        @Test
        void ofWhatIsThereIsRefused() {
            fixture.supervision.with(CAMERA);
            fixture.send(camera("install"), PLAIN).settle();
            assertThat(code(fixture.reply())).isEqualTo("already_installed");
        }

        @Test
        void ofAFaultyManifestNamesAllFaultsAndLeavesNothing() {
            fixture.send(camera("install"), "{\"manifest\":{}}").settle();
            assertThat(code(fixture.reply())).isEqualTo("invalid_manifest");
            assertThat(fixture.reply().getAsJsonArray("faults")).hasSize(2);
            assertThat(fixture.installer.folders).isEmpty();
        }

        @Test
        void thatWouldMakeACycleIsRefused() {
            fixture.send(
                            "efka/dev1/svc/radio/cmd/install",
                            "{\"manifest\":{\"exec\":\"run.sh\",\"after\":[\"camera\"]}}")
                    .send(camera("install"), "{\"manifest\":{\"exec\":\"run.sh\",\"after\":[\"radio\"]}}")
                    .settle();
            assertThat(code(fixture.lastReply())).isEqualTo("invalid_manifest");
            assertThat(message(fixture.lastReply())).contains("camera -> radio -> camera");
            assertThat(fixture.installer.folders).containsOnlyKeys(RADIO);
        }

        @Test
        void thatCannotBeRegisteredLeavesNothing() {
            fixture.supervision.isDiskFull = true;
            fixture.send(camera("install"), PLAIN).settle();
            assertThat(code(fixture.reply())).isEqualTo("disk_full");
            assertThat(fixture.installer.folders).isEmpty();
        }

        @Test
        void passesOnWhatTheInstallerRefuses() {
            fixture.installer.failure =
                    Optional.of(new CommandException(ErrorCode.NOT_ALLOWED, "/etc is not below /srv", List.of()));
            fixture.send(camera("install"), "{\"work_dir\":\"/etc\"}").settle();
            assertThat(code(fixture.reply())).isEqualTo("not_allowed");
        }

        @Test
        void decodesItsFiles() throws Exception {
            var payload = "{\"manifest\":{\"a\":0.5},\"files\":{\"run.sh\":{\"text\":\"é\",\"mode\":\"0755\"},"
                    + "\"b\":{\"base64\":\"/wA=\"}}}";
            InstallRequest request = InstallDecoder.decode(
                    new CommandArguments(CommandDecoder.payload(payload.getBytes(StandardCharsets.UTF_8))));
            assertThat(request.manifest()).contains("{\"a\":0.5}");
            assertThat(request.files()).containsOnlyKeys("run.sh", "b");
            assertThat(request.files()).hasEntrySatisfying("run.sh", file -> {
                assertThat(file.mode()).isEqualTo(0755);
                assertThat(file.content()).isEqualTo("é".getBytes(StandardCharsets.UTF_8));
            });
            assertThat(request.files()).hasEntrySatisfying("b", file -> {
                assertThat(file.mode()).isEqualTo(0644);
                assertThat(file.content()).containsExactly(0xff, 0);
            });
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{}",
                    "{\"manifest\":7}",
                    "{\"manifest\":\"{}\"}",
                    "{\"work_dir\":\"/a\\u0000\"}",
                    "{\"work_dir\":\"/a\",\"manifest\":{}}",
                    "{\"manifest\":{},\"start\":\"yes\"}",
                    "{\"manifest\":{},\"files\":[]}",
                    "{\"manifest\":{},\"files\":{\"a\":\"text\"}}",
                    "{\"manifest\":{},\"files\":{\"a\":{}}}",
                    "{\"manifest\":{},\"files\":{\"a\":{\"text\":\"x\",\"base64\":\"eA==\"}}}",
                    "{\"manifest\":{},\"files\":{\"a\":{\"base64\":\"###\"}}}",
                    "{\"manifest\":{},\"files\":{\"a\":{\"text\":\"x\",\"mode\":\"9\"}}}",
                    "{\"manifest\":{},\"files\":{\"a\":{\"text\":\"x\",\"mode\":493}}}"
                })
        void withAWrongArgumentIsABadArgument(String payload) {
            fixture.send(camera("install"), payload).settle();
            assertThat(code(fixture.reply())).isEqualTo("bad_argument");
        }
    }

    @Nested
    class Remove {
        @Test
        void stopsFirst() {
            fixture.supervision.running(CAMERA);
            fixture.installer.folders.put(CAMERA, "{\"exec\":\"run.sh\"}");
            fixture.send(camera("remove"), "").settle();
            assertThat(code(fixture.reply())).isEqualTo("ok");
            assertThat(fixture.supervision.told).containsExactly("stop camera");
            assertThat(fixture.supervision.find(CAMERA)).isEmpty();
            assertThat(fixture.installer.folders).isEmpty();
        }

        @Test
        void cutOffAnywhereIsFinishedInTheNextLifeEvenIfNobodyKnowsTheCommand() {
            boolean wasKilled = true;
            for (int touch = 0; wasKilled; touch++) {
                CommandFixture first = new CommandFixture().nextLife(KillSwitch.at(touch));
                first.supervision.running(CAMERA);
                first.installer.folders.put(CAMERA, "{\"exec\":\"run.sh\"}");
                try {
                    first.deliver(new Message(camera("remove"), new byte[0], 0, false, Message.Properties.NONE))
                            .settle();
                } catch (KillSwitch.Killed end) {
                    assertThat(first.kill.isDead()).isTrue();
                }
                wasKilled = first.kill.isDead();
                boolean wasBegun = !first.supervision.removals.isEmpty();
                CommandFixture second = first.nextLife();
                second.router.recover();
                second.settle();
                boolean isThere = second.supervision.find(CAMERA).isPresent();
                assertThat(isThere && wasBegun).as("killed at %d", touch).isFalse();
                assertThat(isThere)
                        .as("killed at %d: a service with its folder, or neither", touch)
                        .isEqualTo(second.installer.folders.containsKey(CAMERA));
                assertThat(second.supervision.removals).isEmpty();
            }
        }

        @Test
        void thatFailsLeavesNothingForTheNextLife() {
            fixture.supervision.with(CAMERA);
            fixture.installer.folders.put(CAMERA, "{\"exec\":\"run.sh\"}");
            fixture.installer.failure =
                    Optional.of(new CommandException(ErrorCode.INTERNAL, "not permitted", List.of()));
            fixture.send(camera("remove"), "").settle();
            assertThat(code(fixture.reply())).isEqualTo("internal");
            assertThat(fixture.supervision.removals).isEmpty();
            assertThat(fixture.supervision.find(CAMERA)).isPresent();
        }

        @Test
        void ofFilesThatTheAgentMayNotRemoveIsRefusedWhileTheServiceRunsOn() {
            fixture.supervision.running(CAMERA);
            fixture.installer.unchangeable =
                    Optional.of(new CommandException(ErrorCode.NOT_ALLOWED, "/services/camera is mounted", List.of()));
            fixture.send(camera("remove"), "").settle();
            assertThat(code(fixture.reply())).isEqualTo("not_allowed");
            assertThat(fixture.supervision.told).isEmpty();
            assertThat(fixture.supervision.removals).isEmpty();
            assertThat(fixture.supervision.state(CAMERA)).isEqualTo(State.RUNNING);
        }

        @Test
        void thatFailsWhenTheServiceIsStoppedStartsItAgain() {
            fixture.supervision.running(CAMERA);
            fixture.installer.failure = Optional.of(new CommandException(ErrorCode.INTERNAL, "I/O error", List.of()));
            fixture.send(camera("remove"), "").settle();
            assertThat(code(fixture.reply())).isEqualTo("internal");
            assertThat(fixture.supervision.told).containsExactly("stop camera", "start camera");
            assertThat(fixture.supervision.state(CAMERA)).isEqualTo(State.RUNNING);
        }

        @Test
        void thatFailsDoesNotStartWhatWasStopped() {
            fixture.supervision.with(CAMERA);
            fixture.installer.failure = Optional.of(new CommandException(ErrorCode.INTERNAL, "I/O error", List.of()));
            fixture.send(camera("remove"), "").settle();
            assertThat(fixture.supervision.state(CAMERA)).isEqualTo(State.STOPPED);
        }

        @Test
        void thatCannotBeRecordedChangesNothing() {
            fixture.supervision.running(CAMERA).isReserveUsedUp = true;
            fixture.send(camera("remove"), "").settle();
            assertThat(code(fixture.reply())).isEqualTo("disk_full");
            assertThat(fixture.supervision.told).isEmpty();
        }

        @Test
        void alsoOfWhatWaitsForItsRestart() {
            fixture.supervision.running(CAMERA).crash(CAMERA);
            fixture.send(camera("remove"), "").settle();
            assertThat(fixture.supervision.find(CAMERA)).isEmpty();
        }
    }

    @Nested
    class Apply {
        private static final String BOTH = """
                {"prune":true,"services":{
                  "camera":{"manifest":{"exec":"run.sh","after":["radio"]}},
                  "radio":{"manifest":{"exec":"run.sh"},"desired":"stopped"}}}""";

        private String actions(JsonObject reply) {
            var line = new StringBuilder();
            reply.getAsJsonArray("actions")
                    .forEach(action -> line.append(
                                    action.getAsJsonObject().get("service").getAsString())
                            .append(' ')
                            .append(action.getAsJsonObject().get("action").getAsString())
                            .append(action.getAsJsonObject().get("ok").getAsBoolean() ? ", " : " failed, "));
            return line.toString();
        }

        private JsonObject apply(String payload) {
            fixture.send("efka/dev1/cmd/apply", payload).settle();
            return fixture.lastReply();
        }

        @Test
        void installsAndStartsWhatIsMissing() {
            assertThat(actions(apply(BOTH))).isEqualTo("camera installed, camera started, radio installed, ");
            assertThat(fixture.supervision.state(CAMERA)).isEqualTo(State.RUNNING);
            assertThat(fixture.supervision.state(RADIO)).isEqualTo(State.STOPPED);
        }

        @Test
        void twiceChangesNothing() {
            apply(BOTH);
            fixture.supervision.told.clear();
            JsonObject second = apply(BOTH);
            assertThat(actions(second)).isEqualTo("camera unchanged, radio unchanged, ");
            assertThat(second.get("ok").getAsBoolean()).isTrue();
            assertThat(fixture.supervision.told).isEmpty();
        }

        @Test
        void updatesAndRestartsWhatDiffers() {
            apply(BOTH);
            JsonObject reply =
                    apply("{\"services\":{\"camera\":{\"manifest\":{\"exec\":\"run.sh\",\"version\":\"2\"}}}}");
            assertThat(actions(reply)).isEqualTo("camera updated, camera restarted, ");
            assertThat(fixture.supervision.find(RADIO)).isPresent();
            assertThat(fixture.supervision.told).endsWith("stop camera", "manifest camera", "start camera");
        }

        @Test
        void leavesRunningWhatItMayNotChange() {
            fixture.supervision.running(CAMERA);
            fixture.installer.unchangeable =
                    Optional.of(new CommandException(ErrorCode.NOT_ALLOWED, "/services/camera is mounted", List.of()));
            JsonObject reply =
                    apply("{\"services\":{\"camera\":{\"manifest\":{\"exec\":\"run.sh\",\"version\":\"2\"}}}}");
            assertThat(actions(reply)).isEqualTo("camera updated failed, ");
            assertThat(code(reply)).isEqualTo("not_allowed");
            assertThat(fixture.supervision.told).isEmpty();
        }

        @Test
        void startsAndDoesNotRestartWhatDiffersAndWasNotRunning() {
            apply(BOTH);
            JsonObject reply =
                    apply("{\"services\":{\"radio\":{\"manifest\":{\"exec\":\"run.sh\",\"version\":\"2\"}}}}");
            assertThat(actions(reply)).isEqualTo("radio updated, radio started, ");
        }

        @Test
        void prunesTheRestAndStopsWhatIsToBeStopped() {
            fixture.supervision.running(CAMERA).running(RADIO);
            JsonObject reply = apply("{\"prune\":true,\"services\":{\"camera\":{\"desired\":\"stopped\"}}}");
            assertThat(actions(reply)).isEqualTo("camera stopped, radio removed, ");
        }

        @Test
        void thatNobodyWaitsForTellsItsActionsWithItsEnd() {
            fixture.supervision.with(CAMERA);
            JsonObject reply =
                    apply("{\"wait\":false,\"services\":{\"camera\":{\"desired\":\"stopped\"}},\"purge\":true}");
            assertThat(reply.has("actions")).isFalse();
            assertThat(fixture.lastEvent.get("ok")).isEqualTo(true);
            assertThat(fixture.lastEvent.get("actions"))
                    .hasToString("[{\"service\":\"camera\",\"action\":\"unchanged\",\"ok\":true}]");
            assertThat(fixture.lastEvent.get("warnings"))
                    .hasToString("[\"unknown argument \\\"purge\\\" was ignored\"]");
        }

        @Test
        void ofAnyFaultChangesNothingAndNamesAllOfThem() {
            fixture.supervision.running(RADIO);
            JsonObject reply = apply("""
                    {"prune":true,"services":{
                      "camera":{"manifest":{}},
                      "../x":{"manifest":{"exec":"run.sh"}},
                      "a\\u0000":{"manifest":{"exec":"run.sh"}},
                      "disk":{"manifest":{"exec":"run.sh"},"desired":"up"},
                      "fan":{"desired":"running"},
                      "gate":7,
                      "x1":{"manifest":{"exec":"run.sh","after":["x2"]}},
                      "x2":{"manifest":{"exec":"run.sh","after":["x1"]}}}}""");
            assertThat(code(reply)).isEqualTo("invalid_manifest");
            assertThat(reply.getAsJsonArray("faults").toString())
                    .contains("services.camera.manifest.exec")
                    .contains("services.camera.manifest.health_check")
                    .contains("../x")
                    .contains("services.disk")
                    .contains("services.fan")
                    .contains("services.gate")
                    .contains("x1 -> x2 -> x1");
            assertThat(reply.getAsJsonArray("faults")).hasSize(9);
            assertThat(fixture.supervision.told).isEmpty();
            assertThat(fixture.supervision.list()).hasSize(1);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '\0',
                value = {
                    "7 | services.fan: must be an object, was 7",
                    "{} | services.fan.manifest: must be an object, or work_dir the folder of a service, was missing",
                    "{\"manifest\":{}} | services.fan.manifest.exec: must be the program to run, was missing (and 1 more, see faults)",
                    "{\"manifest\":{\"exec\":\"run.sh\"},\"desired\":\"up\"} | services.fan.desired: must be \"running\" or"
                            + " \"stopped\", was \"up\"",
                })
        void aFaultIsToldWithItsKeyItsValueAndWhatWouldBeRight(String fan, String told) {
            JsonObject reply = apply("{\"services\":{\"fan\":" + fan + "}}");
            assertThat(message(reply)).isEqualTo("nothing was applied: " + told);
        }

        @Test
        void whatTheInstallerRefusesIsToldAsAFaultBelowTheService() {
            fixture.installer.unfit = Optional.of(
                    CommandException.of(ErrorCode.NOT_ALLOWED, new Fault("work_dir", "\"/tmp\"", "must be elsewhere")));
            JsonObject reply = apply("{\"services\":{\"fan\":{\"work_dir\":\"/tmp\"}}}");
            assertThat(message(reply))
                    .isEqualTo("nothing was applied: services.fan.work_dir: must be elsewhere, was \"/tmp\"");

            fixture.installer.unfit =
                    Optional.of(new CommandException(ErrorCode.INTERNAL, "the disk is gone", List.of()));
            reply = apply("{\"services\":{\"fan\":{\"work_dir\":\"/tmp\"}}}");
            assertThat(message(reply)).contains("services.fan: ").contains("the disk is gone");
        }

        @ParameterizedTest
        @ValueSource(strings = {"{}", "{\"services\":[]}", "{\"services\":{},\"prune\":1}"})
        void withoutServicesIsABadArgument(String payload) {
            assertThat(code(apply(payload))).isEqualTo("bad_argument");
        }

        @Test
        void thatFailsInPartSaysWhereAndDoesTheRest() {
            fixture.supervision.running(RADIO);
            fixture.installer.failure = Optional.of(new CommandException(ErrorCode.DISK_FULL, "no space", List.of()));
            JsonObject reply = apply(
                    "{\"services\":{\"camera\":{\"manifest\":{\"exec\":\"run.sh\"}},\"radio\":{\"desired\":\"stopped\"}}}");
            assertThat(code(reply)).isEqualTo("disk_full");
            assertThat(message(reply)).contains("1 of 2 actions failed").contains("camera: no space");
            assertThat(actions(reply)).isEqualTo("camera installed failed, radio stopped, ");
        }

        @Test
        void runsACompletedOneshotAgainOnlyWithItsNewFiles() {
            fixture.supervision.completed(CAMERA);
            String update = "{\"services\":{\"camera\":{\"manifest\":{\"exec\":\"run.sh\",\"version\":\"2\"}}}}";
            fixture.installer.failure = Optional.of(new CommandException(ErrorCode.DISK_FULL, "no space", List.of()));
            assertThat(actions(apply(update))).isEqualTo("camera updated failed, ");
            assertThat(fixture.supervision.state(CAMERA)).isEqualTo(State.COMPLETED);

            fixture.installer.failure = Optional.empty();
            assertThat(actions(apply(update))).isEqualTo("camera updated, camera started, ");
        }

        @Test
        void goesThroughTheLanesOfItsServicesAndLeavesPingsAlone() {
            fixture.supervision.running(CAMERA).isHolding = true;
            fixture.send(camera("remove"), "").settle();
            fixture.send("efka/dev1/cmd/apply", BOTH)
                    .send("efka/dev1/cmd/ping", "")
                    .settle();
            assertThat(fixture.reply().has("pong")).isTrue();
            fixture.supervision.letGo();
            fixture.settle();
            assertThat(actions(fixture.lastReply())).startsWith("camera installed, camera started, ");
        }

        @Test
        void cutOffAnywhereIsFinishedInTheNextLife() {
            boolean wasKilled = true;
            for (int touch = 0; wasKilled; touch++) {
                CommandFixture first = new CommandFixture().nextLife(KillSwitch.at(touch));
                first.supervision.running(CAMERA).running(new io.efka.protocol.ServiceId("old"));
                boolean isAccepted = live(first);
                wasKilled = first.kill.isDead();
                CommandFixture second = first.nextLife();
                second.router.recover();
                if (!isAccepted) second.send("efka/dev1/cmd/apply", versionTwo());
                second.settle();
                assertThat(second.supervision.list()).as("killed at %d", touch).hasSize(2);
                assertThat(second.supervision.state(CAMERA))
                        .as("killed at %d", touch)
                        .isEqualTo(State.RUNNING);
                assertThat(second.supervision
                                .manifest(CAMERA)
                                .orElseThrow()
                                .program()
                                .args())
                        .as("killed at %d", touch)
                        .containsExactly("2");
            }
        }

        private String versionTwo() {
            return "{\"id\":\"1\",\"prune\":true,\"services\":{"
                    + "\"camera\":{\"manifest\":{\"exec\":\"run.sh\",\"version\":\"2\"}},"
                    + "\"radio\":{\"manifest\":{\"exec\":\"run.sh\"}}}}";
        }

        private boolean live(CommandFixture life) {
            try {
                life.send("efka/dev1/cmd/apply", versionTwo()).settle();
            } catch (KillSwitch.Killed end) {
                assertThat(life.kill.isDead()).isTrue();
            }
            return !life.acknowledged.isEmpty();
        }
    }
}
