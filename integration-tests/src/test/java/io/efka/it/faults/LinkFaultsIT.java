package io.efka.it.faults;

import static io.efka.it.Device.ok;
import static io.efka.it.faults.ProxiedDevice.ticker;
import static io.efka.it.proxy.Match.fromBroker;
import static io.efka.it.proxy.Match.publish;
import static io.efka.it.proxy.PacketType.PUBACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import io.efka.it.AgentProcess;
import io.efka.it.Brokers;
import io.efka.it.Bundle;
import io.efka.it.Device;
import io.efka.it.Watcher;
import io.efka.it.proxy.Announcement;
import io.efka.it.proxy.BrokerProxy;
import io.efka.it.proxy.DeadAddress;
import io.efka.it.proxy.Quirk;
import io.efka.it.proxy.Quirks;
import io.efka.it.proxy.RivalClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Brokers that take some things and not others, lose acknowledgements, or let nobody in: whatever they do, the agent goes
 * on hearing commands, loses nothing without saying so, and says what is wrong in words a person understands. Most of these
 * tests wait most of the time, so those of a group run side by side, and the groups as well.
 */
class LinkFaultsIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    /** What a service writes in one line: more than the limits of these brokers. */
    private static final String LONG_LINE = "printf '%05000d\\n' 7";

    /** Messages that are too large. */
    @Nested
    @Execution(CONCURRENT)
    class TooLarge {
        @Test
        void aLineThatMosquittoRefusesForItsSizeHoldsNothingUp() {
            try (var proxied = new ProxiedDevice(Brokers.stock("message_size_limit 4096"), "size-real")) {
                surviveALongLine(proxied);
            }
        }

        @Test
        void aLineBeyondALimitThatIsNotAnnouncedHoldsNothingUp() {
            try (var proxied = new ProxiedDevice(Brokers.start(), "size-silent")) {
                Quirk limit = proxied.proxy().add(Quirks.messageSizeLimit(4096));
                surviveALongLine(proxied);
                assertThat(limit.fired()).isBetween(1L, 20L);
            }
        }

        @Test
        void whatIsTooLargeForAnAnnouncedLimitIsSentInPiecesOrShortened() {
            try (var proxied = new ProxiedDevice(Brokers.start(), "size-told")) {
                proxied.proxy().add(Quirks.announce(Announcement.MAXIMUM_PACKET_SIZE, 3000));
                Quirk offence = proxied.proxy().add(Quirks.packetSizeLimit(3000));
                Device device = proxied.device().start();
                String lastWords = "for i in 1 2 3 4 5 6; do printf '%0900d\\n' $i >&2; done; exit 3";
                device.run(Bundle.script("dying", LONG_LINE, "read line", lastWords)
                        .with("restart", "{\"policy\":\"never\"}"));
                proxied.awaitOutput("dying", "0007\n");
                assertThat(proxied.output("dying").text()).hasSize(5001);
                assertThat(device.ask("dying", "logs", "{\"lines\":400}")
                                .get("command")
                                .getAsString())
                        .isEqualTo("logs");

                ok(device.ask("dying", "input", "{\"text\":\"die\\n\"}"));
                JsonObject status = device.awaitStatus(
                        "dying", s -> !s.get("state").getAsString().equals("running"));
                assertThat(status.getAsJsonObject("last_exit").get("code").getAsInt())
                        .isEqualTo(3);
                proxied.ping();
                assertThat(offence.fired()).as("packets beyond the limit").isZero();
            }
        }
    }

    /** A message that ends the connection. */
    @Nested
    @Execution(CONCURRENT)
    class Cursed {
        @Test
        void aReplyTopicThatMakesTheBrokerCutTheLinkHoldsNothingUp() {
            try (var proxied = new ProxiedDevice(Brokers.start(), "cursed")) {
                Quirk cut = proxied.proxy().add(Quirks.cutBefore(publish("replies/cursed")));
                Device device = proxied.device().start();
                device.install(Bundle.sleeper("sleeper"));
                sendWithReplyTo(device, "cmd/ping", "replies/cursed");
                sendWithReplyTo(device, "svc/sleeper/cmd/enable", "replies/cursed");

                for (String command : List.of("ping", "enable")) {
                    Await.until(
                            () -> "the reply to " + command + " on the default topic; log:\n"
                                    + device.agent().log(),
                            SOON,
                            () -> repliedByDefault(device, command));
                }
                for (int i = 0; i < 15; i++) proxied.ping();
                assertThat(device.agent().terminate()).isZero();
                device.start();
                for (int i = 0; i < 15; i++) proxied.ping();
                assertThat(cut.fired()).isBetween(1L, 20L);
            }
        }
    }

    /** Acknowledgements that get lost, or refuse. */
    @Nested
    @Execution(CONCURRENT)
    class Unacknowledged {
        @Test
        void lostAcknowledgementsOfOutputMakeANewConnection() {
            try (var proxied = new ProxiedDevice(Brokers.start(), "unacked-output")) {
                proxied.device().start();
                Quirk lost = proxied.proxy()
                        .add(Quirks.drop(fromBroker(PUBACK).about("efka/+/svc/+/stdout"))
                                .times(64));
                proxied.device().run(ticker("ticker", 100).with("output", "{\"linger\":\"0ms\",\"batch\":64}"));
                Await.until("acknowledgements are lost", SOON, () -> lost.fired() > 40);
                // Whatever else is acknowledged meanwhile does not make the lost ones come.
                for (int i = 0; i < 5; i++) proxied.ping();
                proxied.awaitOutput("ticker", "tick 2000\n");
                assertThat(proxied.output("ticker").missing()).isZero();
            }
        }

        @Test
        void lostAcknowledgementsOfEventsMakeANewConnection() {
            try (var proxied = new ProxiedDevice(Brokers.start(), "unacked-events")) {
                Device device = proxied.device().start();
                Quirk lost = proxied.proxy()
                        .add(Quirks.drop(fromBroker(PUBACK).about("efka/+/svc/+/event"))
                                .times(8));
                device.install(Bundle.sleeper("restless"));
                for (int i = 0; i < 6; i++) device.watcher().publish(device.topic("restless", "cmd/restart"), "");
                Await.until("acknowledgements are lost", SOON, () -> lost.fired() == 8);
                device.watcher().publish(device.topic("restless", "cmd/remove"), "");

                Await.until(
                        () -> "the last event; log:\n" + device.agent().log(),
                        SOON,
                        () -> device.watcher().all(device.topic("restless", "event")).stream()
                                .anyMatch(event ->
                                        event.json().get("event").getAsString().equals("removed")));
                proxied.ping();
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {Quirks.QUOTA_EXCEEDED, Quirks.UNSPECIFIED, Quirks.IMPLEMENTATION_SPECIFIC})
        void whatIsRefusedForAWhileIsSentAgain(int reasonCode) {
            try (var proxied = new ProxiedDevice(Brokers.start(), "passing-" + reasonCode)) {
                Device device = proxied.device().start();
                List<Quirk> refusals = List.of(
                        proxied.proxy()
                                .add(Quirks.publishRefused(publish("replies/#"), reasonCode)
                                        .times(2)),
                        proxied.proxy()
                                .add(Quirks.publishRefused(publish("efka/+/svc/+/stdout"), reasonCode)
                                        .times(2)),
                        proxied.proxy()
                                .add(Quirks.publishRefused(publish("efka/+/svc/+/status"), reasonCode)
                                        .times(2)),
                        proxied.proxy()
                                .add(Quirks.publishRefused(publish("efka/+/svc/+/event"), reasonCode)
                                        .times(2)));
                device.run(ticker("ticker", 10));
                proxied.ping();
                device.awaitState("ticker", "running");
                device.watcher()
                        .await(
                                "the event",
                                event -> event.topic().equals(device.topic("ticker", "event"))
                                        && event.json()
                                                .get("event")
                                                .getAsString()
                                                .equals("installed"));
                proxied.awaitOutput("ticker", "tick 20\n");
                assertThat(proxied.output("ticker").missing()).isZero();
                assertThat(refusals).allMatch(refusal -> refusal.fired() == 2);
            }
        }

        @Test
        void aStreamAndAStatusThatAreNotAllowedAreNamedOnce() {
            try (var proxied = new ProxiedDevice(Brokers.start(), "denied")) {
                Device device = proxied.device().start();
                String stream = device.topic("loud", "stdout");
                String status = device.topic("hidden", "status");
                proxied.proxy().add(Quirks.publishRefused(publish(stream), Quirks.NOT_AUTHORIZED));
                proxied.proxy().add(Quirks.publishRefused(publish(status), Quirks.NOT_AUTHORIZED));
                device.run(ticker("loud", 20));
                device.run(Bundle.sleeper("hidden"));
                device.run(ticker("allowed", 10));
                proxied.awaitOutput("allowed", "tick 60\n");

                proxied.awaitComplaint(stream);
                proxied.awaitComplaint(status);
                assertThat(proxied.complaints(stream)).hasSizeLessThan(4);
                assertThat(proxied.complaints(status)).hasSizeLessThan(4);
                proxied.ping();
            }
        }
    }

    /** Subscriptions that are refused. */
    @Nested
    @Execution(CONCURRENT)
    class Subscriptions {
        @Test
        void isNotOnlineBeforeItsSubscriptionsStand() {
            try (var proxied = new ProxiedDevice(Brokers.start(), "unheard")) {
                Quirk refused = proxied.proxy()
                        .add(Quirks.subscriptionRefused(filter -> true, Quirks.UNSPECIFIED)
                                .lasting(Duration.ofSeconds(8)));
                proxied.device().launch();
                Await.until("it subscribes", SOON, () -> refused.fired() > 0);
                long begun = System.nanoTime();
                proxied.device().awaitOnline();
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofSeconds(7));
                proxied.ping();
                proxied.awaitComplaint("efka/unheard/");
            }
        }

        @Test
        void saysWhichPartOfItsSubscriptionsIsRefused() {
            try (var proxied = new ProxiedDevice(Brokers.start(), "half-deaf")) {
                proxied.proxy()
                        .add(Quirks.subscriptionRefused(filter -> filter.contains("/group/"), Quirks.NOT_AUTHORIZED));
                proxied.device().start();
                proxied.ping();
                proxied.awaitComplaint("efka/group/");
                assertThat(ok(proxied.device().ask("info", "")).toString()).contains("efka/group/all/");
            }
        }
    }

    /** Ways to the broker. */
    @Nested
    @Execution(CONCURRENT)
    class WaysToTheBroker {
        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void triesAllAddressesOfAName(boolean isSwallowed) throws Exception {
            Path folder = Folders.create("two-faced");
            try (var broker = Brokers.start();
                    var proxy = new BrokerProxy(broker.port());
                    var dead =
                            isSwallowed ? DeadAddress.swallowing(folder, proxy.port()) : DeadAddress.refusing(folder);
                    var watcher = new Watcher(broker, "efka/two-faced/#");
                    var agent = AgentProcess.runIn(
                            AgentProcess.World.USUAL.under(List.of("env", "JAVA_TOOL_OPTIONS=" + dead.jvmOption())),
                            "tcp://" + DeadAddress.NAME + ":" + proxy.port(),
                            "two-faced",
                            folder.resolve("data"))) {
                watcher.awaitJson("efka/two-faced/status", s -> s.get("online").getAsBoolean());
                String check = "\"tcp://" + DeadAddress.NAME + ":" + proxy.port() + "\"";
                ok(watcher.ask(
                        "efka/two-faced/svc/checked/cmd/install",
                        Bundle.sleeper("checked").with("health_check", check).startedPayload()));
                watcher.awaitJson("efka/two-faced/svc/checked/status", Watcher.where("health", "healthy"));
                assertThat(agent.isAlive()).isTrue();
            } finally {
                Folders.delete(folder);
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {Quirks.BAD_USER_OR_PASSWORD, Quirks.NOT_AUTHORIZED})
        void refusedCredentialsAreNotTriedAgainAndAgain(int reasonCode) {
            try (var proxied = new ProxiedDevice(Brokers.start(), "unwelcome-" + reasonCode)) {
                Quirk refused = proxied.proxy().add(Quirks.connectRefused(reasonCode));
                proxied.device().launch();
                Await.until("it connects", SOON, () -> refused.fired() > 0);
                assertThat(Await.within(Duration.ofSeconds(10), () -> refused.fired() > 2))
                        .as("tries more than twice in 10 s")
                        .isFalse();
                proxied.awaitComplaint(reasonCode == Quirks.NOT_AUTHORIZED ? "not authori" : "password");
                proxied.assertNoStackTrace();
            }
        }

        @Test
        void aBrokerWhosePortIsClosedIsFoundWhenItIsBack() {
            try (var proxied = new ProxiedDevice(Brokers.start(), "refused")) {
                Quirk refused = proxied.proxy().add(Quirks.connectionRefused());
                proxied.device().launch();
                proxied.awaitComplaint("refused");
                proxied.assertNoStackTrace();
                proxied.proxy().remove(refused);
                proxied.device().awaitOnline();
                proxied.ping();
            }
        }
    }

    /** Brokers that cannot do everything. */
    @Nested
    @Execution(CONCURRENT)
    class PoorBrokers {
        @Test
        void worksWithoutRetainedMessages() {
            try (var proxied = new ProxiedDevice(Brokers.start(), "no-retain")) {
                Quirks.noRetain().forEach(proxied.proxy()::add);
                proxied.device().start();
                proxied.device().run(ticker("ticker", 10));
                proxied.awaitOutput("ticker", "tick 10\n");
                proxied.ping();
                proxied.awaitComplaint("retain");
            }
        }

        @Test
        void worksAtQos0Alone() {
            try (var proxied = new ProxiedDevice(Brokers.start(), "no-qos")) {
                Quirks.noQos().forEach(proxied.proxy()::add);
                proxied.device().start();
                proxied.device().run(ticker("ticker", 10));
                proxied.awaitOutput("ticker", "tick 10\n");
                proxied.ping();
                proxied.awaitComplaint("QoS");
            }
        }

        @Test
        void worksWithoutWildcards() {
            try (var proxied = new ProxiedDevice(Brokers.start(), "no-wildcards")) {
                Quirks.noWildcards().forEach(proxied.proxy()::add);
                proxied.device().start();
                proxied.ping();
                proxied.awaitComplaint("wildcard");
            }
        }

        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void saysThatABrokerKnowsOldMqttOnly(boolean inItsForm) {
            try (var proxied = new ProxiedDevice(Brokers.start(), "old-mqtt-" + inItsForm)) {
                Quirk old = proxied.proxy().add(inItsForm ? Quirks.only311InItsForm() : Quirks.only311());
                proxied.device().launch();
                proxied.awaitComplaint("MQTT 5");
                proxied.assertNoStackTrace();
                assertThat(proxied.device().agent().isAlive()).isTrue();
                proxied.proxy().remove(old);
                proxied.device().awaitOnline();
            }
        }

        @Test
        void namesTheClientIdThatAnotherOneUsesToo() throws IOException {
            try (var proxied = new ProxiedDevice(Brokers.start(), "twin")) {
                proxied.device().start();
                try (var rival = new RivalClient(proxied.broker().port(), "efka-twin")) {
                    Await.until("both flap", SOON, () -> rival.connections() > 2);
                    Await.until(
                            () -> "the log names the client id:\n"
                                    + proxied.device().agent().log(),
                            SOON,
                            () -> proxied.complaints("efka-twin").stream()
                                    .anyMatch(line -> line.contains("client id")));
                }
                proxied.awaitPing();
            }
        }
    }

    /** Others who write where the agent does. */
    @Nested
    @Execution(CONCURRENT)
    class Forgery {
        @ParameterizedTest
        @ValueSource(strings = {"{\"v\":1,\"service\":\"mine\",\"state\":\"failed\",\"session\":1}", "", "nonsense"})
        void putsAServicesRetainedStatusRight(String forged) {
            try (var proxied = new ProxiedDevice(Brokers.start(), "forged-" + forged.length())) {
                Device device = proxied.device().start();
                device.run(Bundle.sleeper("mine"));
                device.awaitState("mine", "running");
                device.watcher()
                        .publish(
                                device.topic("mine", "status"),
                                forged.getBytes(StandardCharsets.UTF_8),
                                true,
                                new MqttProperties());
                Await.until(
                        "the broker has the truth again", Duration.ofSeconds(20), () -> retainedStateIsRight(proxied));
                proxied.ping();
            }
        }
    }

    /** A link that comes and goes. */
    @Nested
    @Execution(CONCURRENT)
    class Interruptions {
        @Test
        void aLinkCutAgainAndAgainUnderAFloodLeavesTheAgentWell() {
            try (var proxied = new ProxiedDevice(Brokers.start(), "flapping")) {
                Device device = proxied.device().start();
                device.run(Bundle.sleeper("sleeper"));
                Quirk cut = proxied.proxy().add(Quirks.cutEvery(Duration.ofMillis(2_500)));
                var properties = new MqttProperties();
                properties.setResponseTopic("flood/replies");
                // At QoS 0 no window slows them down: there is always one under way when a connection begins.
                long deadline = System.nanoTime() + SOON.toNanos();
                while (cut.fired() < 5 && System.nanoTime() < deadline) {
                    device.watcher().publishOnce(device.topic("cmd/ping"), properties);
                }
                proxied.proxy().calm();

                proxied.awaitPing();
                device.watcher()
                        .awaitJson(device.topic("status"), s -> s.get("online").getAsBoolean());
                long begun = System.nanoTime();
                assertThat(device.agent().terminate()).isZero();
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(15));
            }
        }

        @Test
        void aLinkThatFallsSilentIsReplaced() {
            try (var proxied = new ProxiedDevice(Brokers.start(), "silent-link")) {
                Device device = proxied.device().start();
                proxied.device().run(ticker("ticker", 10));
                List<Quirk> silence = Quirks.halfOpen();
                silence.forEach(proxied.proxy()::add);
                Await.until("it is silent", SOON, () -> silence.get(0).fired() > 0);
                proxied.proxy().calm();

                Await.until(
                        () -> "a new connection; log:\n" + device.agent().log(),
                        SOON,
                        () -> proxied.log().stream()
                                        .filter(line -> line.contains(" connected session_present"))
                                        .count()
                                > 1);
                proxied.ping();
                int lines = proxied.output("ticker").text().split("\n").length;
                proxied.awaitOutput("ticker", "tick " + (lines + 20) + "\n");
                assertThat(proxied.output("ticker").missing()).isZero();
            }
        }
    }

    private static void surviveALongLine(ProxiedDevice proxied) {
        proxied.device().start();
        proxied.device().run(ticker("wordy", 5, LONG_LINE));
        proxied.awaitOutput("wordy", "tick 20\n");
        assertThat(proxied.output("wordy").missing())
                .as("bytes lost without a word")
                .isZero();
        proxied.ping();

        JsonObject logs = proxied.device().ask("wordy", "logs", "{\"lines\":400}");
        assertThat(logs.get("command").getAsString()).isEqualTo("logs");
        int connections = proxied.connections();
        proxied.awaitOutput("wordy", "tick 40\n");
        assertThat(proxied.connections()).as("the link lasts").isEqualTo(connections);
        assertThat(proxied.log())
                .as("it is said")
                .anyMatch(line -> line.contains("too large") || line.contains("size"));
    }

    private static void sendWithReplyTo(Device device, String command, String replyTo) {
        var properties = new MqttProperties();
        properties.setResponseTopic(replyTo);
        properties.setCorrelationData(command.getBytes(StandardCharsets.UTF_8));
        device.watcher().publish(device.topic(command), new byte[0], false, properties);
    }

    private static boolean repliedByDefault(Device device, String command) {
        return device.watcher().all(device.topic("reply")).stream()
                .anyMatch(reply -> reply.json().get("command").getAsString().equals(command));
    }

    private static boolean retainedStateIsRight(ProxiedDevice proxied) {
        String topic = proxied.device().topic("mine", "status");
        try (var eye = new Watcher(proxied.broker(), topic)) {
            return Await.within(
                    Duration.ofSeconds(1),
                    () -> eye.all(topic).stream().anyMatch(seen -> seen.text().contains("\"state\":\"running\"")));
        }
    }
}
