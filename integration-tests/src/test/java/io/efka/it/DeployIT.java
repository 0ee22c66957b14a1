package io.efka.it;

import static io.efka.it.Device.code;
import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Releases that take the place of each other on the packaged agent. {@code -Defka.deploy.kills=20} sets how often the agent is
 * killed in each state of a deploy, {@code -Defka.deploy.random=200} how often at random.
 */
class DeployIT {
    private static final int KILLS = Integer.getInteger("efka.deploy.kills", 2);
    private static final int RANDOM_KILLS = Integer.getInteger("efka.deploy.random", 10);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** So short that a test can wait for it, and longer than a start takes on a busy machine. */
    private static final String QUICK = "\"min_healthy\":\"300ms\",\"healthy_deadline\":\"20s\"";

    private TestBroker broker;
    private Device device;

    @BeforeEach
    void start() {
        broker = Brokers.start();
        device = new Device(broker, "deployer").start();
    }

    @AfterEach
    void stop() {
        try {
            device.close();
        } finally {
            broker.close();
        }
    }

    /** A release that says its name, and once a second that it lives. */
    private static Bundle release(String name) {
        return Bundle.script("cam", "echo release " + name, "echo $EFKA_RELEASE >>$EFKA_DATA/ran", "exec sleep 1000")
                .with("release", '"' + name + '"');
    }

    private static Bundle broken(String name) {
        return Bundle.script("cam", "echo no such camera >&2", "exit 3").with("release", '"' + name + '"');
    }

    private static String payload(Bundle bundle, String rest) {
        String json = bundle.json().toString();
        return json.substring(0, json.length() - 1) + "," + rest + "}";
    }

    private JsonObject deploy(Bundle bundle, String rest) {
        return device.ask("cam", "deploy", payload(bundle, rest));
    }

    private Path home() {
        return device.data().resolve("services/cam");
    }

    private String current() throws IOException {
        return Files.readSymbolicLink(home().resolve("current")).getFileName().toString();
    }

    private static String text(JsonObject json, String key) {
        return json.get(key).getAsString();
    }

    private void awaitDeploy(String state) {
        device.awaitStatus(
                "cam",
                status -> status.has("deploy")
                        && text(status.getAsJsonObject("deploy"), "state").equals(state));
    }

    @Test
    void aNewReleaseTakesThePlaceOfTheOneBeforeAndRollbackBringsThatBack() throws IOException {
        JsonObject first = ok(deploy(release("1.0"), QUICK));
        assertThat(text(first, "outcome")).isEqualTo("committed");
        JsonObject second = ok(deploy(release("2.0"), QUICK));
        assertThat(text(second, "release")).startsWith("2.0-").isEqualTo(current());
        assertThat(text(second, "previous")).isEqualTo(text(first, "release"));
        device.awaitOutput("cam", "release 2.0\n");

        JsonObject back = ok(device.ask("cam", "rollback", "{" + QUICK + "}"));
        assertThat(text(back, "release")).startsWith("1.0-").isEqualTo(current());
        JsonObject status = device.awaitState("cam", "running");
        assertThat(text(status, "release")).isEqualTo(text(first, "release"));
        assertThat(Files.readAllLines(home().resolve("data/ran")))
                .as("no release touches the service's data")
                .containsExactly(text(first, "release"), text(second, "release"), text(first, "release"));
    }

    @Test
    void aReleaseThatDoesNotWorkGivesWayToTheOneBeforeAndSaysWhatItDid() throws IOException {
        ok(deploy(release("1.0"), QUICK));
        long begin = System.nanoTime();
        JsonObject reply = deploy(broken("2.0"), "\"min_healthy\":\"300ms\",\"healthy_deadline\":\"3s\"");
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        assertThat(code(reply)).isEqualTo("unhealthy");
        assertThat(text(reply.getAsJsonObject("error"), "message"))
                .contains("exit code 3")
                .contains("no such camera")
                .contains("release 1.0 runs again");
        assertThat(text(reply, "release")).as("what runs now").startsWith("1.0-");
        JsonObject cause = device.awaitState("cam", "running").getAsJsonObject("cause");
        assertThat(text(cause, "kind")).isEqualTo("rollback");
        assertThat(text(cause, "message")).contains("release 2.0").contains("no such camera");
        assertThat(device.watcher().all(device.topic("cam", "event")).stream()
                        .map(Watcher.Seen::json)
                        .filter(event -> text(event, "event").equals("state"))
                        .filter(event ->
                                text(event.getAsJsonObject("cause"), "kind").equals("rollback"))
                        .map(event -> text(event, "to")))
                .as("what the rollback did")
                .contains("starting", "running");
        assertThat(text(reply, "outcome")).isEqualTo("rolled_back");
        assertThat(current()).startsWith("1.0-");
        assertThat(text(device.awaitState("cam", "running"), "release")).startsWith("1.0-");
        System.out.println("[deploy] a bad release with a deadline of 3 s was back and proved again after "
                + took.toMillis() + " ms");

        JsonObject again = deploy(broken("2.0"), QUICK);
        assertThat(code(again)).isEqualTo("release_bad");
    }

