package io.efka.agent.session;

import static io.efka.agent.telemetry.Samples.CAMERA;
import static io.efka.agent.telemetry.Samples.RUN_1;
import static io.efka.agent.telemetry.Samples.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.runtime.SerialExecutor;
import io.efka.agent.telemetry.AgentInstance;
import io.efka.agent.telemetry.BrokerState;
import io.efka.agent.telemetry.MachineFacts;
import io.efka.agent.telemetry.RecordedEvents;
import io.efka.agent.telemetry.Samples;
import io.efka.agent.telemetry.Version;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.threads.Timers;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The link is cut again and again while commands arrive, timers fire and statuses change, each on threads of their own. */
final class BrokerSessionStressTest {
    private static final int CONNECTIONS = 3_000;
    private static final int COMMANDS = 20;

    private final ExecutorService workers = Executors.newFixedThreadPool(4);
    private final ScheduledExecutorService alarm = Executors.newScheduledThreadPool(2);
    private final ExecutorService inputs = Executors.newFixedThreadPool(3);
    private final LockedLink link = new LockedLink();
    private final HastyTimers timers = new HastyTimers();
    private final AtomicInteger handedOn = new AtomicInteger();
    private final AtomicInteger problems = new AtomicInteger();

    // Confined to the session's mailbox.
    private boolean isOnline;
    private long lastCommand;

    private final SerialExecutor mailbox = new SerialExecutor(workers);
    private final DevicePresence presence = new DevicePresence(
            mailbox,
            new DeviceStatusCodec(
                    new AgentInstance(17, "a1", new Version("0.1.0"), Instant.EPOCH),
                    new MachineFacts("gw", "Linux", "17", Optional.empty()),
                    TOPICS),
            TOPICS,
            link,
            timers);
    private final BrokerSession session = new BrokerSession(
            mailbox,
            presence,
            link,
            timers,
            new RecordedEvents(),
            new BrokerState(timers, Map::of),
            List.of(new BrokerSession.OnlineListener(kept -> switchTo(true), () -> switchTo(false))),
            this::command,
            message -> {});

    @AfterEach
    void close() {
        inputs.shutdownNow();
        alarm.shutdownNow();
        workers.shutdownNow();
    }

    @Test
    void nobodyWaitsForAnotherForEver() throws Exception {
        var linkThread = inputs.submit(this::cutTheLinkAgainAndAgain);
        inputs.submit(() -> {
            for (int i = 0; !linkThread.isDone(); i++) {
                presence.changed(i % 2 == 0 ? Samples.stopped(CAMERA) : Samples.running(CAMERA, RUN_1));
                session.isOnline();
            }
        });

        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!linkThread.isDone() && System.nanoTime() < deadline) {
            assertThat(ManagementFactory.getThreadMXBean().findDeadlockedThreads())
                    .as("deadlocked threads")
                    .isNull();
            awaitFor(linkThread, 50);
        }
        linkThread.get(1, TimeUnit.SECONDS);
        session.shutdown().get(5, TimeUnit.SECONDS);

        assertThat(problems).hasValue(0);
        assertThat(handedOn.get()).isPositive();
        assertThat(session.isOnline()).isFalse();
    }

    private static void awaitFor(Future<?> task, long milliseconds) throws Exception {
        try {
            task.get(milliseconds, TimeUnit.MILLISECONDS);
        } catch (TimeoutException notYet) {
            // Looked at again.
        }
    }

    private void cutTheLinkAgainAndAgain() {
        long number = 0;
        for (int i = 0; i < CONNECTIONS; i++) {
            link.up(true);
            session.connected(true);
            for (int j = 0; j < COMMANDS; j++) {
                session.received(new Command(++number));
                if (j % 5 == 0) Thread.yield();
            }
            link.up(i == CONNECTIONS - 1);
            if (i < CONNECTIONS - 1) session.disconnected(new MqttLink.Loss("cut", false));
        }
    }

    private void switchTo(boolean online) {
        if (isOnline == online) problems.incrementAndGet();
        isOnline = online;
    }

    private void command(MqttLink.Inbound command) {
        long number = Long.parseLong(new String(command.message().payload(), StandardCharsets.UTF_8));
        if (!isOnline || number <= lastCommand) problems.incrementAndGet();
        lastCommand = number;
        handedOn.incrementAndGet();
    }

    private record Command(long number) implements MqttLink.Inbound {
        @Override
        public Message message() {
            byte[] payload = String.valueOf(number).getBytes(StandardCharsets.UTF_8);
            return new Message("efka/dev1/cmd/ping", payload, 1, false, Message.Properties.NONE);
        }

        @Override
        public void acknowledge() {}
    }

    /** Everything is due within a millisecond, on threads of its own. */
    private final class HastyTimers implements Timers {
        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            var due = alarm.schedule(task, Math.min(delay.toNanos() / 1_000, 1_000_000), TimeUnit.NANOSECONDS);
            return () -> due.cancel(false);
        }
    }

    /** Takes its lock wherever the real link does; the broker acknowledges on a thread of its own. */
    private final class LockedLink implements MqttLink {
        private boolean up;

        synchronized void up(boolean now) {
            up = now;
        }

        @Override
        public synchronized CompletableFuture<Void> publish(Message message, Lane lane) {
            if (!up) return CompletableFuture.failedFuture(new LinkException("not connected"));
            return CompletableFuture.runAsync(() -> {}, alarm);
        }

        @Override
        public synchronized boolean isUp() {
            return up;
        }

        @Override
        public synchronized void holdOff(Duration pause) {}

        @Override
        public void visit(List<Subscription> subscriptions, Listener listener) {
            throw new UnsupportedOperationException("a device is no visitor");
        }

        @Override
        public void open(Supplier<Message> will, List<Subscription> subscriptions, Listener listener) {}

        @Override
        public void close() {}
    }
}
