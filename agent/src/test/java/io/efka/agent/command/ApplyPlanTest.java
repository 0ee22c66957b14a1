package io.efka.agent.command;

import static io.efka.agent.command.CommandFixture.CAMERA;
import static io.efka.agent.command.CommandFixture.RADIO;
import static io.efka.agent.command.CommandFixture.code;
import static io.efka.agent.command.CommandFixture.message;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What {@code apply} with {@code plan} answers, and that it does nothing. */
final class ApplyPlanTest {
    private static final String SECOND = "\"manifest\":{\"exec\":\"run.sh\",\"version\":\"2\"}";
    private final CommandFixture fixture = new CommandFixture();

    private JsonObject ask(String services, String rest) {
        fixture.send("efka/dev1/cmd/apply", "{\"plan\":true,\"services\":{" + services + "}" + rest + "}")
                .settle();
        return fixture.lastReply();
    }

    /** One line of a plan in short. */
    private static String line(JsonElement element) {
        JsonObject line = element.getAsJsonObject();
        String steps = line.getAsJsonArray("steps").asList().stream()
                .map(step -> step.getAsJsonObject().get("step").getAsString())
                .collect(Collectors.joining(","));
        return line.get("service").getAsString() + " " + line.get("change").getAsString() + " [" + steps + "]"
                + (line.get("ok").getAsBoolean() ? "" : " refused");
    }

    private static List<String> lines(JsonObject reply) {
        return reply.getAsJsonArray("plan").asList().stream()
                .map(ApplyPlanTest::line)
                .toList();
    }

    private List<String> plan(String services) {
        JsonObject reply = ask(services, "");
        assertThat(code(reply)).isEqualTo("ok");
        return lines(reply);
    }

    @Test
    void ofWhatIsMissingBringsNothing() {
        assertThat(plan("\"camera\":{\"manifest\":{\"exec\":\"run.sh\"}},"
                        + "\"radio\":{\"manifest\":{\"exec\":\"run.sh\"},\"desired\":\"stopped\"}"))
                .containsExactly("camera create [store,switch,start]", "radio create [store,switch]");
        assertThat(fixture.supervision.list()).isEmpty();
        assertThat(fixture.installer.folders).isEmpty();
        assertThat(fixture.supervision.told).isEmpty();
        assertThat(fixture.events).isEmpty();
    }

    @Test
    void ofWhatDiffersSaysWhetherItIsRestarted() {
        fixture.supervision.running(CAMERA).with(RADIO);
        assertThat(plan("\"camera\":{" + SECOND + "},\"radio\":{" + SECOND + ",\"desired\":\"stopped\"}"))
                .containsExactly("camera update [stop,write,start]", "radio update [write]");
        assertThat(fixture.supervision.told).isEmpty();
        assertThat(fixture.installer.folders).isEmpty();
    }

    @Test
    void ofWhatIsAsItShouldBeIsUnchanged() {
        fixture.send("efka/dev1/cmd/apply", "{\"services\":{\"camera\":{" + SECOND + "}}}")
                .settle();
        fixture.supervision.with(RADIO).told.clear();
        assertThat(plan("\"camera\":{" + SECOND + "},\"radio\":{\"desired\":\"stopped\"}"))
                .containsExactly("camera unchanged []", "radio unchanged []");
        assertThat(plan("\"camera\":{\"desired\":\"stopped\"},\"radio\":{}"))
                .containsExactly("camera stop [stop]", "radio start [start]");
        assertThat(fixture.supervision.told).isEmpty();
    }

    @Test
    void namesWhatIsRemoved() {
        fixture.supervision.running(CAMERA).with(RADIO);
        JsonObject reply = ask("", ",\"prune\":true");
        assertThat(lines(reply)).containsExactly("camera remove [stop,remove]", "radio remove [remove]");
        assertThat(fixture.supervision.list()).hasSize(2);
        assertThat(fixture.supervision.removals).isEmpty();
        assertThat(lines(ask("", ""))).isEmpty();
    }

    @Test
    void isRefusedForTheFaultsOfTheApply() {
        JsonObject reply = ask("\"camera\":{\"manifest\":{}}", "");
        assertThat(code(reply)).isEqualTo("invalid_manifest");
        assertThat(reply.getAsJsonArray("faults")).hasSize(2);
        assertThat(reply.has("plan")).isFalse();
        assertThat(code(ask("\"camera\":{}", ",\"plan\":7"))).isEqualTo("bad_payload");
        fixture.send("efka/dev1/cmd/apply", "{\"plan\":7,\"services\":{}}").settle();
        assertThat(code(fixture.lastReply())).isEqualTo("bad_argument");
    }

    @Test
    void namesTheServicesOfWhichTheApplyWouldBeRefusedAndPlansTheRest() {
        fixture.supervision.running(CAMERA).with(RADIO);
        fixture.installer.unchangeable =
                Optional.of(new CommandException(ErrorCode.NOT_ALLOWED, "/services/camera is mounted"));
        JsonObject reply = ask("\"camera\":{" + SECOND + "},\"radio\":{}", "");
        assertThat(code(reply)).isEqualTo("not_allowed");
        assertThat(message(reply)).contains("1 of 2").contains("camera: /services/camera is mounted");
        assertThat(lines(reply)).containsExactly("camera update [] refused", "radio start [start]");
        assertThat(lines(ask("\"camera\":{}", ",\"prune\":true"))).contains("radio remove [] refused");
    }

    @Test
    void ofAFolderThatIsInTheWayIsRefusedAsTheInstallWouldBe() {
        fixture.installer.uninstallable =
                Optional.of(new CommandException(ErrorCode.ALREADY_INSTALLED, "it is there already"));
        JsonObject reply = ask("\"camera\":{" + SECOND + "}", "");
        assertThat(code(reply)).isEqualTo("already_installed");
        assertThat(lines(reply)).containsExactly("camera create [] refused");
    }

    @Test
    void ofAReleaseHasTheStepsOfItsDeploy() {
        String artifact = "\"artifact\":{\"url\":\"https://files/a\",\"sha256\":\"" + "a".repeat(64) + "\",\"size\":7}";
        JsonObject reply = ask("\"camera\":{" + artifact + ",\"release\":\"1.4\"},\"radio\":{\"release\":\"7\"}", "");
        assertThat(code(reply)).isEqualTo("no_release");
        assertThat(lines(reply))
                .containsExactly("camera create [fetch,unpack,switch,start,watch]", "radio create [] refused");
        assertThat(reply.getAsJsonArray("plan")
                        .get(0)
                        .getAsJsonObject()
                        .get("target")
                        .getAsString())
                .isEqualTo("1.4-aaaaaaaa");
        assertThat(fixture.supervision.list()).isEmpty();
    }

    @Test
    void ofAReleaseOfAStoppedServiceStartsItAfterTheSwitch() {
        fixture.supervision.with(CAMERA);
        String artifact = "\"artifact\":{\"url\":\"https://files/a\",\"sha256\":\"" + "a".repeat(64) + "\",\"size\":7}";
        assertThat(plan("\"camera\":{" + artifact + "}")).containsExactly("camera update [fetch,unpack,switch,start]");
        fixture.supervision.running(CAMERA);
        assertThat(plan("\"camera\":{" + artifact + ",\"desired\":\"stopped\"}"))
                .containsExactly("camera update [fetch,unpack,stop,switch,start,watch,stop]");
    }
}
