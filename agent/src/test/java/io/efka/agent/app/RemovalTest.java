package io.efka.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.efka.agent.artifact.ArtifactCache;
import io.efka.agent.artifact.Downloads;
import io.efka.agent.channel.ServiceChannels;
import io.efka.agent.channel.ServiceMessageSink;
import io.efka.agent.command.CommandAudit;
import io.efka.agent.command.CommandContext;
import io.efka.agent.command.CommandRouter;
import io.efka.agent.command.KeyedSerialExecutor;
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
import io.efka.agent.command.handler.ServiceCommands;
import io.efka.agent.command.handler.ServiceRequests;
import io.efka.agent.command.ledger.Ledger;
import io.efka.agent.install.Installer;
import io.efka.agent.install.ReleaseFolders;
import io.efka.agent.install.ServiceFolders;
import io.efka.agent.output.Output;
import io.efka.agent.process.ProcessLauncher;
import io.efka.agent.process.cgroup.Cgroups;
import io.efka.agent.process.tree.LaunchSpec.AgentEnvironment;
import io.efka.agent.release.Artifacts;
import io.efka.agent.release.DeployPorts;
import io.efka.agent.release.Deployments;
import io.efka.agent.release.InMemoryReleases;
import io.efka.agent.runtime.SerialExecutor;
import io.efka.agent.runtime.SystemTimers;
import io.efka.agent.runtime.Ulids;
import io.efka.agent.search.SearchPool;
import io.efka.agent.state.Change;
import io.efka.agent.state.StateStore;
import io.efka.agent.state.StoredConfigs;
import io.efka.agent.state.StoredLedger;
import io.efka.agent.state.StoredOffsets;
import io.efka.agent.state.StoredRetained;
import io.efka.agent.state.StoredServices;
import io.efka.agent.supervision.ConfigStore.Configuration;
import io.efka.agent.supervision.Launcher;
import io.efka.agent.supervision.Logs;
import io.efka.agent.supervision.OutputFiles;
import io.efka.agent.supervision.ServiceStore;
import io.efka.agent.supervision.StatusListener;
import io.efka.agent.supervision.Supervisors;
import io.efka.agent.telemetry.DataPublisher;
import io.efka.agent.telemetry.Events;
import io.efka.fixtures.Folders;
import io.efka.mqtt.FakeLink;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.DeviceId;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.protocol.Topics;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The agent is killed at every step of a removal. What a kill leaves is a copy of the data folder at that moment; the next
 * agent is started on it.
 */
final class RemovalTest {
    private static final ServiceId CAMERA = new ServiceId("camera");
    private static final String MANIFEST =
            "{\"manifest\":{\"service_id\":\"camera\",\"exec\":\"/bin/true\",\"health_check\":\"process:\"}}";

    @TempDir
    private Path data;

    @TempDir
    private Path kills;

    private final List<Path> snapshots = new ArrayList<>();

    /** The channel's place is in the data folder only where other users can reach it; else it is elsewhere. */
    @BeforeEach
    void letOthersPass() throws IOException {
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx--x--x"));
    }

    @Test
    void isFinishedByTheNextAgentWhereverItWasCutOff() throws Exception {
        removeAndRememberEveryStep();
        assertThat(snapshots).as("steps").hasSizeGreaterThan(12);
        boolean begun = false;
        for (Path snapshot : snapshots) {
            restore(snapshot);
            String step = String.valueOf(snapshot.getFileName());
            try (var next = new Device(data)) {
                if (!begun && !next.isRemovalRecorded()) {
                    next.start();
                    assertThat(next.services.find(CAMERA)).as(step).isPresent();
                    assertThat(next.configs.load(CAMERA).version()).as(step).isEqualTo(1);
                    assertThat(next.end()).as(step).isEqualTo(3);
                    continue;
                }
                begun = true;
                next.start();
                next.awaitRemoved();
                assertThat(next.left()).as("left after a kill at: " + step).isEmpty();
                next.installs();
                assertThat(next.configs.load(CAMERA)).as(step).isEqualTo(Configuration.NONE);
                assertThat(next.end())
                        .as("end of the output after a kill at: " + step)
                        .isZero();
            }
        }
        assertThat(begun).isTrue();
    }

    @Test
    void whatBelongsToNoServiceIsDeletedAtTheStartAndNothingElse() throws Exception {
        try (var device = new Device(data)) {
            device.start();
            device.installs();
            device.lives();
        }
        Path foreign = Files.createDirectories(data.resolve("logs/apache")).resolve("access.log");
        Files.writeString(foreign, "not ours");
        Path hidden = Files.writeString(data.resolve("run/notes.txt"), "not ours");
        try (StateStore store = StateStore.open(data)) {
            store.commit(List.of(Change.remove("services", "camera")));
        }
        Files.delete(data.resolve("services/camera/current"));
        try (var next = new Device(data)) {
            next.start();
            assertThat(next.left()).containsExactly("services/camera");
            assertThat(foreign).exists();
            assertThat(hidden).exists();
        }
    }

