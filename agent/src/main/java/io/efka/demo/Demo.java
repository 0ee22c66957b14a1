package io.efka.demo;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.agent.app.Lifecycle;
import io.efka.agent.app.Lifecycle.StartException;
import io.efka.agent.app.Lifecycle.StartException.Reason;
import io.efka.agent.app.Settings;
import io.efka.demo.EmbeddedBroker.BrokerException;
import io.efka.fleet.dashboard.DashboardPage;
import io.efka.fleet.dashboard.PageServer;
import io.efka.mqtt.BrokerSettings;
import io.efka.mqtt.MqttLink;
import io.efka.protocol.DeviceId;
import io.efka.threads.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All of Efka on one machine: a broker, an agent, and sample services that the agent supervises. */
public final class Demo implements Lifecycle {
    /** How long a graceful end may take; the samples end at once when asked. */
    public static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(Demo.class);
    private static final Duration REPLY_LIMIT = Duration.ofSeconds(20);

    /** All are up then; only the last status may still be on its way. */
    private static final Duration STATUS_LIMIT = Duration.ofSeconds(2);

    private static final String PREFIX = "efka";
    private static final int PREFERRED_WEB_PORT = 8088;
    private static final int PREFERRED_PAGE_PORT = 8089;

    private final Plan plan;
    private final Function<Settings, Lifecycle> agents;
    private final Function<BrokerSettings, MqttLink> links;
    private final DemoScreen screen;
    private final CountDownLatch ended = new CountDownLatch(1);

    /** What must be ended, newest first. */
    @GuardedBy("this") private final Deque<Runnable> endings = new ArrayDeque<>();

    @GuardedBy("this") private boolean closed;

    private volatile Optional<Lifecycle> running = Optional.empty();

    /**
     * The options of the demo.
     *
     * @param port for MQTT; 0: any free one
     * @param webSocketPort for MQTT over WebSocket; 0: any free one
     * @param pagePort for the page; 0: any free one; empty: the usual one if it is free, or else any
     * @param dataFolder the agent's data folder, which is kept; empty: a temporary one
     */
    public record Plan(
            int port, int webSocketPort, Optional<Integer> pagePort, Optional<Path> dataFolder, DeviceId device) {}

    /**
     * Prepares a demo.
     *
     * @param agents creates the agent
     * @param links creates the link over which the samples are installed
     * @param out what a person is to read
     */
    public Demo(
            Plan plan,
            Function<Settings, Lifecycle> agents,
            Function<BrokerSettings, MqttLink> links,
            PrintWriter out) {
        this.plan = plan;
        this.agents = agents;
        this.links = links;
        this.screen = new DemoScreen(out, plan.device());
    }

    @Override
    public void start() throws StartException {
        screen.starting();
        EmbeddedBroker broker = broker();
        if (!keep(broker::close)) return;
        screen.brokerIsUp(broker);
        Path data = dataFolder();
        Lifecycle agent = agents.apply(settings(broker, data));
        if (!keep(agent::close)) return;
        running = Optional.of(agent);
        agent.start();
        PageServer page = page(broker);
        if (!keep(page::close)) return;
        if (!installSamples(broker)) return;
        screen.invite(page.address().getPort(), broker.port());
    }

    @Override
    public ExitCode awaitEnd() throws InterruptedException {
        ExitCode code = ExitCode.OK;
        if (running.isPresent()) {
            code = running.get().awaitEnd();
            close();
        }
        ended.await();
        return code;
    }

    @Override
    public synchronized void close() {
        closed = true;
        while (!endings.isEmpty()) endings.pop().run();
        ended.countDown();
    }

    /** Remembers how to stop a part that runs now. If the demo was closed meanwhile, stops it at once and returns false. */
    private synchronized boolean keep(Runnable ending) {
        if (closed) {
            ending.run();
        } else {
            endings.push(ending);
        }
        return !closed;
    }

    private EmbeddedBroker broker() throws StartException {
        try {
            return EmbeddedBroker.start(plan.port(), plan.webSocketPort());
        } catch (BrokerException e) {
            throw new StartException(Reason.UNAVAILABLE, String.valueOf(e.getMessage()), e);
        }
    }