    @Test
    void aBadReleaseOfANewServiceIsStoppedAndNothingIsHalf() {
        JsonObject reply = deploy(broken("1.0"), "\"min_healthy\":\"300ms\",\"healthy_deadline\":\"2s\"");
        assertThat(code(reply)).isEqualTo("no_previous_release");
        JsonObject status = device.awaitState("cam", "stopped");
        assertThat(text(status, "desired")).isEqualTo("stopped");
    }

    @Test
    void whatWasInstalledBeforeIsTheReleaseToGoBackTo() {
        device.run(Bundle.script("cam", "echo original", "exec sleep 1000"));
        device.awaitOutput("cam", "original\n");
        JsonObject reply = deploy(broken("2.0"), "\"min_healthy\":\"300ms\",\"healthy_deadline\":\"2s\"");
        assertThat(text(reply, "outcome")).isEqualTo("rolled_back");
        Await.until(
                "the original runs again",
                PATIENCE,
                () -> device.output("cam", "stdout").endsWith("original\noriginal\n"));
        ok(deploy(release("3.0"), QUICK));
        ok(device.ask("cam", "rollback", "{" + QUICK + "}"));
        Await.until(
                "the original runs again",
                PATIENCE,
                () -> device.output("cam", "stdout").endsWith("original\n"));
    }

    @Test
    void aReleaseThatNobodyConfirmsIsTakenBack() throws IOException {
        ok(deploy(release("1.0"), QUICK));
        JsonObject reply = deploy(release("2.0"), QUICK + ",\"confirm_within\":\"1s\"");
        assertThat(text(reply.getAsJsonObject("error"), "message")).contains("not confirmed within 1s");
        assertThat(current()).startsWith("1.0-");

        device.watcher()
                .publish(
                        device.topic("cam", "cmd/deploy"),
                        payload(release("3.0"), QUICK + ",\"confirm_within\":\"1h\""));
        Await.until(
                "it can be confirmed",
                PATIENCE,
                () -> device.ask("cam", "confirm", "").get("ok").getAsBoolean());
        awaitDeploy("committed");
        assertThat(current()).startsWith("3.0-");
    }

    @Test
    void cancelBringsTheReleaseBeforeBack() throws IOException {
        ok(deploy(release("1.0"), QUICK));
        device.watcher()
                .publish(
                        device.topic("cam", "cmd/deploy"),
                        payload(release("2.0"), "\"min_healthy\":\"1h\",\"healthy_deadline\":\"2h\""));
        awaitDeploy("watching");
        ok(device.ask("cam", "cancel", ""));
        awaitDeploy("cancelled");
        assertThat(current()).startsWith("1.0-");
        assertThat(code(device.ask("cam", "cancel", ""))).isEqualTo("no_deploy");
    }

    @Test
    void aStoppedServiceIsOnlySwitchedAndWatchedWhenItIsStarted() throws IOException {
        ok(deploy(release("1.0"), QUICK));
        ok(device.ask("cam", "stop", ""));
        JsonObject reply = ok(deploy(broken("2.0"), "\"min_healthy\":\"300ms\",\"healthy_deadline\":\"2s\""));
        assertThat(text(reply, "deploy")).isEqualTo("watching");
        assertThat(current()).startsWith("2.0-");
        assertThat(text(device.awaitState("cam", "stopped"), "desired")).isEqualTo("stopped");
        device.ask("cam", "switch", "{\"on\":true}");
    }

    @Test
    void aDeployForAnotherReleaseThanTheCurrentOneIsRefused() {
        ok(deploy(release("1.0"), QUICK));
        assertThat(code(deploy(release("2.0"), QUICK + ",\"if_release\":\"0.9\"")))
                .isEqualTo("release_mismatch");
        ok(deploy(release("2.0"), QUICK + ",\"if_release\":\"1.0\""));
        assertThat(code(device.ask("cam", "deploy", "{\"release\":\"7\"}"))).isEqualTo("no_release");
    }

