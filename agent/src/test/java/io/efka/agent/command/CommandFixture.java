package io.efka.agent.command;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.agent.artifact.ArtifactCache;
import io.efka.agent.artifact.Downloads;
import io.efka.agent.command.handler.AgentLog;
import io.efka.agent.command.handler.AgentLogCommands;
import io.efka.agent.command.handler.ApplyCommand;
import io.efka.agent.command.handler.ChannelCommands;
import io.efka.agent.command.handler.CommandTables;
import io.efka.agent.command.handler.DeployCommands;
import io.efka.agent.command.handler.DeviceCommands;
import io.efka.agent.command.handler.EventsCommand;
import io.efka.agent.command.handler.HoldCommands;
import io.efka.agent.command.handler.InstallCommands;
import io.efka.agent.command.handler.Installation;
import io.efka.agent.command.handler.LogsCommand;
import io.efka.agent.command.handler.ManifestCommand;
import io.efka.agent.command.handler.RestartAllCommand;
import io.efka.agent.command.handler.RetainedTopics;
import io.efka.agent.command.handler.ServiceCommands;
import io.efka.agent.command.handler.ServiceRequests;
import io.efka.agent.command.ledger.Ledger;
import io.efka.agent.events.EventQueries;
import io.efka.agent.install.ReleaseFolders;
import io.efka.agent.release.Artifacts;
import io.efka.agent.release.DeployPorts;
import io.efka.agent.release.Deployments;
import io.efka.agent.release.InMemoryReleases;
import io.efka.agent.supervision.FakeTimers;
import io.efka.agent.supervision.Logs;
import io.efka.agent.telemetry.Events;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.DeviceId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.Topics;
import io.efka.protocol.Topics.GroupId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/** All command packages over fakes, run on the test's own thread. {@link #nextLife()} is what is left after a kill. */
public final class CommandFixture {
    public static final ServiceId CAMERA = new ServiceId("camera");
    static final ServiceId RADIO = new ServiceId("radio");

    public final FakeDisk disk;
    public final FakeSupervision supervision;
    public final FakeInstaller installer;
    public final FakeTimers timers;
    public final KillSwitch kill;
    public final FakeCalls channels = new FakeCalls();
    final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    final FakeAgentLog agentLog = new FakeAgentLog();
    final List<String> audit = new ArrayList<>();
    Consumer<String> onAudit = audit::add;
    public final List<Message> replies = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    Map<String, ?> lastEvent = Map.of();
    public final List<Message> acknowledged = new ArrayList<>();
    final List<Logs.Query> logQueries = new ArrayList<>();
    final List<EventQueries.Query> eventQueries = new ArrayList<>();
    CompletableFuture<EventQueries.Page> eventAnswer =
            CompletableFuture.completedFuture(new EventQueries.Page(List.of(), 7, 7, Optional.empty(), 0, false));
    CompletableFuture<Logs.Page> logAnswer = CompletableFuture.completedFuture(
            new Logs.Page("one\n".getBytes(StandardCharsets.UTF_8), 0, 4, 0, 4, false, List.of()));
    public CompletableFuture<Void> broker = CompletableFuture.completedFuture(null);
    /** Why the broker refuses a reply; empty: it does not. */
    Function<Message, Optional<LinkException>> refusal = reply -> Optional.empty();

    CompletableFuture<RetainedTopics.Cleared> cleared =
            CompletableFuture.completedFuture(new RetainedTopics.Cleared(3, Map.of()));
    boolean isShutDown;
    Runnable onShutdown = () -> isShutDown = true;
    boolean isGrouped = true;
    final CommandTable table;
    public final CommandRouter router;
    final LocalCommands local;

    public CommandFixture() {
        this(new FakeDisk(), new FakeSupervision(), new FakeInstaller(), new FakeTimers(), KillSwitch.never());
    }

    private CommandFixture(
            FakeDisk disk, FakeSupervision supervision, FakeInstaller installer, FakeTimers timers, KillSwitch kill) {
        this.disk = disk;
        this.supervision = supervision;
        this.installer = installer;
        this.timers = timers;
        this.kill = kill;
        supervision.kill = kill;
        installer.kill = kill;
        var topics = new Topics("efka", new DeviceId("dev1"), List.of(new GroupId("roof")));
        var ledger = new Ledger(disk.store(kill), 1000, Duration.ofHours(24), timers);
        var recorded = new RecordedEvents();
        var context = new CommandContext(
                topics,
                ledger,
                this::send,
                supervision,
                recorded,
                timers,
                new CommandAudit(line -> onAudit.accept(line)));
        var queues = new KeyedSerialExecutor(tasks::add, 64, 8 * 1024 * 1024);
        var requests = new ServiceRequests(supervision, installer);
        var cache = new ArtifactCache(Path.of("/nowhere/artifacts"), 1 << 20, timers);
        var downloads = new Downloads(cache, List.of(), timers, new Random(7));
        var deployments = new Deployments(
                new DeployPorts(
                        new InMemoryReleases(),
                        new ReleaseFolders(supervision.root),
                        new Artifacts(downloads, 1 << 20, tasks::add),
                        (manifest, workDir) -> {},
                        supervision,
                        queues::turn,
                        recorded,
                        timers,
                        tasks::add,
                        Duration.ofHours(24),
                        (id, release) -> false,
                        id -> {}),
                () -> tasks::add);
        var installation = new Installation(supervision, requests, installer, deployments, recorded, tasks::add);
        table = CommandTables.standard(
                new DeviceCommands(
                        supervision, CommandFixture::document, JsonObject::new, JsonObject::new, () -> cleared, timers),
                new AgentLogCommands(agentLog, timers),
                new ServiceCommands(requests, CommandFixture::document, run -> isGrouped),
                new EventsCommand(this::findEvents, timers),
                new LogsCommand(requests, this::readLogs, timers),
                new ManifestCommand(requests),
                new ChannelCommands(requests, channels, timers),
                new InstallCommands(installation, requests, deployments),
                new DeployCommands(deployments, requests),
                new HoldCommands(deployments, requests),
                new ApplyCommand(supervision, requests, installation, deployments, queues),
                new RestartAllCommand(supervision, requests, queues),
                () -> onShutdown.run());
        local = new LocalCommands(table, context, queues);
        router = new CommandRouter(table, context, queues, tasks::add);
    }

