package io.efka.it;

import static io.efka.it.Watcher.where;

import com.google.gson.JsonObject;
import io.efka.fixtures.Await;
import io.efka.fixtures.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A device under test: a folder, the agent that is started on it again and again, and an operator who watches. What is
 * left of its services at the end is a failure.
 */
public final class Device implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final TestBroker broker;
    private final String id;
    private final String uri;
    private final Path folder;
    private Watcher watcher;
    private volatile Optional<AgentProcess> agent = Optional.empty();
    private long session;

    public Device(TestBroker broker, String id) {
        this(broker, id, broker.uri());
    }

    /** @param uri by which the agent reaches the broker */
    public Device(TestBroker broker, String id, String uri) {
        this.broker = broker;
        this.id = id;
        this.uri = uri;
        this.folder = Folders.create(id);
        this.watcher = watch();
    }

    private Watcher watch() {
        return new Watcher(broker, "efka/" + id + "/#");
    }

    /** Starts the agent and waits until it has announced itself. */
    public Device start(String... flags) {
        launch(flags);
        awaitOnline();
        return this;
    }

    /** Starts the agent and does not wait. */
    public AgentProcess launch(String... flags) {
        return launchIn(AgentProcess.World.USUAL, flags);
    }

    /** The same in surroundings of the caller's. */
    public AgentProcess launchIn(AgentProcess.World world, String... flags) {
        AgentProcess started = AgentProcess.runIn(world, uri, id, data(), flags);
        agent = Optional.of(started);
        return started;
    }

    /** Waits for the birth of a later session than the last one. */
    public JsonObject awaitOnline() {
        JsonObject birth = Await.value(
                () -> "the agent is online; its log:\n" + agent().log(),
                LIMIT,
                () -> watcher.last(topic("status"))
                        .filter(status -> status.get("online").getAsBoolean()
                                && status.get("session").getAsLong() > session));
        session = birth.get("session").getAsLong();
        return birth;
    }

    /** The next birth may be of any session: after the state was lost. */
    public void forgetSession() {
        session = 0;
        watcher.clear();
    }

    /** A new eye on the broker, which saw nothing yet but what is retained: after the broker was gone. */
    public Watcher watchAgain() {
        watcher.close();
        watcher = watch();
        return watcher;
    }

    public Watcher watcher() {
        return watcher;
    }

    public AgentProcess agent() {
        return agent.orElseThrow();
    }

    public String id() {
        return id;
    }

    /** What is a device's own, and nobody else's: its data and more. */
    public Path folder() {
        return folder;
    }

    public Path data() {
        return folder.resolve("data");
    }

    /** Where a service runs that was installed or deployed: the folder of its current release. */
    public Path workDir(String service) {
        return workDir(data(), service);
    }

    /** The same below another data folder. */
    public static Path workDir(Path data, String service) {
        Path home = data.resolve("services").resolve(service);
        try {
            return home.resolve(Files.readSymbolicLink(home.resolve("current")));
        } catch (IOException none) {
            throw new UncheckedIOException(none);
        }
    }

    public String topic(String rest) {
        return "efka/" + id + "/" + rest;
    }

    public String topic(String service, String rest) {
        return topic("svc/" + service + "/" + rest);
    }

    /** A command to the device. */
    public JsonObject ask(String command, String payload) {
        return watcher.ask(topic("cmd/" + command), payload);
    }

    /** A command to a service. */
    public JsonObject ask(String service, String command, String payload) {
        return watcher.ask(topic(service, "cmd/" + command), payload);
    }

    /** Installs a service and starts it. */
    public JsonObject run(Bundle bundle) {
        return ok(ask(bundle.id(), "install", bundle.startedPayload()));
    }

    /** Installs a service and leaves it stopped. */
    public JsonObject install(Bundle bundle) {
        return ok(ask(bundle.id(), "install", bundle.payload()));
    }

    /** The newest status of a service for which this holds. */
    public JsonObject awaitStatus(String service, Predicate<JsonObject> wanted) {
        return watcher.awaitJson(topic(service, "status"), wanted);
    }

    public JsonObject awaitState(String service, String state) {
        return awaitStatus(service, where("state", state));
    }

    /** What a service has written so far, put together by the offsets: duplicates are dropped, a gap is an error. */
    public String output(String service, String stream) {
        return new String(
                JoinedStream.of(watcher.all(topic(service, stream))).bytes(), java.nio.charset.StandardCharsets.UTF_8);
    }

    public void awaitOutput(String service, String text) {
        Await.until(
                service + " wrote \"" + text + "\"",
                Duration.ofSeconds(30),
                () -> output(service, "stdout").contains(text));
    }

    /** The reply of a command that must have worked. */
    public static JsonObject ok(JsonObject reply) {
        if (!reply.get("ok").getAsBoolean()) throw new AssertionError("failed: " + reply);
        return reply;
    }

    /** The error code of a command that must have failed. */
    public static String code(JsonObject reply) {
        if (reply.get("ok").getAsBoolean()) throw new AssertionError("did not fail: " + reply);
        return reply.getAsJsonObject("error").get("code").getAsString();
    }

    /** Processes of its services, as the kernel knows them. */
    public List<ProcessHandle> processes() {
        return Processes.below(folder);
    }

    @Override
    public void close() {
        try (Watcher last = watcher) {
            agent.ifPresent(AgentProcess::close);
            last.clear();
        } finally {
            leaveNothing();
        }
    }

    private void leaveNothing() {
        List<ProcessHandle> left = processes();
        List<String> commands = left.stream()
                .map(process ->
                        process.pid() + " " + process.info().commandLine().orElse("?"))
                .toList();
        left.forEach(ProcessHandle::destroyForcibly);
        Folders.delete(folder);
        if (!left.isEmpty()) throw new AssertionError("left behind: " + commands);
    }
}
