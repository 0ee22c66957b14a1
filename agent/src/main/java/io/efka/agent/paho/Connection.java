package io.efka.agent.paho;

import io.efka.agent.service.Timers;
import io.efka.agent.wire.LinkException;
import io.efka.agent.wire.MqttLink.Loss;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.internal.NetworkModule;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, from its first attempt to its end, with a Paho client of its own. {@link #live} is the whole story,
 * told on the link's thread; Paho's callbacks only put signals into its queue, so that those of an earlier connection
 * never reach a later one.
 */
final class Connection implements Outgoing.Wire {
    private static final Logger log = LoggerFactory.getLogger(PahoLink.class);
    private static final long GOODBYE_MS = 1_000;
    private static final long THREADS_END_MS = 500;

    /** Seldom enough to cost nothing. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final URI uri;
    private final Terms terms;
    private final Pace pace;
    private final Outgoing outgoing;
    private final Inbox inbox;
    private final MqttConnectionOptions options;
    private final NetworkModule network;
    private final LinkPings pings;
    private final PahoThreads threads;
    private final FreshClient client;

    private final BlockingQueue<Runnable> signals = new LinkedBlockingQueue<>();
    private Optional<Ending> ending = Optional.empty();
    private Optional<Long> upSince = Optional.empty();
    private boolean seenGone;
    private boolean over;

    /** @throws LinkException when the settings name something that cannot be used, or Paho cannot be set up */
    Connection(URI uri, Terms terms, Pace pace, Outgoing outgoing, Timers timers, boolean cleanStart)
            throws LinkException {
        this.uri = uri;
        this.terms = terms;
        this.pace = pace;
        this.outgoing = outgoing;
        this.inbox = new Inbox(terms.listener());
        this.options = ConnectOptions.of(terms.broker(), terms.will(), cleanStart);
        this.network = Networks.to(uri, terms.broker(), pace.connect());
        this.pings = new LinkPings(timers, signals::add);
        this.threads = new PahoThreads(death -> signals.add(() -> unreadable(death)));
        try {
            this.client = new FreshClient(terms.broker().clientId(), network, pings, threads);
        } catch (MqttException e) {
            throw new LinkException("cannot set up the MQTT client: " + e.getMessage(), e);
        }
        client.setManualAcks(true);
        client.setCallback(new Heard(this::arrived, loss -> signals.add(() -> lost(loss))));
    }

    /** Connects, serves until the end, and leaves nothing behind. */
    Ending live() throws InterruptedException {
        long deadline = System.nanoTime() + pace.attempt().toNanos();
        try {
            client.connect(options, null, answer(this::greeted));
            while (ending.isEmpty()) {
                long wait = upSince.isPresent() ? LOOK_NANOS : deadline - System.nanoTime();
                Runnable signal = signals.poll(wait, TimeUnit.NANOSECONDS);
                if (signal != null) signal.run();
                else if (upSince.isPresent()) look();
                else end("no answer from the broker within " + pace.attempt().toSeconds() + " s", Optional.empty());
            }
        } catch (MqttException | RuntimeException e) {
            // The latter is a bug, here or in Paho; the link has to go on with another connection all the same.
            lost(e);
        } finally {
            dispose();
        }
        return ending.orElseThrow();
    }

    /**
     * Nothing was heard for a while. Should Paho ever give a connection up without a word, nobody else would notice. A
     * second look at the same makes sure that its word is not just on its way, with the better reason.
     */
    private void look() {
        boolean isGone = !client.isConnected();
        if (isGone && seenGone) end("the connection is gone", Optional.empty());
        seenGone = isGone;
    }

    /** Asks for a clean end, which makes {@link #live} return. Thread-safe. */
    void leave(String why) {
        signals.add(() -> {
            if (client.isConnected()) sayGoodbye();
            end(why, Optional.empty());
        });
    }

    @Override
    public void send(Pending pending) {
        try {
            client.publish(pending.topic, pending.message, null, new MqttActionListener() {
                @Override
                public void onSuccess(IMqttToken token) {
                    signals.add(() -> outgoing.settle(pending, Answers.refusal(pending, token)));
                }

                @Override
                public void onFailure(IMqttToken token, Throwable problem) {
                    // The connection is lost, and with it all that is in flight.
                }
            });
        } catch (MqttException e) {
            // Nothing but a lost connection makes Paho refuse what Messages and Outgoing let through.
            signals.add(() -> lost(e));
        }
    }

    private void greeted(IMqttToken connack) {
        MqttProperties granted = connack.getResponseProperties();
        client.accept(granted);
        pings.start();
        if (terms.subscriptions().isEmpty()) {
            ready(connack);
            return;
        }
        var subscriptions = terms.subscriptions().stream().map(Answers::toPaho).toArray(MqttSubscription[]::new);
        try {
            client.subscribe(subscriptions, null, answer(suback -> subscribed(connack, suback)), new MqttProperties());
        } catch (MqttException e) {
            lost(e);
        }
    }

    private void subscribed(IMqttToken connack, IMqttToken suback) {
        Answers.refusals(terms.subscriptions(), suback)
                .forEach((filter, code) -> log.error(
                        "filter={} was refused by the broker, reason code {}: no command will come here",
                        filter,
                        code));
        ready(connack);
    }

    private void ready(IMqttToken connack) {
        MqttProperties granted = connack.getResponseProperties();
        upSince = Optional.of(System.nanoTime());
        outgoing.up(this, Answers.receiveMaximum(granted), Answers.maxPacket(granted));
        boolean sessionPresent = connack.getSessionPresent();
        log.info("broker={} connected session_present={}", uri, sessionPresent);
        Inbox.guarded(() -> terms.listener().connected(sessionPresent));
        inbox.open();
    }

    private void arrived(String topic, MqttMessage message) {
        if (!inbox.admit(message.getQos())) return;
        var acknowledged = new AtomicBoolean(message.getQos() == 0);
        int id = message.getId();
        Runnable acknowledgement = () -> {
            if (acknowledged.compareAndSet(false, true)) acknowledge(id);
        };
        var delivered = new Inbox.Delivered(Messages.fromPaho(topic, message), acknowledgement);
        signals.add(() -> inbox.deliver(delivered));
    }

    /** An id means nothing on another connection: late acknowledgements are dropped, and the message comes again. */
    private synchronized void acknowledge(int id) {
        if (over) return;
        try {
            client.messageArrivedComplete(id, 1);
        } catch (MqttException e) {
            log.debug("acknowledgement {} was not sent: {}", id, e.getMessage());
        }
    }

    private MqttActionListener answer(Consumer<IMqttToken> then) {
        return new MqttActionListener() {
            @Override
            public void onSuccess(IMqttToken token) {
                signals.add(() -> then.accept(token));
            }

            @Override
            public void onFailure(IMqttToken token, Throwable problem) {
                signals.add(() -> lost(problem));
            }
        };
    }

    private void lost(Throwable problem) {
        finish(new Ending(
                new Loss(Reasons.of(problem), false), lived(), Optional.of(problem), Reasons.isUnreadable(problem)));
    }

    private void lost(Loss loss) {
        finish(new Ending(loss, lived(), Optional.empty(), false));
    }

    private void unreadable(Throwable death) {
        var loss = new Loss("the broker sent what cannot be read: " + death, false);
        finish(new Ending(loss, lived(), Optional.of(death), true));
    }

    private void end(String reason, Optional<Throwable> cause) {
        finish(new Ending(new Loss(reason, false), lived(), cause, false));
    }

    private void finish(Ending how) {
        if (ending.isEmpty()) ending = Optional.of(how);
    }

    private Optional<Duration> lived() {
        return upSince.map(since -> Duration.ofNanos(System.nanoTime() - since));
    }

    private void sayGoodbye() {
        try {
            client.disconnect(0).waitForCompletion(GOODBYE_MS);
        } catch (MqttException e) {
            log.debug("no clean goodbye: {}", e.getMessage());
        }
    }

    private void dispose() throws InterruptedException {
        synchronized (this) {
            over = true;
        }
        outgoing.down(ending.map(e -> e.loss().reason()).orElse("interrupted"));
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
                .ifPresent(e -> Inbox.guarded(() -> terms.listener().disconnected(e.loss())));
    }
}
