package io.efka.it;

import static io.efka.it.Device.ok;
import static io.efka.it.Watcher.where;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Retained documents that say what a device should be, with the packaged agent. {@code -Defka.desired.kills=20} sets how often it is
 * killed while it applies one.
 */
class DesiredStateIT {
    private static final int KILLS = Integer.getInteger("efka.desired.kills", 4);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** So short that a test can wait for it, and longer than a start takes on a busy machine. */
    private static final String QUICK = "\"min_healthy\":\"300ms\",\"healthy_deadline\":\"20s\"";

    private static final String ALL = "efka/group/all/desired/base";
    private static final String ROOF = "efka/group/roof/desired/roof";
    private static final String OWN = "efka/wanted/desired/own";

    private TestBroker broker;
    private Device device;

    @BeforeEach
    void start() {
        broker = Brokers.start();
        device = new Device(broker, "wanted");
        launch();
    }

    private void launch() {
        device.start("--groups", "roof");
    }

    @AfterEach
    void stop() {
        try {
            device.close();
        } finally {
            broker.close();
        }
    }

    /** The arguments of a deploy of a release that says its name and runs. */
    private static String release(String service, String name) {
        return entry(Bundle.script(service, "echo release " + name, "exec sleep 1000")
                .with("release", '"' + name + '"'));
    }

    private static String broken(String service, String name) {
        return entry(Bundle.script(service, "echo no such camera >&2", "exit 3").with("release", '"' + name + '"'));
    }

    private static String entry(Bundle bundle) {
        String json = bundle.json().toString();
        return json.substring(0, json.length() - 1) + "," + QUICK + "}";
    }

    private void publish(String topic, long revision, String rest) {
        publish(topic, "{\"v\":1,\"revision\":%d,%s}".formatted(revision, rest).getBytes(StandardCharsets.UTF_8));
    }

    private void publish(String topic, byte[] payload) {
        device.watcher().publish(topic, payload, true, new MqttProperties());
    }

    private static String services(String... namesAndEntries) {
        var text = new StringBuilder("\"services\":{");
        for (int i = 0; i < namesAndEntries.length; i += 2) {
            if (i > 0) text.append(',');
            text.append('"').append(namesAndEntries[i]).append("\":").append(namesAndEntries[i + 1]);
        }
        return text.append('}').toString();
    }

    private JsonObject awaitReport(String name, long revision, String state) {
        return device.watcher()
                .awaitJson(
                        device.topic("reported/" + name),
                        report -> where("state", state).test(report)
                                && !report.get("revision").isJsonNull()
                                && report.get("revision").getAsLong() == revision);
    }

    private JsonObject awaitState(String name, String state) {
        return device.watcher().awaitJson(device.topic("reported/" + name), where("state", state));
    }

    private static String message(JsonObject report) {
        return report.getAsJsonObject("error").get("message").getAsString();
    }

    private static String text(JsonObject json, String key) {
        return json.get(key).getAsString();
    }

    private long pid(String service) {
        return device.awaitState(service, "running").get("pid").getAsLong();
    }

    private String current(String service) throws IOException {
        Path link = device.data().resolve("services/" + service + "/current");
        return Files.readSymbolicLink(link).getFileName().toString();
    }

    private boolean isCurrent(String service, String release) {
        try {
            return current(service).startsWith(release + "-");
        } catch (IOException switching) {
            return false;
        }
    }

    private boolean isInstalled(String service) {
        return Files.exists(device.data().resolve("services/" + service));
    }

    @Test
    void aDocumentInstallsServicesAndTheNextRevisionChangesOnlyWhatDiffers() throws IOException {
        publish(ALL, 1, services("cam", release("cam", "1"), "rec", release("rec", "1")));
        JsonObject report = awaitReport("base", 1, "done");
        assertThat(text(report, "source")).isEqualTo("group/all");
        assertThat(text(report, "track")).isEqualTo("stable");
        assertThat(text(report.getAsJsonObject("services").getAsJsonObject("cam"), "release"))
                .startsWith("1-");
        device.awaitOutput("cam", "release 1\n");
        long rec = pid("rec");

        publish(ALL, 2, services("cam", release("cam", "2"), "rec", release("rec", "1")));
        awaitReport("base", 2, "done");
        assertThat(current("cam")).startsWith("2-");
        assertThat(pid("rec")).as("its entry is unchanged").isEqualTo(rec);
    }