    /** The next agent over the same disk and processes: all that was in memory is gone. {@code nextKill} says when it dies. */
    public CommandFixture nextLife(KillSwitch nextKill) {
        installer.folders.keySet().forEach(id -> supervision.reread(id, installer.manifest(id)));
        return new CommandFixture(disk, supervision, installer, new FakeTimers(), nextKill);
    }

    public CommandFixture nextLife() {
        return nextLife(KillSwitch.never());
    }

    private static JsonObject document(ServiceStatus status) {
        var document = new JsonObject();
        document.addProperty("service", status.id().value());
        return document;
    }

    private CompletableFuture<Void> send(Message reply) {
        kill.touch();
        Optional<LinkException> refused = refusal.apply(reply);
        if (refused.isPresent()) return CompletableFuture.failedFuture(refused.get());
        replies.add(reply);
        return broker;
    }

    private CompletableFuture<EventQueries.Page> findEvents(EventQueries.Query query) {
        eventQueries.add(query);
        return eventAnswer;
    }

    private CompletableFuture<Logs.Page> readLogs(ServiceId id, Logs.Query query) {
        logQueries.add(query);
        return logAnswer;
    }

    /** Runs every task that waits for a thread, until none does. */
    public CommandFixture settle() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) task.run();
        return this;
    }

    public CommandFixture send(String topic, String payload) {
        return send(topic, payload, Message.Properties.NONE);
    }

    public CommandFixture send(String topic, String payload, Message.Properties properties) {
        return deliver(new Message(topic, payload.getBytes(StandardCharsets.UTF_8), 1, false, properties));
    }

    public CommandFixture deliver(Message message) {
        router.received(new MqttLink.Inbound() {
            @Override
            public Message message() {
                return message;
            }

            @Override
            public void acknowledge() {
                kill.touch();
                acknowledged.add(message);
            }
        });
        return this;
    }

    public static String camera(String command) {
        return "efka/dev1/svc/camera/cmd/" + command;
    }

    static String device(String command) {
        return "efka/dev1/cmd/" + command;
    }

    public static Message.Properties request(String topic, byte[] correlation) {
        return new Message.Properties(
                Optional.empty(), Optional.of(topic), Optional.of(correlation), OptionalLong.empty(), List.of());
    }

    public static Message.Properties expiring(long seconds) {
        return new Message.Properties(
                Optional.empty(), Optional.empty(), Optional.empty(), OptionalLong.of(seconds), List.of());
    }

    public JsonObject reply() {
        if (replies.size() != 1) throw new AssertionError("one reply expected, there are " + texts());
        return json(replies.get(0));
    }

    public JsonObject lastReply() {
        return json(replies.get(replies.size() - 1));
    }

    public List<String> texts() {
        return replies.stream().map(reply -> json(reply).toString()).toList();
    }

    public static JsonObject json(Message reply) {
        return JsonParser.parseString(new String(reply.payload(), StandardCharsets.UTF_8))
                .getAsJsonObject();
    }

    public static String code(JsonObject reply) {
        return reply.has("error") ? reply.getAsJsonObject("error").get("code").getAsString() : "ok";
    }

    public static String message(JsonObject reply) {
        return reply.getAsJsonObject("error").get("message").getAsString();
    }

    static final class FakeAgentLog implements AgentLog {
        Level level = Level.INFO;
        final List<Line> lines = new ArrayList<>();

        @Override
        public Level level() {
            return level;
        }

        @Override
        public Level configured() {
            return Level.INFO;
        }

        @Override
        public void level(Level other) {
            level = other;
        }

        @Override
        public List<Line> recent() {
            return lines;
        }
    }

    private final class RecordedEvents implements Events {
        @Override
        public void device(String kind, Map<String, ?> fields) {
            events.add(kind + " " + fields.get("command"));
            lastEvent = fields;
        }

        @Override
        public void service(ServiceId id, String kind, Map<String, ?> fields) {
            events.add(id + " " + kind);
            lastEvent = fields;
        }
    }
}
