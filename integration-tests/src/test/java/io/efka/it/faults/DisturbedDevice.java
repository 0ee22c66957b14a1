package io.efka.it.faults;

import static io.efka.it.Device.ok;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import io.efka.it.AgentProcess;
import io.efka.it.Bundle;
import io.efka.it.Device;
import io.efka.it.TestBroker;
import io.efka.it.Watcher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** A device whose agent or folders are disturbed by a test, and an operator who watches it through the broker. */
final class DisturbedDevice implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(30);

    private final TestBroker broker;
    private final String id;
    private final Path folder;
    private final boolean ownsFolder;
    private Watcher watcher;
    private AgentProcess agent;

    /** @param wrapper the command that starts the agent; empty: none */
    DisturbedDevice(TestBroker broker, String id, List<String> wrapper) {
        this(broker, id, Optional.empty(), wrapper);
    }

    /** @param prepared a folder of the caller's; empty: one of its own */
    DisturbedDevice(TestBroker broker, String id, Optional<Path> prepared, List<String> wrapper) {
        this.broker = broker;
        this.id = id;
        this.folder = prepared.orElseGet(() -> Folders.create(id));
        this.ownsFolder = prepared.isEmpty();
        this.watcher = new Watcher(broker, topic("#"));
        this.agent = AgentProcess.runIn(
                AgentProcess.World.USUAL.under(wrapper), broker.uri(), id, data(), "--log-dir", logs().toString());
        awaitOnline();
    }

    private void awaitOnline() {
        long before = session();
        Await.until(
                () -> "online; the log:\n" + agent.log(),
                SOON,
                () -> watcher.last(topic("status"))
                        .filter(birth -> birth.get("online").getAsBoolean()
                                && birth.get("session").getAsLong() > before)
                        .isPresent());
    }

    private long session() {
        return watcher.last(topic("status"))
                .map(birth -> birth.get("session").getAsLong())
                .orElse(0L);
    }

    /** Kills the agent with -9 and starts a new one, which may fail to start. */
    AgentProcess killAndStart() {
        agent.kill();
        agent = AgentProcess.run(broker, id, data(), "--log-dir", logs().toString());
        return agent;
    }

    /** A new watcher, which has seen nothing yet: it gets what the broker has retained. */
    Watcher watchAgain() {
        watcher.close();
        watcher = new Watcher(broker, topic("#"));
        return watcher;
    }

    Watcher watcher() {
        return watcher;
    }

    AgentProcess agent() {
        return agent;
    }

    Path folder() {
        return folder;
    }

    /** Where a service runs that was installed. */
    Path workDir(String service) {
        return Device.workDir(data(), service);
    }

    Path data() {
        return folder.resolve("data");
    }

    Path logs() {
        return folder.resolve("logs");
    }

    String topic(String rest) {
        return "efka/" + id + "/" + rest;
    }

    /** Installs and starts a shell script. */
    void run(String service, String script, String... output) {
        Bundle bundle = Bundle.script(service, script);
        if (output.length > 0) bundle = bundle.with("output", output[0]);
        ok(ask(service, "install", bundle.startedPayload()));
    }

    JsonObject ask(String service, String command, String payload) {
        return watcher.ask(topic("svc/" + service + "/cmd/" + command), payload);
    }

    JsonObject ask(String command) {
        return watcher.ask(topic("cmd/" + command), "");
    }

    JsonObject status(String service) {
        return ok(ask(service, "status", "")).getAsJsonObject("status");
    }

    JsonObject awaitStatus(String service, Predicate<JsonObject> wanted) {
        return watcher.awaitJson(topic("svc/" + service + "/status"), wanted);
    }

    /** Events of that kind about a service. */
    List<JsonObject> events(String service, String kind) {
        return watcher.all(topic("svc/" + service + "/event")).stream()
                .map(Watcher.Seen::json)
                .filter(event -> event.get("event").getAsString().equals(kind))
                .toList();
    }

    JsonObject awaitEvent(String service, String kind) {
        return Await.value(
                kind + " of " + service,
                SOON,
                () -> events(service, kind).stream().findFirst());
    }

    List<Watcher.Seen> output(String service) {
        return watcher.all(topic("svc/" + service + "/stdout"));
    }

    /** The output of a service in the order in which it arrived, repetitions included. */
    String text(String service) {
        var text = new StringBuilder();
        output(service).forEach(message -> text.append(message.text()));
        return text.toString();
    }

    void awaitText(String service, String wanted) {
        Await.until(
                service + " writes \"" + wanted + "\"",
                SOON,
                () -> text(service).contains(wanted));
    }

    /** The newest file of a service's stdout. */
    Path liveFile(String service) {
        try (var files = Files.list(logs().resolve(service))) {
            return files.filter(file -> file.getFileName().toString().matches("stdout.*[.]log"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        agent.close();
        watcher.close();
        if (ownsFolder) Folders.delete(folder);
    }
}
