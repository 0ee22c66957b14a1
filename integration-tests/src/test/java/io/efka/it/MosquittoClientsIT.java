package io.efka.it;

import static io.efka.it.Device.ok;
import static io.efka.it.Watcher.where;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.fixtures.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The first promise: Mosquitto's own clients are all that an operator needs. */
class MosquittoClientsIT {
    @RegisterExtension
    static final SharedDevice SHARED = new SharedDevice("bare");

    private static final Duration SOON = Duration.ofSeconds(30);

    private final Device device = SHARED.device();
    private final MosquittoClients clients = MosquittoClients.at(SHARED.broker());

    @TempDir
    private Path folder;

    @Test
    void anEmptyMessageStartsAService() {
        device.install(Bundle.sleeper("camera"));
        clients.publishNothing("efka/bare/svc/camera/cmd/start");
        device.awaitState("camera", "running");
        clients.publishNothing("efka/bare/svc/camera/cmd/stop");
        device.awaitState("camera", "stopped");
    }

    @Test
    void aWholeServiceComesAsOneFile() throws IOException {
        Path file = Files.writeString(
                folder.resolve("camera.json"), Bundle.sleeper("filed").startedPayload());
        clients.publishFile("efka/bare/svc/filed/cmd/install", file);
        device.awaitState("filed", "running");
    }

    @Test
    void theTailIsTheOutputByteForByte() throws IOException {
        // Bytes of all kinds, no line feed at the end, and more than one message's worth.
        byte[] bytes = new byte[200_000];
        new Random(11).nextBytes(bytes);
        Path content = Files.write(folder.resolve("content"), bytes);
        device.install(Bundle.script("tailed", "echo ready", "read line", "cat " + content, "exec sleep 600"));
        try (MosquittoClients.Tail tail = clients.tail("efka/bare/svc/tailed/stdout")) {
            // Started until the subscription is seen to be there: the first line tells.
            Await.until("the tail hears", SOON, () -> {
                ok(device.ask("tailed", "restart", ""));
                return Await.within(Duration.ofSeconds(1), () -> tail.bytes().length > 0);
            });
            int before = tail.bytes().length;
            ok(device.ask("tailed", "input", "{\"text\":\"go\\n\"}"));
            Await.until("all bytes came", SOON, () -> tail.bytes().length >= before + bytes.length);
            byte[] all = tail.bytes();
            assertThat(new String(all, 0, before, UTF_8)).matches("(ready\n)+");
            assertThat(java.util.Arrays.copyOfRange(all, before, all.length)).isEqualTo(bytes);
        }
    }

    @Test
    void aRequestGetsItsReplyWhenItIsDone() {
        device.install(Bundle.sleeper("asked"));
        JsonObject started = json(clients.request("efka/bare/svc/asked/cmd/start", ""));
        assertThat(ok(started).get("state").getAsString()).isEqualTo("running");
        assertThat(Processes.isAlive(started.get("pid").getAsLong())).isTrue();
        JsonObject again = json(clients.request("efka/bare/svc/asked/cmd/start", ""));
        assertThat(Device.code(again)).isEqualTo("already_running");
        JsonObject signalled = json(clients.request("efka/bare/svc/asked/cmd/signal", "{\"signal\":\"WINCH\"}"));
        assertThat(signalled.get("ok").getAsBoolean()).isTrue();
        assertThat(ok(json(clients.request("efka/bare/cmd/ping", "")))
                        .get("pong")
                        .getAsBoolean())
                .isTrue();
    }

    @Test
    void aPlanOfAnApplyIsTheReplyToARequestAndChangesNothing() {
        long pid = device.run(Bundle.sleeper("planned")).get("pid").getAsLong();
        String changed =
                Bundle.sleeper("planned").with("env", "{\"LEVEL\":\"2\"}").payload();
        String services = "{\"planned\":" + changed + ",\"fresh\":"
                + Bundle.sleeper("fresh").payload() + "}";
        JsonObject reply =
                ok(json(clients.request("efka/bare/cmd/apply", "{\"plan\":true,\"services\":" + services + "}")));
        assertThat(plan(reply))
                .containsExactly(
                        "fresh create [store, switch, start]", "planned update [store, stop, switch, start, watch]");
        assertThat(Processes.isAlive(pid)).isTrue();
        assertThat(device.data().resolve("services/fresh")).doesNotExist();
        assertThat(Device.code(device.ask("fresh", "status", ""))).isEqualTo("unknown_service");

        JsonObject refused = json(
                clients.request("efka/bare/cmd/apply", "{\"plan\":true,\"services\":{\"planned\":{\"manifest\":{}}}}"));
        assertThat(Device.code(refused)).isEqualTo("invalid_manifest");
    }

    private static List<String> plan(JsonObject reply) {
        return reply.getAsJsonArray("plan").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .map(line -> line.get("service").getAsString() + " "
                        + line.get("change").getAsString() + " "
                        + line.getAsJsonArray("steps").asList().stream()
                                .map(step -> step.getAsJsonObject().get("step").getAsString())
                                .toList())
                .toList();
    }

    @Test
    void aClientOfBeforeMqtt5NamesItsReplyInThePayload() {
        try (Watcher old = new Watcher(SHARED.broker(), "old/replies")) {
            clients.publishAsOldClient("efka/bare/cmd/ping", "{\"id\":\"p-1\",\"reply_to\":\"old/replies\"}");
            ok(old.awaitJson("old/replies", where("id", "p-1")));
        }
    }

    private static JsonObject json(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }
}
