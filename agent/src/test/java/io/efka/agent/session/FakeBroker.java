package io.efka.agent.session;

import io.efka.agent.supervision.FakeTimers;
import io.efka.agent.telemetry.AgentInstance;
import io.efka.agent.telemetry.BrokerState;
import io.efka.agent.telemetry.MachineFacts;
import io.efka.agent.telemetry.RecordedEvents;
import io.efka.agent.telemetry.Samples;
import io.efka.agent.telemetry.Version;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * One retained topic, and agents that use the same device id. What is published reaches everybody in one order, some
 * milliseconds later.
 */
final class FakeBroker {
    private static final Duration HOP = Duration.ofMillis(5);

    final FakeTimers timers = new FakeTimers();
    final List<Agent> connected = new ArrayList<>();
    /** Who said last, retained, that it is the device. */
    final List<Agent> holders = new ArrayList<>();

    private final boolean sharedClientId;
    private final boolean willsAtTakeover;
    private final Random random;
    Optional<Message> retained = Optional.empty();

    /** @param willsAtTakeover publishes the will of who is taken over and says so to it; mosquitto does neither */
    FakeBroker(boolean sharedClientId, boolean willsAtTakeover, long seed) {
        this.sharedClientId = sharedClientId;
        this.willsAtTakeover = willsAtTakeover;
        this.random = new Random(seed);
    }

    Agent agent(long session, String instance, String host) {
        return new Agent(session, instance, host);
    }

    void publish(Message message) {
        if (message.retain()) {
            retained = message.payload().length == 0 ? Optional.empty() : Optional.of(message);
        }
        connected.forEach(agent -> agent.deliver(message));
    }

    /** An agent with a link that reconnects within a second, until it is killed or closed. */
    final class Agent implements MqttLink {
        final RecordedEvents events = new RecordedEvents();
        final DevicePresence presence;
        final BrokerSession session;
        final List<String> heard = new ArrayList<>();
        final String instance;
        int births;

        private final Deque<Message> inbox = new ArrayDeque<>();
        private long connection;
        private boolean up;
        private boolean alive = true;
        private boolean heldOff;

        Agent(long number, String instance, String host) {
            this.instance = instance;
            var self = new AgentInstance(number, instance, new Version("0.1.0"), timers.now());
            var machine = new MachineFacts(host, "Linux", "17", Optional.of(Instant.EPOCH));
            var codec = new DeviceStatusCodec(self, machine, Samples.TOPICS);
            var mailbox = new ManualMailbox();
            presence = new DevicePresence(mailbox, codec, Samples.TOPICS, this, timers);
            session = new BrokerSession(
                    mailbox,
                    presence,
                    this,
                    timers,
                    events,
                    new BrokerState(timers, Map::of),
                    List.of(new BrokerSession.OnlineListener(
                            kept -> heard.add("online " + kept), () -> heard.add("offline"))),
                    command -> heard.add("command"),
                    message -> {});
        }

        Agent connect() {
            if (!alive || up || heldOff) return this;
            if (sharedClientId) List.copyOf(connected).forEach(Agent::takenOver);
            boolean sessionPresent = connection > 0;
            up = true;
            connection++;
            connected.add(this);
            retained.ifPresent(this::deliver);
            later(() -> session.connected(sessionPresent));
            return this;
        }

        /** The process dies; the broker publishes its will when it notices, or never if it lost that. */
        void kill(boolean will) {
            alive = false;
            boolean wasUp = up;
            cut();
            if (will && wasUp) FakeBroker.this.publish(presence.will());
        }

        /** The line is cut and comes back; the broker publishes the will. */
        void lose() {
            cut();
            FakeBroker.this.publish(presence.will());
            session.disconnected(new Loss("the connection was reset", false));
            reconnect();
        }

        boolean saysItIsTheDevice() {
            return alive && session.isOnline();
        }

        private void takenOver() {
            cut();
            if (willsAtTakeover) FakeBroker.this.publish(presence.will());
            session.disconnected(new Loss("end of stream", willsAtTakeover));
            reconnect();
        }

        private void cut() {
            up = false;
            connected.remove(this);
            inbox.clear();
        }

        private void reconnect() {
            timers.schedule(Duration.ofMillis(20 + random.nextInt(1000)), this::connect);
        }

        @Override
        public void holdOff(Duration pause) {
            heard.add("hold off " + pause);
            heldOff = true;
            boolean wasUp = up;
            cut();
            if (wasUp) later(() -> session.disconnected(new Loss("held off", false)));
            timers.schedule(pause, () -> {
                heldOff = false;
                connect();
            });
        }

        private void deliver(Message message) {
            inbox.add(message);
            long number = connection;
            timers.schedule(HOP, () -> {
                if (up && number == connection && !inbox.isEmpty()) session.received(new Delivered(inbox.remove()));
            });
        }

        private void later(Runnable task) {
            long number = connection;
            timers.schedule(HOP, () -> {
                if (number == connection) task.run();
            });
        }

        @Override
        public CompletableFuture<Void> publish(Message message, Lane lane) {
            var done = new CompletableFuture<Void>();
            long number = connection;
            timers.schedule(HOP, () -> {
                if (!up || number != connection) {
                    done.completeExceptionally(new LinkException("gone"));
                    return;
                }
                boolean birth = new String(message.payload(), java.nio.charset.StandardCharsets.UTF_8)
                        .contains("\"online\":true");
                if (birth) {
                    births++;
                    if (holders.isEmpty() || holders.get(holders.size() - 1) != this) holders.add(this);
                }
                FakeBroker.this.publish(message);
                done.complete(null);
            });
            return done;
        }

        @Override
        public boolean isUp() {
            return up;
        }

        @Override
        public void visit(List<Subscription> subscriptions, Listener listener) {
            throw new UnsupportedOperationException("a device is no visitor");
        }

        @Override
        public void open(Supplier<Message> will, List<Subscription> subscriptions, Listener listener) {}

        @Override
        public void close() {}
    }

    private record Delivered(Message message) implements MqttLink.Inbound {
        @Override
        public void acknowledge() {}
    }
}
