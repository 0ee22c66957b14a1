package io.efka.it;

import static io.efka.it.Device.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.fixtures.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events that nobody heard are found in the device's journal, asked for with {@code mosquitto_rr}. */
class EventJournalIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private TestBroker broker;
    private Device device;

    @BeforeEach
    void start() {
        broker = Brokers.start();
        device = new Device(broker, "diarist");
    }

    @AfterEach
    void stop() {
        try {
            device.close();
        } finally {
            broker.close();
        }
    }

    /** As a person asks. */
    private JsonObject events(String payload) {
        JsonObject reply = JsonParser.parseString(
                        MosquittoClients.at(broker).request(device.topic("cmd/events"), payload))
                .getAsJsonObject();
        return ok(reply);
    }

    private static List<String> texts(JsonObject reply) {
        var texts = new ArrayList<String>();
        for (JsonElement event : reply.getAsJsonArray("events")) texts.add(event.toString());
        return texts;
    }

    @Test
    void whatHappenedWhileTheBrokerWasAwayAndTheAgentWasKilledIsFound() throws IOException {
        device.start();
        device.run(Bundle.sleeper("cam").with("restart", "{\"policy\":\"always\",\"delay\":\"100ms\"}"));
        device.awaitState("cam", "running");
        long before = events("{\"lines\":1}").get("next").getAsLong();
        broker.kill();

        device.processes().get(0).destroyForcibly();
        Path journal = device.data().resolve("events");
        Await.until("the crash is on the disk", LIMIT, () -> written(journal).contains("\"signal\":\"KILL\""));
        device.agent().kill();
        // As by a power cut in the middle of a line.
        Path last = files(journal).get(0);
        Files.writeString(last, "{\"number\":1000", StandardOpenOption.APPEND);
        device.launch();
        Await.until("the next agent has started", LIMIT, () -> written(journal).contains("\"session\":2,\"version\""));
        broker.start();
        device.watchAgain();
        device.awaitOnline();

        JsonObject found = events("{\"from\":" + before + "}");
        assertThat(texts(found))
                .as("%s", found)
                .anySatisfy(event -> assertThat(event)
                        .contains(
                                "\"service\":\"cam\"", "\"from\":\"running\"", "\"signal\":\"KILL\"", "\"session\":1"))
                .anySatisfy(event -> assertThat(event).contains("\"event\":\"started\"", "\"session\":2"));
        assertThat(found.get("unreadable").getAsInt()).isEqualTo(1);
        assertThat(found.get("truncated").getAsBoolean()).isFalse();
        assertThat(texts(events("{\"match\":\"\\\"signal\\\":\\\"KILL\\\"\",\"service\":\"cam\",\"since\":\"1h\"}")))
                .isNotEmpty()
                .allSatisfy(event -> assertThat(event).contains("\"service\":\"cam\""));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(last)))
                .isEqualTo("rw-------");
    }

    @Test
    void theJournalHasWhatWasHeardInTheSameOrderAndAfterARemoval() {
        device.start();
        device.run(Bundle.sleeper("cam"));
        device.awaitState("cam", "running");
        ok(device.ask("cam", "stop", ""));
        ok(device.ask("cam", "remove", ""));
        device.watcher().awaitJson(device.topic("cam", "event"), Watcher.where("event", "removed"));
        List<JsonElement> heard = device.watcher().all(device.topic("cam", "event")).stream()
                .<JsonElement>map(Watcher.Seen::json)
                .toList();

        var read = new JsonArray();
        long from = 0;
        for (boolean more = true; more; ) {
            JsonObject page = events("{\"service\":\"cam\",\"max_bytes\":1024,\"from\":" + from + "}");
            read.addAll(page.getAsJsonArray("events"));
            from = page.get("next").getAsLong();
            more = page.get("truncated").getAsBoolean();
        }
        assertThat(read.asList()).isEqualTo(heard);
        assertThat(read.size()).isGreaterThan(4);
        assertThat(ok(device.ask("cam", "events", "{\"lines\":1}"))
                        .getAsJsonArray("events")
                        .get(0))
                .isEqualTo(heard.get(heard.size() - 1));
    }

    @Test
    void aJournalThatCannotBeWrittenHoldsUpNothingAndIsSaid() throws IOException {
        Files.createDirectories(device.data());
        Path inTheWay = Files.writeString(device.data().resolve("events"), "somebody's");
        device.start();
        device.run(Bundle.sleeper("cam"));
        device.awaitState("cam", "running");

        assertThat(device.agent().log()).contains("WARN", "events are not kept in the journal");
        assertThat(Files.readString(inTheWay)).isEqualTo("somebody's");
        Files.delete(inTheWay);
        Await.until(
                "it is written again",
                LIMIT,
                () -> written(device.data().resolve("events")).contains("\"to\":\"running\""));
        assertThat(texts(events("{\"from\":0}")).get(0)).contains("\"event\":\"started\"");
        assertThat(device.agent().log()).contains("events are kept in the journal again; 0 were lost");
    }

    private static List<Path> files(Path folder) {
        if (!Files.isDirectory(folder)) return List.of();
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String written(Path folder) {
        var text = new StringBuilder();
        try {
            for (Path file : files(folder)) text.append(Files.readString(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return text.toString();
    }
}