    @Test
    void whereAPartOfTheStateWasLostNothingIsDeleted() throws Exception {
        try (var device = new Device(data)) {
            device.start();
            device.installs();
            device.lives();
        }
        try (StateStore store = StateStore.open(data)) {
            store.commit(List.of(Change.remove("services", "camera")));
        }
        Files.delete(data.resolve("services/camera/current"));
        Files.writeString(data.resolve("state/journal.7.damaged-1"), "what was set aside");
        try (var next = new Device(data)) {
            next.start();
            assertThat(next.left()).contains("logs/camera", "run/camera.stdin", "channel/config/camera.json");
        }
    }

    private void removeAndRememberEveryStep() throws Exception {
        try (var device = new Device(data)) {
            device.start();
            device.installs();
            device.lives();
            device.watched = true;
            assertThat(device.ask("remove", "")).contains("\"ok\":true");
            device.watched = false;
            assertThat(device.left()).isEmpty();
        }
    }

    private synchronized void snapshot(String step) {
        Path snapshot = kills.resolve("%03d %s".formatted(snapshots.size(), step));
        Folders.copy(data, snapshot);
        snapshots.add(snapshot);
    }

    private void restore(Path snapshot) {
        Folders.delete(data);
        Folders.copy(snapshot, data);
    }

    /** An agent without a broker and without processes, over a real data folder. */
    private final class Device implements AutoCloseable {
        private final Path data;
        private final ExecutorService pool = Executors.newFixedThreadPool(4);
        private final SystemTimers timers = new SystemTimers(pool);
        private final BlockingQueue<String> replies = new LinkedBlockingQueue<>();
        private final Topics topics = new Topics("efka", new DeviceId("dev1"), List.of());
        private final StateStore state;
        private final StoredServices store;
        private final StoredConfigs configs;
        private final StoredOffsets offsets;
        private final SearchPool searches;
        private final Output output;
        private final ServiceChannels channels;
        private final ProcessLauncher launcher;
        private final ServiceFolders folders;
        private final DataPublisher published;
        private final Supervisors services;
        private final CommandRouter router;
        private volatile boolean watched;

        Device(Path data) throws Exception {
            this.data = data;
            state = StateStore.open(data);
            store = new StoredServices(state, data);
            if (state.damages().isEmpty()) store.forgetOrphans();
            configs = new StoredConfigs(state);
            offsets = new StoredOffsets(state);
            Events silent = new Silent();
            var link = new FakeLink();
            searches = new SearchPool(timers);
            output = new Output(data.resolve("logs"), offsets, link, topics, silent, timers);
            published = new DataPublisher(topics, link, timers, silent, new StoredRetained(state));
            channels = new ServiceChannels(data, timers, new NoPublications(), configs, pool);
            var site = new AgentEnvironment("dev1", data.resolve("run"), channels::environment);
            launcher = new ProcessLauncher(
                    site,
                    output.files(),
                    Cgroups.detect(site.device(), site.agent().key()),
                    timers,
                    new ProcessLauncher.Executors(pool, pool));
            folders = new ServiceFolders(data.resolve("services"), List.of());
            StatusListener listener = new StatusListener() {
                @Override
                public void changed(ServiceStatus status) {}

                @Override
                public void removed(ServiceId id) {
                    channels.removed(id);
                    published.removed(id);
                }
            };
            var ports = new Supervisors.Ports(
                    watch(Launcher.class, launcher),
                    (launch, answer) -> {},
                    watch(ServiceStore.class, store),
                    (id, workDir, tell) -> {},
                    timers,
                    watch(StatusListener.class, listener),
                    (service, run, grace) -> {},
                    new Ulids(timers),
                    new Random(1));
            services = new Supervisors(ports, () -> new SerialExecutor(pool), watch(OutputFiles.class, output.files()));
            var ledger = new Ledger(new StoredLedger(state), 1000, Duration.ofHours(1), timers);
            var context = new CommandContext(
                    topics, ledger, this::reply, services, silent, timers, new CommandAudit(line -> {}));
            var queues = new KeyedSerialExecutor(pool, 64, 1 << 20);
            Installer installer = watch(Installer.class, folders);
            var requests = new ServiceRequests(services, installer);
            var cache = new ArtifactCache(data.resolve("artifacts"), 1 << 20, timers);
            var downloads = new Downloads(cache, List.of(), timers, new Random(7));
            var deployments = new Deployments(
                    new DeployPorts(
                            new InMemoryReleases(),
                            new ReleaseFolders(data.resolve("services")),
                            new Artifacts(downloads, 1 << 20, pool),
                            (manifest, workDir) -> {},
                            services,
                            queues::turn,
                            silent,
                            timers,
                            pool,
                            Duration.ofHours(24),
                            (id, release) -> false,
                            id -> {}),
                    () -> new SerialExecutor(pool));
            var installation = new Installation(services, requests, installer, deployments, silent, pool);
            var table = CommandTables.standard(
                    new DeviceCommands(
                            services,
                            status -> new JsonObject(),
                            JsonObject::new,
                            JsonObject::new,
                            CompletableFuture::new,
                            timers),
                    new AgentLogCommands(new NoLog(), timers),
                    new ServiceCommands(requests, status -> new JsonObject(), run -> true),
                    new EventsCommand(query -> new CompletableFuture<>(), timers),
                    new LogsCommand(requests, output.logs(searches), timers),
                    new ManifestCommand(requests),
                    new ChannelCommands(requests, channels, timers),
                    new InstallCommands(installation, requests, deployments),
                    new DeployCommands(deployments, requests),
                    new HoldCommands(deployments, requests),
                    new ApplyCommand(services, requests, installation, deployments, queues),
                    new RestartAllCommand(services, requests, queues),
                    () -> {});
            router = new CommandRouter(table, context, queues, pool);
        }

