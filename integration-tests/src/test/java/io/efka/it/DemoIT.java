package io.efka.it;

import static io.efka.it.Device.ok;
import static io.efka.it.Watcher.where;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** {@code efka demo}, followed as a newcomer follows it: the lines that it prints are run as they are printed. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DemoIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int PORT = Brokers.freePort();

    private static Path folder;
    private static AgentProcess demo;
    private static List<String> lines;

    @BeforeAll
    static void start() {
        folder = Folders.create("demo");
        demo = AgentProcess.demo(
                folder.resolve("out"), "--port", String.valueOf(PORT), "--ws-port", "0", "--page-port", "0");
        Await.until("the demo invites", SOON, () -> demo.log().contains("Ctrl-C ends it all."));
        lines = demo.log()
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("mosquitto_"))
                .toList();
    }

    @Test
    @Order(9)
    void theJarForDevicesSaysWhereItIs() {
        try (AgentProcess device = AgentProcess.start(folder.resolve("none"), List.of("demo"))) {
            Await.until("it ends", SOON, () -> device.onExit().isDone());
            assertThat(device.exitCode()).isEqualTo(69);
            assertThat(device.log()).contains("take efka.jar");
        }
    }

    @AfterAll
    static void end() {
        demo.close();
        Folders.delete(folder);
    }

    @Test
    @Order(1)
    void theOutputOfAServiceIsSeen() {
        assertThat(heard(line("mosquitto_sub", "stdout"), " from chatty", () -> {}))
                .startsWith("line ");
    }

    @Test
    @Order(2)
    void everyChangeIsSeenAndARestartIsAnsweredWhenItIsDone() {
        Runnable restart = () -> {
            String reply = answered(line("mosquitto_rr", "restart"));
            assertThat(ok(JsonParser.parseString(reply).getAsJsonObject())
                            .get("state")
                            .getAsString())
                    .isEqualTo("running");
        };
        assertThat(heard(line("mosquitto_sub", "event"), "efka/demo/svc/chatty/event", restart))
                .contains("\"event\":");
    }

    @Test
    @Order(3)
    void webbyIsMadeIllAndRestarted() {
        try (var events = new Watcher(uri(), "efka/demo/svc/webby/event")) {
            answered(line("mosquitto_pub", "webby"));
            events.await("it is found unhealthy", m -> m.text().contains("\"kind\":\"health\""));
            events.awaitJson("efka/demo/svc/webby/event", where("to", "running"));
        }
    }

    @Test
    @Order(4)
    void theFiveSamplesAreListedAlsoOverWebSocket() {
        Matcher webSocket = Pattern.compile("WebSocket: ([^)]+)\\)").matcher(demo.log());
        assertThat(webSocket.find()).isTrue();
        try (var browser = new Watcher(webSocket.group(1))) {
            JsonObject list = ok(browser.ask("efka/demo/cmd/list", ""));
            assertThat(list.getAsJsonArray("services").asList())
                    .extracting(
                            service -> service.getAsJsonObject().get("service").getAsString())
                    .containsExactlyInAnyOrder("chatty", "crashy", "grumbler", "thermo", "webby");
        }
        try (var grumbler = new Watcher(uri(), "efka/demo/svc/grumbler/stderr")) {
            grumbler.await("what it writes to stderr", m -> m.text().contains("nobody has listened"));
        }
    }

    @Test
    @Order(5)
    void controlCEndsItAll() {
        List<ProcessHandle> services =
                ProcessHandle.of(demo.pid()).orElseThrow().descendants().toList();
        assertThat(services).hasSizeGreaterThanOrEqualTo(4);
        Shell.run("kill", "-INT", String.valueOf(demo.pid())).ok();
        assertThat(demo.exitCode()).isZero();
        assertThat(services).noneMatch(service -> Processes.isAlive(service.pid()));
    }

    private static String uri() {
        return "tcp://127.0.0.1:" + PORT;
    }

    private static String line(String program, String part) {
        return lines.stream()
                .filter(line -> line.startsWith(program + " ") && line.contains(part))
                .findFirst()
                .orElseThrow(() -> new AssertionError(program + " … " + part + " is not among " + lines));
    }

    /** Runs a line that ends by itself; on a machine without Mosquitto's clients, does what it says. */
    private static String answered(String line) {
        if (areClientsInstalled())
            return Shell.run("sh", "-c", "timeout 60 " + line).ok();
        try (var client = new Watcher(uri())) {
            Matcher message = Pattern.compile("-m '(.*)'").matcher(line);
            String payload = message.find() ? message.group(1) : "";
            return client.ask(topic(line), payload).toString();
        }
    }

    /** Runs a line that goes on for ever, and does something again and again until it has printed what is expected. */
    private static String heard(String line, String expected, Runnable cause) {
        if (!areClientsInstalled()) {
            try (var client = new Watcher(uri(), topic(line))) {
                cause.run();
                Watcher.Seen seen = client.await(line, m -> (m.topic() + " " + m.text()).contains(expected));
                return seen.topic().endsWith("/event") ? seen.topic() + " " + seen.text() : seen.text();
            }
        }
        Path out = folder.resolve("heard");
        try {
            Process process = new ProcessBuilder("sh", "-c", "exec timeout 90 " + line)
                    .redirectOutput(out.toFile())
                    .start();
            Await.until(line, SOON, () -> {
                cause.run();
                return Await.within(Duration.ofSeconds(1), () -> read(out).contains(expected));
            });
            process.destroy();
            process.onExit().join();
            return read(out);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean areClientsInstalled() {
        boolean installed = Brokers.isOnPath("mosquitto_rr");
        if (!installed) System.out.println("[clients] Mosquitto's are not on the PATH: a Java client does as printed");
        return installed;
    }

    private static String topic(String line) {
        Matcher topic = Pattern.compile("-t '?([^' ]+)'?").matcher(line);
        if (!topic.find()) throw new AssertionError("no -t in " + line);
        return topic.group(1);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