    @Test
    void surplusReleasesAreDeletedAndRemoveDeletesAll() throws IOException {
        for (String name : List.of("1", "2", "3", "4", "5")) ok(deploy(release(name), QUICK));
        Await.until("the oldest are gone", PATIENCE, () -> stored().size() == 3);
        assertThat(stored()).anyMatch(name -> name.startsWith("5-")).anyMatch(name -> name.startsWith("4-"));
        ok(device.ask("cam", "remove", ""));
        assertThat(home()).doesNotExist();
        ok(deploy(release("1"), QUICK));
    }

    private Set<String> stored() {
        try (Stream<Path> entries = Files.list(home().resolve("releases"))) {
            var names = new HashSet<String>();
            entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
            return names;
        } catch (IOException e) {
            return Set.of();
        }
    }

    /** Of a deploy that works and one that does not, killed in every state that is seen. */
    @ParameterizedTest
    @CsvSource({
        "true, verifying",
        "true, staged",
        "true, activating",
        "true, watching",
        "false, watching",
        "false, rolling_back"
    })
    void anAgentThatIsKilledInAnyStateEndsWithOneWholeRelease(boolean works, String state) throws IOException {
        var random = new Random(7);
        ok(deploy(release("base"), QUICK));
        for (int kill = 1; kill <= KILLS; kill++) {
            String name = state + "." + kill;
            String id = "\"id\":\"" + name + "\",";
            device.watcher()
                    .publish(
                            device.topic("cam", "cmd/deploy"),
                            payload(
                                    works ? release(name) : broken(name),
                                    id + "\"min_healthy\":\"300ms\",\"healthy_deadline\":\"2s\""));
            Await.until(
                    name + " is " + state,
                    PATIENCE,
                    () -> device.watcher().all(device.topic("cam", "event")).stream()
                            .map(Watcher.Seen::json)
                            .anyMatch(event -> isDeploy(event, name)
                                    && text(event, "state").equals(state)));
            pause(random.nextInt(20));
            device.agent().kill();
            device.start();
            requireEnd(name, works);
        }
        System.out.println("[deploy] killed " + KILLS + " times while " + state + (works ? "" : " a bad release")
                + ": one whole release each time");
    }

    private static boolean isDeploy(JsonObject event, String name) {
        return text(event, "event").equals("deploy") && text(event, "release").startsWith(name + "-");
    }

    private static void pause(int millis) {
        java.util.concurrent.locks.LockSupport.parkNanos(
                Duration.ofMillis(millis).toNanos());
    }

    /** Every deploy is answered, and what runs is the whole of one release: the new one, or the one before. */
    private void requireEnd(String name, boolean works) throws IOException {
        Await.until(
                "the deploy of " + name + " is answered",
                PATIENCE,
                () -> device.watcher().all(device.topic("reply")).stream()
                        .map(Watcher.Seen::json)
                        .anyMatch(reply -> reply.has("id") && text(reply, "id").equals(name)));
        JsonObject status = device.awaitStatus(
                "cam",
                now -> text(now, "state").equals("running")
                        && now.has("deploy")
                        && !List.of("watching", "activating", "rolling_back", "staged", "verifying")
                                .contains(text(now.getAsJsonObject("deploy"), "state")));
        assertThat(text(status, "release")).isEqualTo(current());
        assertThat(Files.readAllLines(home().resolve("data/ran"))).last().isEqualTo(current());
        assertThat(home().resolve("current/run.sh")).isExecutable();
        if (!works) assertThat(current()).doesNotStartWith(name + "-");
    }

    @Test
    void anAgentThatIsKilledAtRandomUnderDeploysLosesNoneAndMakesNoHalf() throws IOException {
        long seed = Long.getLong("efka.seed", System.nanoTime());
        System.out.println("[deploy] seed " + seed);
        var random = new Random(seed);
        ok(deploy(release("base"), QUICK));
        for (int kill = 1; kill <= RANDOM_KILLS; kill++) {
            boolean works = random.nextInt(3) > 0;
            String name = "r" + kill;
            device.watcher()
                    .publish(
                            device.topic("cam", "cmd/deploy"),
                            payload(
                                    works ? release(name) : broken(name),
                                    "\"id\":\"" + name + "\",\"min_healthy\":\"300ms\",\"healthy_deadline\":\"2s\""));
            pause(random.nextInt(works ? 700 : 3500));
            device.agent().kill();
            device.start();
            requireEnd(name, works);
        }
        System.out.println("[deploy] " + RANDOM_KILLS + " random kills under deploys: each answered, no half release");
    }
}