    @Test
    void theCandidateIsForTheDevicesOfItsShare() throws IOException {
        String candidate = services("cam", release("cam", "1"))
                + ",\"candidate\":{\"share\":%s,\"salt\":\"s\",\"services\":{\"cam\":" + release("cam", "2")
                + "},\"plan\":{\"steps\":[1,100]}}";
        publish(ALL, 1, candidate.formatted("0"));
        assertThat(text(awaitReport("base", 1, "done"), "track")).isEqualTo("stable");
        assertThat(current("cam")).startsWith("1-");
        publish(ALL, 2, candidate.formatted("100"));
        assertThat(text(awaitReport("base", 2, "done"), "track")).isEqualTo("candidate");
        assertThat(current("cam")).startsWith("2-");
    }

    @Test
    void aBadReleaseTakesTheWholeRevisionBackAndTheNextOneIsTried() throws IOException {
        publish(ALL, 1, services("cam", release("cam", "1"), "rec", release("rec", "1")));
        awaitReport("base", 1, "done");
        publish(
                ALL,
                2,
                services(
                        "cam",
                        broken("cam", "2").replace("20s", "2s"),
                        "rec",
                        release("rec", "2"),
                        "new",
                        release("new", "1")));
        JsonObject report = awaitReport("base", 2, "rolled_back");
        assertThat(message(report)).contains("cam").contains("exit code 3");
        assertThat(current("cam")).startsWith("1-");
        assertThat(current("rec")).startsWith("1-");
        assertThat(isInstalled("new")).isFalse();
        device.awaitState("cam", "running");
        device.awaitState("rec", "running");

        device.agent().kill();
        launch();
        awaitReport("base", 2, "rolled_back");
        assertThat(current("rec")).as("not tried again").startsWith("1-");
        publish(ALL, 3, services("cam", release("cam", "3"), "rec", release("rec", "3")));
        awaitReport("base", 3, "done");
        assertThat(current("cam")).startsWith("3-");
    }

    @Test
    void whatCannotBeUsedIsToldAndTheAgentHearsOn() throws IOException {
        publish(ALL, new byte[] {'{', (byte) 0xff, (byte) 0xfe});
        assertThat(message(awaitState("base", "refused"))).contains("UTF-8");
        publish(ALL, new byte[400_000]);
        Await.until(
                "it is too large",
                PATIENCE,
                () -> message(awaitState("base", "refused")).contains("400000"));
        publish(ALL, 5, services("cam", "{\"relase\":\"1\"}"));
        Await.until(
                "it names the key",
                PATIENCE,
                () -> message(awaitState("base", "refused")).contains("services.cam.relase"));
        publish(ALL, 5, services("cam", release("cam", "5")));
        awaitReport("base", 5, "done");

        publish(ALL, 4, services("cam", release("cam", "4")));
        assertThat(message(awaitReport("base", 5, "stale"))).contains("revision 4 is older than 5");
        publish(ALL, 5, services("cam", release("cam", "4")));
        awaitReport("base", 5, "refused");
        assertThat(current("cam")).startsWith("5-");
        publish(ALL, 6, services("cam", "{\"manifest\":{\"service_id\":\"cam\"}," + QUICK + "}"));
        assertThat(message(awaitReport("base", 6, "rolled_back"))).contains("exec");
        device.awaitState("cam", "running");
    }

    @Test
    void aServiceBelongsToOneDocument() throws IOException {
        publish(ALL, 1, services("cam", release("cam", "all")));
        awaitReport("base", 1, "done");
        publish(ROOF, 1, services("cam", release("cam", "roof")));
        assertThat(message(awaitReport("roof", 1, "conflict"))).contains("group/all/base");
        publish(OWN, 1, services("cam", release("cam", "own")));
        awaitReport("own", 1, "done");
        assertThat(current("cam")).startsWith("own-");
        JsonObject base = device.watcher()
                .awaitJson(
                        device.topic("reported/base"),
                        report -> report.getAsJsonObject("services")
                                .getAsJsonObject("cam")
                                .has("overridden_by"));
        assertThat(text(base, "state")).isEqualTo("done");

        publish(OWN, 2, "\"removed\":true");
        Await.until("the group's is back", PATIENCE, () -> isCurrent("cam", "all"));
        device.awaitState("cam", "running");
    }

    @Test
    void aRemovalTakesAwayWhatTheDocumentBroughtAndSilenceNothing() {
        device.run(Bundle.sleeper("byhand"));
        publish(ALL, 1, services("cam", release("cam", "1"), "byhand", "{\"desired\":\"stopped\"}"));
        awaitReport("base", 1, "done");
        device.awaitState("byhand", "stopped");
        publish(ALL, new byte[0]);
        device.agent().kill();
        launch();
        device.awaitState("cam", "running");

        publish(ALL, 2, "\"removed\":true");
        assertThat(awaitReport("base", 2, "done").get("removed").getAsBoolean()).isTrue();
        assertThat(isInstalled("cam")).isFalse();
        assertThat(isInstalled("byhand")).isTrue();
        publish(ALL, new byte[0]);
        device.watcher()
                .await(
                        "the report is cleared",
                        m -> m.topic().equals(device.topic("reported/base")) && m.payload().length == 0);
        publish(ALL, 1, services("cam", release("cam", "1")));
        assertThat(message(awaitReport("base", 2, "stale"))).contains("older than 2");
        assertThat(isInstalled("cam")).isFalse();
    }