        void start() {
            folders.recover();
            output.start();
            List<Supervisors.Found> found =
                    new ServiceDiscovery(store, folders, new FolderManifests(folders, pool)::now).find();
            var orphans = new OrphanSweep(store, output, true, channels, launcher);
            Set<ServiceId> installed = orphans.installed(found);
            orphans.sweep(installed, state.damages().isEmpty());
            published.begin(installed);
            services.boot(found);
            router.recover();
        }

        boolean isRemovalRecorded() {
            return store.removals().contains(CAMERA) || !store.recorded().contains("camera");
        }

        /** Leaves what a service leaves that has run for a while. */
        void lives() throws Exception {
            configs.save(CAMERA, new Configuration(1, "{\"old\":true}"));
            RunId run = new Ulids(timers).get();
            channels.environment(new Launcher.Launch(
                    run,
                    services.manifest(CAMERA).orElseThrow(),
                    services.workDir(CAMERA).orElseThrow()));
            Files.writeString(output.files().begin(CAMERA, run).stdout(), "old");
            Files.writeString(data.resolve("run/camera.stdin"), "");
            published.publish(CAMERA, "level", new JsonPrimitive(1), true);
            offsets.saveSoon("camera/stdout", 3);
            state.commit(List.of());
        }

        void installs() throws Exception {
            assertThat(ask("install", MANIFEST)).contains("\"ok\":true");
        }

        String ask(String command, String payload) throws InterruptedException {
            var message = new Message(
                    "efka/dev1/svc/camera/cmd/" + command,
                    payload.getBytes(StandardCharsets.UTF_8),
                    0,
                    false,
                    Message.Properties.NONE);
            router.received(new MqttLink.Inbound() {
                @Override
                public Message message() {
                    return message;
                }

                @Override
                public void acknowledge() {}
            });
            return String.valueOf(replies.poll(20, TimeUnit.SECONDS));
        }

        private CompletableFuture<Void> reply(Message reply) {
            replies.add(new String(reply.payload(), StandardCharsets.UTF_8));
            return CompletableFuture.completedFuture(null);
        }

        void awaitRemoved() throws InterruptedException {
            // The queue of the service is free again when its removal is over.
            ask("status", "");
            assertThat(services.find(CAMERA)).isEmpty();
        }

        long end() {
            var query = new Logs.Query(
                    Logs.Stream.STDOUT,
                    OptionalInt.of(1),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    Optional.empty());
            return output.logs(searches).read(CAMERA, query).join().end();
        }

        /** Everything on the disk and in the state that names the service, but for what the broker is still to hear. */
        List<String> left() throws IOException {
            var left = new ArrayList<String>();
            try (Stream<Path> all = Files.walk(data, 3)) {
                all.filter(file -> file.getFileName().toString().contains("camera"))
                        .map(file -> data.relativize(file).toString())
                        .sorted()
                        .forEach(left::add);
            }
            for (String map : List.of("services", "configs", "offsets", "removals")) {
                state.documents(map).keySet().forEach(key -> left.add(map + ": " + key));
            }
            return left;
        }

        private <T> T watch(Class<T> port, T target) {
            return port.cast(Proxy.newProxyInstance(
                    port.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> {
                        String step = port.getSimpleName() + " " + method.getName();
                        if (watched) snapshot("before " + step);
                        try {
                            Object result = method.invoke(target, arguments);
                            if (watched) snapshot("after " + step);
                            return result;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }));
        }

        @Override
        public void close() {
            try {
                services.stop(Duration.ofSeconds(5));
                searches.close();
                output.close();
                launcher.close();
                timers.close();
                pool.shutdown();
                assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            channels.close();
            state.close();
        }
    }

    private static final class Silent implements Events {
        @Override
        public void device(String kind, Map<String, ?> fields) {}

        @Override
        public void service(ServiceId id, String kind, Map<String, ?> fields) {}
    }

    private static final class NoPublications implements ServiceMessageSink {
        @Override
        public boolean data(ServiceId service, String name, JsonElement value, boolean retain) {
            return true;
        }

        @Override
        public boolean canAccept(ServiceId service) {
            return true;
        }

        @Override
        public void report(ServiceId service, JsonObject content) {}

        @Override
        public void incident(ServiceId service, String kind, String reason) {}
    }
}
