package io.efka.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.runtime.SystemTimers;
import io.efka.agent.state.StateStore;
import io.efka.demo.EmbeddedBroker;
import io.efka.fixtures.Await;
import io.efka.mqtt.BrokerSettings;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.mqtt.paho.PahoLink;
import io.efka.protocol.DeviceId;
import io.efka.threads.SelfCheck;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real agent, put together, started and stopped in this JVM: what does it leave? */
final class AgentAssemblyTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    Path root;

    private final Set<Thread> threadsBefore = new HashSet<>();
    private final Set<Long> childrenBefore = new HashSet<>();

    @BeforeEach
    void lookAround() throws IOException {
        Path service = Files.createDirectories(root.resolve("data/services/sleeper"));
        Files.writeString(
                service.resolve("manifest.json"),
                "{\"service_id\":\"sleeper\",\"exec\":\"run.sh\",\"health_check\":\"process:\"}");
        Path script = service.resolve("run.sh");
        Files.writeString(script, "#!/bin/sh\necho up\nsleep 600 &\nwait\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void remember() {
        threadsBefore.addAll(Thread.getAllStackTraces().keySet());
        ProcessHandle.current().children().forEach(child -> childrenBefore.add(child.pid()));
    }

    @Test
    void withoutABrokerServicesRunAndNothingIsLeft() throws Exception {
        URI nowhere;
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nowhere = URI.create("tcp://127.0.0.1:" + taken.getLocalPort());
        }
        remember();

        live(nowhere, () -> true);

        assertNothingIsLeft();
    }

    @Test
    void withABrokerTheFarewellIsThereAndNothingIsLeft() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(0, 0);
                var eye = new Eye(broker.uri())) {
            remember();

            live(broker.uri(), () -> eye.last().contains("\"running\":1"));

            await("the farewell", () -> eye.last().contains("\"reason\":\"shutdown\""));
            assertNothingIsLeft();
        }
    }

    @Test
    void anAgentThatWasNeverStartedIsStoppedAsWell() throws Exception {
        remember();
        try (StateStore store = StateStore.open(Files.createDirectories(root.resolve("data")))) {
            new AgentAssembly(settings(URI.create("tcp://127.0.0.1:1")), store, 1, check, new NoLog(), () -> {})
                    .stop(LIMIT);
        }

        assertNothingIsLeft();
    }

    private void live(URI broker, BooleanSupplier isSeen) throws Exception {
        try (StateStore store = StateStore.open(root.resolve("data"))) {
            AgentAssembly parts = new AgentAssembly(settings(broker), store, 1, check, new NoLog(), () -> {});
            try {
                parts.start();
                await("the service runs", () -> ownChildren().count() > 0 && hasSaid("up"));
                await("the broker knows", isSeen);
            } finally {
                parts.stop(LIMIT);
            }
        }
    }

    private final SelfCheck check = new SelfCheck(Duration.ZERO, Duration.ZERO, why -> {}, () -> {});

    private Settings settings(URI broker) {
        return new Settings(
                broker(broker, "efka-parts"),
                new DeviceId("parts"),
                "efka",
                List.of(),
                new Settings.Folders(root.resolve("data"), root.resolve("logs"), List.of(), Optional.empty()),
                Settings.Artifacts.STANDARD,
                new Settings.LedgerBounds(1_000, Duration.ofHours(24)),
                Duration.ofSeconds(30),
                Duration.ofHours(24),
                LIMIT,
                Duration.ZERO,
                Optional.of("homeassistant"));
    }

    private static BrokerSettings broker(URI uri, String clientId) {
        Optional<Path> none = Optional.empty();
        return new BrokerSettings(List.of(uri), clientId, Optional.empty(), none, none, none, none);
    }

    private boolean hasSaid(String text) {
        try (Stream<Path> files = Files.walk(root.resolve("logs"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (Files.readString(file, StandardCharsets.UTF_8).contains(text)) return true;
            }
            return false;
        } catch (IOException notYet) {
            return false;
        }
    }

    private void assertNothingIsLeft() throws Exception {
        await("no thread is left", () -> threadsLeft().isEmpty());
        await("no process is left", () -> ownChildren().findAny().isEmpty());
        assertThat(openFiles()).as("open files").isEmpty();
        StateStore.open(root.resolve("data")).close();
    }

    /** The JDK's own threads, which wait for children or run its pool, stay for a minute; the broker's are not the agent's. */
    private List<String> threadsLeft() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !threadsBefore.contains(thread) && thread.isAlive())
                .map(Thread::getName)
                .filter(name -> !name.startsWith("process reaper")
                        && !name.startsWith("ForkJoinPool.commonPool")
                        && !name.toLowerCase(Locale.ROOT).contains("activemq"))
                .toList();
    }

    private Stream<ProcessHandle> ownChildren() {
        return ProcessHandle.current().descendants().filter(child -> !childrenBefore.contains(child.pid()));
    }

    private List<String> openFiles() throws IOException {
        var open = new ArrayList<String>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                try {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    if (target.startsWith(root.toString())) open.add(target);
                } catch (IOException closedMeanwhile) {
                    // It was the one that listed them.
                }
            }
        }
        return open;
    }

    private void await(String what, BooleanSupplier condition) {
        Await.until(
                () -> what + "; threads " + threadsLeft() + " processes "
                        + ownChildren()
                                .map(child -> child.info().commandLine().orElse("?"))
                                .toList(),
                LIMIT,
                condition);
    }

    /** Sees the device's status. */
    private static final class Eye implements MqttLink.Listener, AutoCloseable {
        private final ExecutorService pool = Executors.newSingleThreadExecutor();
        private final SystemTimers timers = new SystemTimers(pool);
        private final MqttLink link;
        private final CountDownLatch connected = new CountDownLatch(1);
        private volatile String last = "";

        Eye(URI broker) throws InterruptedException {
            link = new PahoLink(broker(broker, "eye"), timers, RandomGenerator.getDefault());
            var will = new Message("eye", new byte[0], 1, false, Message.Properties.NONE);
            link.open(() -> will, List.of(new MqttLink.Subscription("efka/parts/status", true)), this);
            assertThat(connected.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }

        String last() {
            return last;
        }

        @Override
        public void connected(boolean sessionPresent) {
            connected.countDown();
        }

        @Override
        public void disconnected(MqttLink.Loss loss) {}

        @Override
        public void received(MqttLink.Inbound message) {
            last = new String(message.message().payload(), StandardCharsets.UTF_8);
            message.acknowledge();
        }

        @Override
        public void close() {
            link.close();
            timers.close();
            pool.shutdownNow();
        }
    }
}
