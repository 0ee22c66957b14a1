package io.efka.mqtt.paho;

import io.efka.mqtt.LinkException;
import io.efka.mqtt.MqttLink.Loss;
import io.efka.mqtt.RetryDelay;
import io.efka.mqtt.paho.BrokerFeatures.Missing;
import io.efka.mqtt.paho.ConnectionEnd.Kind;
import io.efka.threads.AgentThread;
import io.efka.threads.FatalErrors;
import io.efka.threads.Timers;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.internal.NetworkModule;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, from the attempt to connect to its end, with its own Paho client. {@link #run} does all of it on the
 * link's thread. Paho's callbacks only put tasks into the connection's own queue, so that those of an earlier
 * connection never reach a later one.
 */
final class Connection implements Outgoing.Wire {
    private static final Logger log = LoggerFactory.getLogger(PahoLink.class);
    private static final long DISCONNECT_MS = 1_000;
    private static final long THREADS_END_MS = 500;

    /** Between two looks at what nobody reports: rare enough to cost nothing. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final URI uri;
    private final PahoLink.Config config;
    private final BrokerFeatures features;
    private final Outgoing outgoing;
    private final MqttConnectionOptions options;
    private final PahoResponses responses = new PahoResponses();
    private final NetworkModule network;
    private final LinkPings pings;
    private final PahoThreads threads;
    private final FreshClient client;
    private final Incoming incoming;
    private final VisitorRequests visitor;

    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private Optional<ConnectionEnd> ending = Optional.empty();
    private Optional<Subscriptions> subscriptions = Optional.empty();
    private Optional<IMqttToken> greeting = Optional.empty();
    private Optional<Long> upSince = Optional.empty();
    private boolean onlyQos0;
    private boolean answered;
    private long lookAt;
    private boolean wasGone;

    /**
     * @param features of this broker; it is asked for nothing that it lacks
     * @throws LinkException when a file of the settings cannot be used, or Paho cannot be set up
     */
    Connection(
            URI uri,
            PahoLink.Config config,
            BrokerFeatures features,
            Outgoing outgoing,
            Timers timers,
            boolean cleanStart)
            throws LinkException {
        this.uri = uri;
        this.config = config;
        this.features = features;
        this.outgoing = outgoing;
        this.options = ConnectOptions.of(config, cleanStart, features);
        this.network = Networks.to(uri, config.credentials(), config.times().connect(), responses);
        this.pings = new LinkPings(timers, tasks::add);
        this.threads = new PahoThreads(death -> tasks.add(() -> unreadable(death)));
        try {
            this.client = new FreshClient(config.broker().clientId(), network, pings, threads);
        } catch (MqttException e) {
            throw new LinkException("cannot set up the MQTT client: " + e.getMessage(), e);
        }
        client.setManualAcks(true);
        this.incoming = new Incoming(client, config.listener(), tasks::add, this::disconnected);
        client.setCallback(incoming);
        this.visitor = new VisitorRequests(client, responses, tasks::add, this::lost);
    }

    /** Connects, serves until the connection ends, and releases everything. */
    ConnectionEnd run() throws InterruptedException {
        lookAt = System.nanoTime() + config.times().attempt().toNanos();
        try {
            client.connect(options, null, answer(this::greeted));
            while (ending.isEmpty()) {
                AgentThread.idle();
                Runnable task = tasks.poll(lookAt - System.nanoTime(), TimeUnit.NANOSECONDS);
                AgentThread.step();
                if (task != null) task.run();
                if (System.nanoTime() - lookAt >= 0) look(System.nanoTime());
            }
        } catch (MqttException | RuntimeException e) {
            // A RuntimeException is a bug, here or in Paho; the link goes on with another connection all the same.
            lost(e);
        } finally {
            dispose();
        }
        return ending.orElseThrow();
    }

    private void scheduleLook(long now) {
        long rest = Math.min(LOOK_NANOS, config.times().progress().toNanos() / 10);
        Optional<Duration> due = subscriptions.flatMap(asked -> asked.untilDue(now));
        lookAt = now + Math.min(rest, due.map(Duration::toNanos).orElse(rest));
    }

    private void look(long now) {
        if (!answered) {
            end(
                    Kind.OUTSIDE,
                    "the broker did not answer within "
                            + config.times().attempt().toSeconds() + " s");
            return;
        }
        checkConnected();
        if (subscriptions.filter(asked -> asked.isDue(now)).isPresent()) subscribe();
        if (outgoing.stalled().compareTo(config.times().progress()) > 0) {
            end(
                    kindOfSilence(),
                    "a message was not acknowledged for "
                            + config.times().progress().toSeconds() + " s");
        }
        scheduleLook(now);
    }

    /**
     * Ends a connection that Paho has given up without reporting it. The second look in a row decides: until then the
     * report may be on its way, and has the better reason.
     */
    private void checkConnected() {
        boolean isGone = !client.isConnected();
        if (isGone && wasGone) end(Kind.CUT, "the connection was lost");
        wasGone = isGone;
    }

    /** A message may be to blame only if the broker has answered others on this connection. */
    private Kind kindOfSilence() {
        return outgoing.acknowledged() > 0 ? Kind.CUT : Kind.OUTSIDE;
    }

    /** Makes {@link #run} disconnect cleanly and return. Thread-safe. */
    void leave(String why) {
        tasks.add(() -> {
            if (client.isConnected()) disconnectCleanly();
            end(Kind.LEFT, why);
        });
    }

    @Override
    public void send(PendingPublish pending) {
        // Paho would lower the QoS of its own copy only, and Outgoing would take "written" for "acknowledged".
        if (onlyQos0) pending.message.setQos(0);
        try {
            client.publish(pending.topic, pending.message, null, new MqttActionListener() {
                @Override
                public void onSuccess(IMqttToken token) {
                    tasks.add(() -> outgoing.settle(pending, responses.problem(pending, token)));
                }

                @Override
                public void onFailure(IMqttToken token, Throwable problem) {
                    // The connection is lost, which fails everything in flight.
                }
            });
        } catch (MqttException e) {
            // PendingPublish and Outgoing have ruled out every other reason.
            tasks.add(() -> lost(e));
        }
    }

    /** What is asked of this connection while it is up. Thread-safe. */
    VisitorRequests visitor() {
        return visitor;
    }

    @Override
    public void probe() {
        try {
            client.ping(new MqttActionListener() {
                @Override
                public void onSuccess(IMqttToken token) {
                    tasks.add(outgoing::probeAnswered);
                }

                @Override
                public void onFailure(IMqttToken token, Throwable problem) {
                    // The connection is lost.
                }
            });
        } catch (MqttException e) {
            tasks.add(() -> lost(e));
        }
    }

    private void greeted(IMqttToken connack) {
        MqttProperties granted = connack.getResponseProperties();
        client.accept(granted);
        features.granted(granted);
        onlyQos0 = features.lacks(Missing.QOS_1);
        pings.start();
        var delay = new RetryDelay(config.times().firstWait(), config.times().maxWait());
        subscriptions = Optional.of(new Subscriptions(config.subscriptions(), features, delay));
        greeting = Optional.of(connack);
        subscribe();
    }

    private void subscribe() {
        List<MqttSubscription> missing = subscriptions.orElseThrow().missing();
        if (missing.isEmpty()) {
            subscribed();
            return;
        }
        try {
            client.subscribe(
                    missing.toArray(new MqttSubscription[0]),
                    null,
                    answer(suback -> answered(missing, responses.subscription(suback))),
                    new MqttProperties());
        } catch (MqttException e) {
            lost(e);
        }
    }

    private void answered(List<MqttSubscription> asked, List<Integer> reasons) {
        subscriptions.orElseThrow().answered(asked, reasons, System.nanoTime());
        subscribed();
    }

    /** The link is up only with the essential subscriptions: a device without commands must not appear online. */
    private void subscribed() {
        answered = true;
        scheduleLook(System.nanoTime());
        Subscriptions asked = subscriptions.orElseThrow();
        boolean hasChanged = config.refusals().setFilters(asked.refused());
        boolean isNew = upSince.isEmpty() && asked.essentialsAccepted();
        if (isNew) ready(greeting.orElseThrow());
        if (upSince.isPresent() && (hasChanged || (isNew && !asked.refused().isEmpty()))) {
            incoming.tell(listener -> listener.subscriptionsRefused(asked.refused()));
        }
        if (isNew) incoming.open();
    }

    private void ready(IMqttToken connack) {
        MqttProperties granted = connack.getResponseProperties();
        upSince = Optional.of(System.nanoTime());
        outgoing.up(this, uri, PahoResponses.receiveMaximum(granted), PahoResponses.maxPacket(granted));
        visitor.up(onlyQos0);
        boolean sessionPresent = connack.getSessionPresent();
        log.info("broker={} connected session_present={}", uri, sessionPresent);
        incoming.tell(listener -> listener.connected(sessionPresent));
    }

    private MqttActionListener answer(Consumer<IMqttToken> then) {
        return new MqttActionListener() {
            @Override
            public void onSuccess(IMqttToken token) {
                tasks.add(() -> then.accept(token));
            }

            @Override
            public void onFailure(IMqttToken token, Throwable problem) {
                tasks.add(() -> lost(problem));
            }
        };
    }

    private void lost(Throwable problem) {
        FatalErrors.haltOnError(problem);
        responses.connack().flatMap(ReasonCode::of).ifPresent(features::refused);
        finish(ConnectionEnd.lost(problem, greeting.isPresent(), responses, lived()));
    }

    private void disconnected(Reasons.Ended ended) {
        Kind kind = Kind.OUTSIDE;
        if (ended.byMessage()) kind = ended.isSilence() ? kindOfSilence() : Kind.CUT;
        finish(new ConnectionEnd(kind, ended.loss(), lived(), ended.cause()));
    }

    private void unreadable(Throwable death) {
        if (death instanceof RejectedExecutionException) {
            lost(death); // no thread was available: nothing is wrong with what the broker sent
            return;
        }
        FatalErrors.haltOnError(death);
        finish(ConnectionEnd.unreadable(death, lived()));
    }

    private void end(Kind kind, String reason) {
        finish(new ConnectionEnd(kind, new Loss(reason, false), lived(), Optional.empty()));
    }

    private void finish(ConnectionEnd how) {
        if (ending.isEmpty()) ending = Optional.of(how);
    }

    private Optional<Duration> lived() {
        return upSince.map(since -> Duration.ofNanos(System.nanoTime() - since));
    }

    private void disconnectCleanly() {
        try {
            client.disconnect(0).waitForCompletion(DISCONNECT_MS);
        } catch (MqttException e) {
            log.debug("no clean disconnect: {}", e.getMessage());
        }
    }

    private void dispose() throws InterruptedException {
        incoming.close();
        String why = ending.map(e -> e.loss().reason()).orElse("interrupted");
        outgoing.down(why, ending.filter(e -> e.kind() == Kind.CUT).isPresent());
        visitor.end(why);
        pings.stop();
        try {
            network.stop();
        } catch (IOException e) {
            log.debug("closing the socket: {}", e.getMessage());
        }
        threads.shutdown();
        if (!threads.awaitTermination(THREADS_END_MS, TimeUnit.MILLISECONDS)) {
            threads.shutdownNow();
            log.debug("{} of Paho's threads are slow to end", threads.getActiveCount());
        }
        ending.filter(e -> e.up().isPresent())
                .ifPresent(e -> incoming.tell(listener -> listener.disconnected(e.loss())));
    }
}
