package io.efka.it;

import static io.efka.it.Device.ok;
import static io.efka.it.Watcher.where;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The accounts of {@code docker/mosquitto}: what the shipped access list gives is enough for everything, and no more. With
 * the real Mosquitto, its password file made by {@code mosquitto_passwd}.
 */
class BrokerRightsIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String PASSWORD = "of everybody here";

    private Path folder;
    private TestBroker broker;
    private Watcher operator;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(Brokers.hasMosquitto() && Brokers.isOnPath("mosquitto_passwd"), "no mosquitto on the PATH");
        folder = Folders.create("accounts");
        Files.writeString(folder.resolve("password"), PASSWORD + "\n");
        startBroker(Files.readString(MosquittoConf.FOLDER.resolve("acl")));
        operator = as("operator", "efka/#");
    }

    @AfterEach
    void stop() {
        if (operator != null) operator.close();
        if (broker != null) broker.close();
        if (folder != null) Folders.delete(folder);
    }

    private void startBroker(String acl) throws IOException {
        Path passwords = folder.resolve("passwd");
        for (String account : List.of("dev1", "dev2", "operator", "admin", "homeassistant")) {
            List<String> create = Files.exists(passwords) ? List.of("-b") : List.of("-c", "-b");
            var command = new ArrayList<String>(List.of("mosquitto_passwd"));
            command.addAll(create);
            command.addAll(List.of(passwords.toString(), account, PASSWORD));
            Shell.run(command).ok();
        }
        Path list = Files.writeString(folder.resolve("acl"), acl);
        broker = PathBroker.of(MosquittoConf.shipped("accounts.conf")
                .with("password_file", passwords)
                .with("acl_file", list));
        broker.start();
    }

    private Watcher as(String account, String... filters) {
        return Watcher.as(account, PASSWORD, broker, "efka/dev1/reply/" + account, filters);
    }

    private AgentProcess agent(String device, String... more) {
        var flags = new ArrayList<String>(List.of(
                "--username",
                device,
                "--password-file",
                folder.resolve("password").toString(),
                "--metrics-interval",
                "1s"));
        flags.addAll(List.of(more));
        return AgentProcess.run(broker, device, folder.resolve(device), flags.toArray(String[]::new));
    }

    private void awaitOnline(String device) {
        operator.awaitJson(
                "efka/" + device + "/status", status -> status.get("online").getAsBoolean());
    }

    @Test
    void theShippedRightsAreEnoughForEverything() {
        try (var home = as("homeassistant", "homeassistant/#", "efka/+/svc/+/status");
                var agent = agent("dev1", "--groups", "cameras", "--home-assistant", "homeassistant")) {
            awaitOnline("dev1");
            Bundle talker = Bundle.script(
                    "talker", "echo to stdout", "echo to stderr >&2", "while read -r line; do echo \"$line\"; done");
            ok(operator.ask("efka/dev1/svc/talker/cmd/install", talker.startedPayload()));
            operator.awaitJson("efka/dev1/svc/talker/status", where("state", "running"));
            for (String leaf : List.of("stdout", "stderr", "event", "metrics")) {
                operator.await(leaf, m -> m.topic().equals("efka/dev1/svc/talker/" + leaf));
            }
            operator.await("the machine's metrics", m -> m.topic().equals("efka/dev1/metrics"));
            operator.await("the agent's events", m -> m.topic().equals("efka/dev1/event"));

            operator.publish("efka/dev1/cmd/ping", "");
            operator.await("a reply to nobody's topic", m -> m.topic().equals("efka/dev1/reply"));
            ok(operator.ask("efka/group/cameras/cmd/ping", ""));
            ok(operator.ask("efka/group/all/svc/talker/cmd/restart", ""));
            operator.publish("efka/group/all/cmd/ping", "{\"reply_to\":\"efka/group/all/reply/me\"}");
            operator.await("a reply of a group", m -> m.topic().equals("efka/group/all/reply/me"));

            String document = "{\"v\":1,\"revision\":%d,\"services\":{\"talker\":{\"desired\":\"running\"}}}";
            for (String topic : List.of("efka/dev1/desired/own", "efka/group/cameras/desired/group")) {
                operator.publish(
                        topic, document.formatted(1).getBytes(StandardCharsets.UTF_8), true, new MqttProperties());
            }
            operator.awaitJson("efka/dev1/reported/own", where("state", "done"));
            operator.awaitJson("efka/dev1/reported/group", where("state", "done"));

            home.await("the document", m -> m.topic().equals("homeassistant/device/efka_dev1/config"));
            home.publish("efka/dev1/svc/talker/cmd/switch", "{\"on\":false}");
            home.awaitJson("efka/dev1/svc/talker/status", where("state", "stopped"));

            JsonObject refused = ok(operator.ask("efka/dev1/cmd/info", ""))
                    .getAsJsonObject("info")
                    .getAsJsonObject("broker")
                    .getAsJsonObject("refused");
            assertThat(refused).hasToString("{\"topics\":[]}");
            ok(operator.ask("efka/dev1/svc/talker/cmd/remove", ""));
            assertThat(agent.terminate()).isZero();
            operator.awaitJson("efka/dev1/status", where("reason", "shutdown"));
            assertThat(agent.log()).doesNotContain("refused", "not subscribed");
        }
    }

    @Test
    void whatAServicePublishesArrives() throws Exception {
        assumeTrue(Brokers.isOnPath("python3"), "no python3 for the example");
        var text = new JsonObject();
        text.addProperty("text", Files.readString(Path.of("../docker/examples/channel.py")));
        text.addProperty("mode", "0755");
        Bundle plain = Bundle.script("values", "exec python3 channel.py").with("ready", "\"channel\"");
        JsonObject files = plain.files().deepCopy();
        files.add("channel.py", text);
        try (var agent = agent("dev1")) {
            awaitOnline("dev1");
            ok(operator.ask(
                    "efka/dev1/svc/values/cmd/install",
                    new Bundle("values", plain.manifest(), files).startedPayload()));
            operator.await("a value", m -> m.topic().startsWith("efka/dev1/svc/values/data/"));
            assertThat(agent.log()).doesNotContain("refused");
        }
    }

    @Test
    void anOperatorSendsAnArtifactAndADeviceFetchesItButSendsNone() {
        Archive archive = Archive.of(
                Bundle.script("cam", "echo runs", "exec sleep 1000").with("release", "\"1.0\""),
                folder.resolve("archives"),
                300_000);
        var arguments = List.of(
                "artifact",
                "push",
                archive.file().toString(),
                "--group",
                "cameras",
                "--devices",
                "1",
                "--broker",
                broker.uri(),
                "--username",
                "operator",
                "--password-file",
                folder.resolve("password").toString());
        try (var agent = agent("dev1", "--groups", "cameras");
                var stranger = as("dev2", "efka/group/cameras/artifact/#");
                var push = AgentProcess.fleet(folder.resolve("push.log"), arguments)) {
            awaitOnline("dev1");
            ok(operator.ask(
                    "efka/dev1/svc/cam/cmd/deploy",
                    "{\"artifact\":" + archive.artifact("mqtt:") + ",\"min_healthy\":\"300ms\"}"));
            assertThat(push.exitCode()).as(push.log()).isZero();
            assertThat(agent.log()).doesNotContain("refused");

            String base = "efka/group/cameras/artifact/" + archive.hash() + "/";
            operator.clear();
            for (String leaf : List.of("info", "pieces", "chunk/0", "answer", "have/dev1")) {
                stranger.publish(base + leaf, "forged".getBytes(StandardCharsets.UTF_8), false, new MqttProperties());
            }
            // Behind the others: what they did would have come before it.
            stranger.publish(base + "have/dev2", "{}");
            operator.await("its own topic", m -> m.topic().equals(base + "have/dev2"));
            assertThat(operator.all()).noneMatch(m -> m.text().equals("forged"));
            ok(operator.ask("efka/dev1/svc/cam/cmd/remove", ""));
        }
    }

    @Test
    void aDeviceNeitherCommandsAnotherNorSpeaksForIt() {
        try (var agent = agent("dev1");
                var stranger = as("dev2", "efka/#", "homeassistant/#")) {
            awaitOnline("dev1");
            operator.clear();
            ok(operator.ask("efka/dev1/cmd/ping", ""));
            for (String topic : List.of(
                    "efka/dev1/cmd/shutdown",
                    "efka/group/all/cmd/shutdown",
                    "efka/dev1/svc/x/cmd/start",
                    "efka/dev1/desired/x",
                    "efka/group/all/desired/x",
                    "efka/dev1/reported/x",
                    "efka/dev1/status",
                    "efka/dev1/event",
                    "efka/dev1/svc/x/status",
                    "efka/dev1/reply/operator")) {
                stranger.publish(topic, "{}".getBytes(StandardCharsets.UTF_8), true, new MqttProperties());
            }
            // Behind the others: what they did would have come before it.
            stranger.publish("efka/dev2/event", "{}");
            operator.await("its own topic", m -> m.topic().equals("efka/dev2/event"));
            assertThat(agent.isAlive()).isTrue();
            assertThat(operator.all())
                    .noneMatch(m -> m.text().equals("{}") && m.topic().contains("dev1"));
            ok(operator.ask("efka/dev1/cmd/ping", ""));
            assertThat(stranger.all())
                    .as("what dev2 reads of dev1")
                    .noneMatch(m -> m.topic().startsWith("efka/dev1/"));
        }
    }

    @Test
    void anOperatorCannotSpeakForADeviceButAnAdminClearsWhatItLeft() {
        try (var agent = agent("dev1")) {
            awaitOnline("dev1");
            agent.terminate();
            operator.awaitJson("efka/dev1/status", where("reason", "shutdown"));
        }
        operator.publish("efka/dev1/status", new byte[0], true, new MqttProperties());
        try (var admin = as("admin", "efka/dev1/status")) {
            admin.await("what the operator could not clear", m -> m.retained() && m.payload().length > 0);
            admin.publish("efka/dev1/status", new byte[0], true, new MqttProperties());
            operator.await("the cleared status", m -> m.topic().equals("efka/dev1/status") && m.payload().length == 0);
        }
    }

    @Test
    void whatIsRefusedIsOneWarningAndCounted() throws Exception {
        operator.close();
        broker.close();
        startBroker(Files.readString(MosquittoConf.FOLDER.resolve("acl"))
                .replace("pattern readwrite efka/%u/svc/+/status", "# no status of a service"));
        operator = as("operator", "efka/#");
        try (var agent = agent("dev1")) {
            awaitOnline("dev1");
            ok(operator.ask(
                    "efka/dev1/svc/quiet/cmd/install", Bundle.sleeper("quiet").payload()));
            awaitRefused(agent, "efka/dev1/svc/quiet/status");
            for (int i = 0; i < 3; i++) operator.publish("efka/dev1/cmd/ping", "{\"reply_to\":\"my/reply\"}");
            awaitRefused(agent, "my/reply");
            operator.await(
                    "the refusal on the device's own topic",
                    m -> m.topic().equals("efka/dev1/reply") && m.text().contains("\"reply_refused\""));

            JsonObject counted = Await.value(
                    "all three are counted",
                    SOON,
                    () -> refusedTopics().stream()
                            .filter(one -> one.get("topic").getAsString().equals("my/reply"))
                            .filter(one -> one.get("count").getAsInt() == 3)
                            .findFirst());
            assertThat(counted.get("reason").getAsString()).contains("not authorised");
            assertThat(agent.log().split("topic=my/reply message refused", -1))
                    .as("logged once")
                    .hasSize(2);
        }
    }

    private static void awaitRefused(AgentProcess agent, String topic) {
        String warning = "topic=" + topic + " message refused: not authorised";
        Await.until(
                () -> warning + " in " + agent.log(), SOON, () -> agent.log().contains(warning));
    }

    private List<JsonObject> refusedTopics() {
        return ok(operator.ask("efka/dev1/cmd/info", ""))
                .getAsJsonObject("info")
                .getAsJsonObject("broker")
                .getAsJsonObject("refused")
                .getAsJsonArray("topics")
                .asList()
                .stream()
                .map(JsonElement::getAsJsonObject)
                .toList();
    }
}