    @Test
    void whatAnOperatorStoppedStaysStoppedAndIsTold() {
        publish(ALL, 1, services("cam", release("cam", "1"), "rec", release("rec", "1")));
        awaitReport("base", 1, "done");
        ok(device.ask("cam", "stop", ""));
        device.watcher()
                .awaitJson(
                        device.topic("reported/base"),
                        report -> report.getAsJsonArray("drift").toString().contains("\"wanted\":\"running\""));
        publish(ALL, 2, services("cam", release("cam", "1"), "rec", release("rec", "2")));
        JsonObject report = awaitReport("base", 2, "done");
        assertThat(report.getAsJsonArray("drift")).hasSize(1);
        device.awaitState("cam", "stopped");
        publish(ALL, 3, services("cam", release("cam", "3"), "rec", release("rec", "2")));
        assertThat(awaitReport("base", 3, "done").getAsJsonArray("drift")).isEmpty();
        device.awaitState("cam", "running");
    }

    @Test
    void aConfigurationComesWithTheFirstStartAndIsTakenBackWithTheRevision() throws IOException {
        String configured = release("cam", "1").replaceFirst("}$", ",\"config\":{\"fps\":10}}");
        publish(ALL, 1, services("cam", configured));
        awaitReport("base", 1, "done");
        assertThat(ok(device.ask("cam", "config", "")).get("config")).hasToString("{\"fps\":10}");
        String other = broken("cam", "2").replace("20s", "2s").replaceFirst("}$", ",\"config\":{\"fps\":20}}");
        publish(ALL, 2, services("cam", other));
        awaitReport("base", 2, "rolled_back");
        assertThat(ok(device.ask("cam", "config", "")).get("config")).hasToString("{\"fps\":10}");
        assertThat(current("cam")).startsWith("1-");
    }

    @Test
    void aDeviceThatWasAwayIsWhatTheNewestRevisionSays() throws IOException {
        publish(ALL, 1, services("cam", release("cam", "1")));
        awaitReport("base", 1, "done");
        device.agent().kill();
        for (int revision = 2; revision <= 30; revision++) {
            publish(ALL, revision, services("cam", release("cam", "r" + revision)));
        }
        device.watcher().clear();
        launch();
        awaitReport("base", 30, "done");
        assertThat(current("cam")).startsWith("r30-");
        assertThat(device.watcher().all(device.topic("svc/cam/event")).stream()
                        .map(Watcher.Seen::text)
                        .filter(event -> event.contains("\"deploy\"") && !event.contains("r30-")))
                .as("no revision in between")
                .isEmpty();
    }

    /** Of revisions that work and that do not. What is left is one of the two, whole, and the report says which. */
    @Test
    void anAgentThatIsKilledWhileItAppliesGoesOnOrBackWithTheWholeRevision() throws IOException {
        long seed = Long.getLong("efka.seed", System.nanoTime());
        System.out.println("[desired] seed " + seed);
        var random = new Random(seed);
        publish(ALL, 1, services("cam", release("cam", "r1"), "rec", release("rec", "r1")));
        awaitReport("base", 1, "done");
        String good = "r1";
        for (int kill = 1; kill <= KILLS; kill++) {
            long revision = 1L + kill;
            String name = "r" + revision;
            boolean works = kill % 2 == 1;
            String rec = works ? release("rec", name) : broken("rec", name).replace("20s", "2s");
            publish(ALL, revision, services("cam", release("cam", name), "rec", rec));
            LockSupport.parkNanos(
                    Duration.ofMillis(random.nextInt(works ? 900 : 3500)).toNanos());
            device.agent().kill();
            launch();
            if (works) {
                awaitReport("base", revision, "done");
                good = name;
            } else {
                awaitReport("base", revision, "rolled_back");
            }
            for (String service : new String[] {"cam", "rec"}) {
                assertThat(current(service))
                        .as("%s after kill %d", service, kill)
                        .startsWith(good + "-");
                device.awaitState(service, "running");
            }
        }
        System.out.printf(
                Locale.ROOT, "[desired] killed %d times while a revision was applied: whole each time%n", KILLS);
    }
}