    private PageServer page(EmbeddedBroker broker) throws StartException {
        String page = DashboardPage.of(broker.webSocketUri().toString(), PREFIX);
        try {
            if (plan.pagePort().isPresent())
                return new PageServer(onLoopback(plan.pagePort().get()), page);
            try {
                return new PageServer(onLoopback(PREFERRED_PAGE_PORT), page);
            } catch (BindException taken) {
                return new PageServer(onLoopback(0), page);
            }
        } catch (IOException e) {
            throw new StartException(
                    Reason.UNAVAILABLE,
                    "the page cannot be served (" + e.getMessage()
                            + "): choose another port with --page-port PORT, or --page-port 0 for any free one",
                    e);
        }
    }

    /** By its number, as the broker: {@code localhost} may be ::1 to a browser. */
    private static InetSocketAddress onLoopback(int port) {
        return new InetSocketAddress("127.0.0.1", port);
    }

    private Path dataFolder() throws StartException {
        if (plan.dataFolder().isPresent()) return plan.dataFolder().get();
        try {
            Path folder = Files.createTempDirectory("efka-demo-");
            keep(() -> remove(folder));
            return folder;
        } catch (IOException e) {
            throw new StartException(
                    Reason.DATA_FOLDER_UNUSABLE,
                    "no temporary folder can be made (" + e.getMessage() + "): name one with --data-dir",
                    e);
        }
    }

    /** Removes {@code folder} and all in it; what cannot be removed is named in the log. Follows no link. */
    private static void remove(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(path);
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("the temporary folder {} was not removed completely: {}", folder, e.toString());
        }
    }

    /** Over the broker, as an operator would; false if the demo was closed meanwhile. */
    private boolean installSamples(EmbeddedBroker broker) throws StartException {
        var awaited = new SamplesComingUp(screen);
        var operator = new DemoOperator(
                links.apply(brokerSettings(broker, "efka-demo-operator")), plan.device(), awaited::isReady);
        if (!keep(operator::close)) return false;
        try (operator) {
            operator.awaitOnline(REPLY_LIMIT);
            screen.agentIsUp();
            String reply = operator.command("apply", SampleServices.applyPayload(webPort()), REPLY_LIMIT);
            if (!SampleServices.isAccepted(reply)) {
                throw new StartException(Reason.UNAVAILABLE, "the agent refused the sample services: " + reply);
            }
            awaited.await(STATUS_LIMIT);
            return true;
        } catch (CancellationException e) {
            return false;
        } catch (TimeoutException | ExecutionException e) {
            throw new StartException(
                    Reason.UNAVAILABLE, "the agent did not answer within " + REPLY_LIMIT.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Settings settings(EmbeddedBroker broker, Path data) {
        return new Settings(
                brokerSettings(broker, "efka-" + plan.device()),
                plan.device(),
                PREFIX,
                List.of(),
                new Settings.Folders(data, data.resolve("logs"), List.of(), Optional.empty()),
                Settings.Artifacts.STANDARD,
                new Settings.LedgerBounds(1_000, Duration.ofHours(24)),
                Duration.ofSeconds(10),
                Duration.ofHours(24),
                STOP_TIMEOUT,
                Duration.ZERO,
                Optional.empty());
    }

    private static BrokerSettings brokerSettings(EmbeddedBroker broker, String clientId) {
        Optional<Path> none = Optional.empty();
        return new BrokerSettings(List.of(broker.uri()), clientId, Optional.empty(), none, none, none, none);
    }

    /** The same port at every start where that is possible, so that webby stays as it is installed. */
    private static int webPort() {
        try (var probe = new ServerSocket(PREFERRED_WEB_PORT, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        } catch (IOException e) {
            return anyFreePort();
        }
    }

    private static int anyFreePort() {
        try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("this machine has no free port", e);
        }
    }

    /** Shows each sample once, when it is ready for the first time. Thread-safe. */
    private static final class SamplesComingUp {
        private final DemoScreen screen;
        private final Map<String, SampleServices.Sample> waiting = new ConcurrentHashMap<>();
        private final CountDownLatch allUp = new CountDownLatch(SampleServices.ALL.size());

        SamplesComingUp(DemoScreen screen) {
            this.screen = screen;
            SampleServices.ALL.forEach(sample -> waiting.put(sample.name(), sample));
        }

        void isReady(String name) {
            SampleServices.Sample sample = waiting.remove(name);
            if (sample == null) return;
            screen.serviceIsUp(sample);
            allUp.countDown();
        }

        /** Returns when all were shown, or after {@code limit}. */
        void await(Duration limit) throws InterruptedException {
            var unused = allUp.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
