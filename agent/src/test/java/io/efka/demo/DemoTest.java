package io.efka.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.agent.app.Lifecycle;
import io.efka.agent.app.Lifecycle.StartException;
import io.efka.agent.app.Settings;
import io.efka.fixtures.Await;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.DeviceId;
import io.efka.threads.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoTest {
    private final StringWriter printed = new StringWriter();
    private final List<Settings> agentsMade = new ArrayList<>();
    private final FakeAgent agent = new FakeAgent();
    private final FakeLink link = new FakeLink();
    private final List<Demo> demos = new ArrayList<>();

    @AfterEach
    void end() {
        demos.forEach(Demo::close);
    }

    @Nested
    class Started {
        @Test
        void theAgentIsToldToKeepItsSamplesThroughTheBroker(@TempDir Path data) throws Exception {
            demo(data).start();

            assertThat(link.published.get(0).topic()).isEqualTo("efka/demo/cmd/apply");
            assertThat(appliedServices().keySet()).containsExactly("chatty", "crashy", "webby", "grumbler", "thermo");
            assertThat(appliedServices().entrySet())
                    .allSatisfy(service -> assertThat(
                                    manifest(service.getKey()).get("service_id").getAsString())
                            .isEqualTo(service.getKey()));
        }

        @Test
        void webbyIsToldItsJavaItsJarAndItsPort(@TempDir Path data) throws Exception {
            demo(data).start();

            JsonObject webby = manifest("webby");
            JsonArray arguments = webby.getAsJsonArray("args");
            assertThat(Path.of(arguments.get(0).getAsString())).isExecutable();
            assertThat(Path.of(arguments.get(1).getAsString())).exists();
            assertThat(webby.get("health_check").getAsString())
                    .isEqualTo("http://127.0.0.1:" + arguments.get(2).getAsString() + "/health");
        }

        @Test
        void theAgentUsesTheBrokerAndTheFolder(@TempDir Path data) throws Exception {
            demo(data).start();

            Settings settings = agentsMade.get(0);
            assertThat(settings.broker().uris().toString()).matches("\\[tcp://127\\.0\\.0\\.1:\\d+]");
            assertThat(settings.folders().data()).isEqualTo(data);
        }

        @Test
        void linesToTryNameThePort(@TempDir Path data) throws Exception {
            demo(data).start();

            int port = agentsMade.get(0).broker().uris().get(0).getPort();
            assertThat(printed.toString())
                    .contains("mosquitto_sub -p " + port + " -N -t efka/demo/svc/chatty/stdout")
                    .contains(
                            "mosquitto_rr -p " + port + " -t efka/demo/svc/chatty/cmd/restart -e efka/demo/reply/me -n")
                    .contains("mosquitto_pub -p " + port
                            + " -t efka/demo/svc/webby/cmd/input -m '{\"text\":\"sick\\n\"}'");
        }

        @Test
        void thePageIsTheFirstThingToTryAndIsToldWhereTheBrokerIs(@TempDir Path data) throws Exception {
            demo(data).start();

            List<String> invitation = printed.toString()
                    .lines()
                    .dropWhile(line -> !line.startsWith("Everything"))
                    .toList();
            Matcher address = Pattern.compile("http://127\\.0\\.0\\.1:[0-9]+/").matcher(invitation.get(0));
            assertThat(address.find()).as(invitation.get(0)).isTrue();
            assertThat(body(address.group()))
                    .containsPattern("efka-broker\" content=\"ws://127\\.0\\.0\\.1:[0-9]+/mqtt\"");
        }

        @Test
        void eachPartIsShownOnceInTheOrderInWhichItComesUp(@TempDir Path data) throws Exception {
            demo(data).start();

            assertThat(printed.toString().lines().map(line -> line.strip().replaceAll(" .*", "")))
                    .startsWith(
                            "Starting", "", "broker", "agent", "thermo", "chatty", "crashy", "webby", "grumbler", "");
        }

        @Test
        void theFirstLineIsThereBeforeAnythingIsStarted(@TempDir Path data) throws Exception {
            link.answers = false;
            Demo demo = demo(data);
            var closer = new Thread(() -> {
                Await.countedDown(link.opened);
                demo.close();
            });
            closer.start();

            demo.start();

            assertThat(printed.toString())
                    .startsWith("Starting the demo")
                    .contains("broker")
                    .doesNotContain("agent  ");
            closer.join(5_000);
        }

        @Test
        void itEndsWhenTheAgentEndsByItself(@TempDir Path data) throws Exception {
            Demo demo = demo(data);
            demo.start();

            agent.close();

            demo.awaitEnd();
            assertThat(link.closed).isTrue();
        }
    }

    @Nested
    class Closed {
        @Test
        void theAgentAndTheTemporaryFolderAreGone() throws Exception {
            Demo demo = demo(Optional.empty());
            demo.start();
            Path folder = agentsMade.get(0).folders().data();
            Files.writeString(Files.createDirectories(folder.resolve("logs")).resolve("stdout"), "left behind");

            demo.close();
            demo.close();

            assertThat(agent.ended.getCount()).isZero();
            assertThat(folder).doesNotExist();
        }

        @Test
        void aFolderThatWasNamedIsKept(@TempDir Path data) throws Exception {
            Demo demo = demo(data);
            demo.start();

            demo.close();

            assertThat(data).exists();
        }

        @Test
        void whileItStillStartsTheStartReturns(@TempDir Path data) throws Exception {
            link.answers = false;
            Demo demo = demo(data);
            var closer = new Thread(() -> {
                Await.countedDown(link.opened);
                demo.close();
            });
            closer.start();

            demo.start();
            demo.awaitEnd();

            closer.join(5_000);
            assertThat(printed.toString()).doesNotContain("Try these");
        }
    }

    @Nested
    class Refused {
        @Test
        void aPortThatIsTakenNamesTheOption() throws Exception {
            try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
                var plan =
                        new Demo.Plan(taken.getLocalPort(), 0, Optional.of(0), Optional.empty(), new DeviceId("demo"));
                var demo = new Demo(plan, this::none, broker -> link, new PrintWriter(printed));

                assertThatThrownBy(demo::start)
                        .isInstanceOfSatisfying(
                                StartException.class,
                                e -> assertThat(e.reason()).isEqualTo(StartException.Reason.UNAVAILABLE))
                        .hasMessageContaining("--port PORT");
            }
        }

        @Test
        void aPageThatIsToBeOnAPortThatIsTakenNamesTheOption() throws Exception {
            try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
                var demo = demo(plan(Optional.of(taken.getLocalPort()), Optional.empty()));

                assertThatThrownBy(demo::start).hasMessageContaining("--page-port PORT");
            }
        }

        @Test
        void anAgentThatRefusesTheSamplesIsQuoted(@TempDir Path data) {
            link.reply = "{\"v\":1,\"ok\":false,\"error\":{\"code\":\"disk_full\"}}";

            assertThatThrownBy(() -> demo(data).start()).hasMessageContaining("disk_full");
        }

        private Lifecycle none(Settings settings) {
            throw new AssertionError("no agent should be made");
        }
    }

    private JsonObject appliedServices() {
        String payload = new String(link.published.get(0).payload(), UTF_8);
        return JsonParser.parseString(payload).getAsJsonObject().getAsJsonObject("services");
    }

    private JsonObject manifest(String service) {
        return appliedServices().getAsJsonObject(service).getAsJsonObject("manifest");
    }

    private Demo demo(Path data) {
        return demo(Optional.of(data));
    }

    private Demo demo(Optional<Path> data) {
        return demo(plan(Optional.of(0), data));
    }

    private static Demo.Plan plan(Optional<Integer> pagePort, Optional<Path> data) {
        return new Demo.Plan(0, 0, pagePort, data, new DeviceId("demo"));
    }

    private static String body(String address) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString())
                .body();
    }

    private Demo demo(Demo.Plan plan) {
        var demo = new Demo(
                plan,
                settings -> {
                    agentsMade.add(settings);
                    return agent;
                },
                broker -> link,
                new PrintWriter(printed));
        demos.add(demo);
        return demo;
    }

    private static final class FakeAgent implements Lifecycle {
        private final CountDownLatch ended = new CountDownLatch(1);

        @Override
        public void start() {}

        @Override
        public ExitCode awaitEnd() throws InterruptedException {
            ended.await();
            return ExitCode.OK;
        }

        @Override
        public void close() {
            ended.countDown();
        }
    }

    /** A broker with an agent behind it: says that the device is online, and answers what is published. */
    private static final class FakeLink implements MqttLink {
        private final List<Message> published = new ArrayList<>();
        private final CountDownLatch opened = new CountDownLatch(1);
        private String reply = "{\"v\":1,\"ok\":true}";
        private boolean answers = true;
        private boolean closed;
        private Optional<Listener> listener = Optional.empty();

        @Override
        public void visit(List<Subscription> subscriptions, Listener listener) {
            throw new UnsupportedOperationException("a device is no visitor");
        }

        @Override
        public void open(Supplier<Message> will, List<Subscription> subscriptions, Listener heard) {
            listener = Optional.of(heard);
            opened.countDown();
            deliver("efka/demo/status", "{\"online\":true}");
        }

        @Override
        public CompletableFuture<Void> publish(Message message, Lane lane) {
            published.add(message);
            for (String name : List.of("thermo", "chatty", "crashy", "chatty", "webby", "grumbler")) {
                service(name, false);
                service(name, true);
            }
            deliver(message.properties().responseTopic().orElseThrow(), reply);
            return CompletableFuture.completedFuture(null);
        }

        private void service(String name, boolean isReady) {
            deliver("efka/demo/svc/" + name + "/status", "{\"service\":\"" + name + "\",\"ready\":" + isReady + "}");
        }

        private void deliver(String topic, String text) {
            if (!answers) return;
            var message = new Message(topic, text.getBytes(UTF_8), 1, false, Message.Properties.NONE);
            listener.orElseThrow().received(new Arrived(message));
        }

        @Override
        public void holdOff(Duration pause) {}

        @Override
        public boolean isUp() {
            return !closed;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private record Arrived(Message message) implements MqttLink.Inbound {
        @Override
        public void acknowledge() {}
    }
}
