package io.efka.agent.paho;

import io.efka.agent.service.Timers;
import io.efka.agent.wire.BrokerSettings;
import io.efka.agent.wire.LinkException;
import io.efka.agent.wire.Message;
import io.efka.agent.wire.MqttLink;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The link over Paho's MQTT 5 client: one {@link Connection} after the other, with waits that grow, over the brokers in
 * turn. Sessions live 24 h at the broker while this device is away; the will comes out 5 s after a connection is lost,
 * so that one that is soon back is never seen as offline.
 */
public final class PahoLink implements MqttLink {
    private static final Logger log = LoggerFactory.getLogger(PahoLink.class);
    // Paho logs through java.util.logging, to stderr, what the link reports itself. Kept, or it would be forgotten.
    private static final java.util.logging.Logger PAHO_LOG =
            java.util.logging.Logger.getLogger("org.eclipse.paho.mqttv5.client");
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);
    // The first may be chance; a second in a row is a queued message that would cut every connection for ever.
    private static final int UNREADABLE_LIMIT = 2;

    private final BrokerSettings broker;
    private final Timers timers;
    private final Pace pace;
    private final Backoff backoff;
    private final Outgoing outgoing = new Outgoing();
    private final Troubles troubles = new Troubles();
    private final CountDownLatch closed = new CountDownLatch(1);

    private Optional<Thread> thread = Optional.empty();
    private Optional<Connection> current = Optional.empty();
    private long holdUntil;
    private int turn;
    private int unreadable;

    /**
     * @param timers for keep-alives
     * @param chance spreads the reconnects of a fleet
     */
    public PahoLink(BrokerSettings broker, Timers timers, RandomGenerator chance) {
        this(broker, timers, chance, Pace.DEFAULT);
    }

    PahoLink(BrokerSettings broker, Timers timers, RandomGenerator chance, Pace pace) {
        broker.uris().forEach(Networks.Scheme::of);
        this.broker = broker;
        this.timers = timers;
        this.pace = pace;
        this.backoff = new Backoff(chance, pace.firstWait(), pace.maxWait());
        this.holdUntil = System.nanoTime();
        PAHO_LOG.setLevel(java.util.logging.Level.OFF);
    }

    @Override
    public synchronized void open(Message will, List<Subscription> subscriptions, Listener listener) {
        if (thread.isPresent()) throw new IllegalStateException("a link is opened once");
        var terms = new Terms(broker, will, subscriptions, listener);
        Thread started = new Thread(() -> run(terms), "agent-mqtt");
        started.setDaemon(true);
        started.start();
        thread = Optional.of(started);
    }

    @Override
    public CompletableFuture<Void> publish(Message message, Lane lane) {
        try {
            return outgoing.offer(Messages.toPaho(message, lane));
        } catch (LinkException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public boolean isUp() {
        return outgoing.isUp();
    }

    @Override
    public synchronized void holdOff(Duration pause) {
        holdUntil = System.nanoTime() + pause.toNanos();
        current.ifPresent(connection -> connection.leave("holding off for " + pause.toMillis() + " ms"));
    }

    @Override
    public void close() {
        Optional<Thread> running;
        synchronized (this) {
            closed.countDown();
            current.ifPresent(connection -> connection.leave("closed"));
            running = thread;
        }
        if (running.isEmpty() || running.get() == Thread.currentThread()) return;
        try {
            running.get().join(CLOSE_LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Terms terms) {
        try {
            while (!isClosed()) {
                URI uri = broker.uris().get(turn % broker.uris().size());
                Ending ending = attempt(uri, terms);
                if (isClosed()) return;
                pause(uri, ending);
            }
        } catch (InterruptedException e) {
            log.warn("the link's thread was interrupted: the link is closed");
        }
    }

    private Ending attempt(URI uri, Terms terms) throws InterruptedException {
        Connection connection;
        try {
            boolean cleanStart = unreadable >= UNREADABLE_LIMIT;
            if (cleanStart) log.error("broker={} a queued message cannot be read: dropping all it has queued", uri);
            connection = new Connection(uri, terms, pace, outgoing, timers, cleanStart);
        } catch (LinkException | IllegalArgumentException e) {
            return new Ending(new Loss(String.valueOf(e.getMessage()), false), Optional.empty(), Optional.of(e), false);
        }
        synchronized (this) {
            current = Optional.of(connection);
            if (isClosed()) connection.leave("closed");
        }
        try {
            return connection.live();
        } finally {
            synchronized (this) {
                current = Optional.empty();
            }
        }
    }

    private void pause(URI uri, Ending ending) throws InterruptedException {
        if (ending.up().filter(lived -> lived.compareTo(pace.lasting()) >= 0).isPresent()) {
            backoff.reset();
            troubles.over();
        }
        unreadable = ending.unreadable() ? unreadable + 1 : 0;
        if (isHeldOff()) {
            log.info("broker={} left: {}", uri, ending.loss().reason());
        } else {
            troubles.report(uri, ending);
        }
        // A broker that worked is tried again first; the others take their turn after it failed.
        if (ending.up().isEmpty()) turn++;
        long wake = System.nanoTime() + backoff.next().toNanos();
        for (long rest = rest(wake); rest > 0; rest = rest(wake)) {
            if (closed.await(rest, TimeUnit.NANOSECONDS)) return;
        }
    }

    private synchronized long rest(long wake) {
        long now = System.nanoTime();
        return Math.max(wake - now, holdUntil - now);
    }

    private synchronized boolean isHeldOff() {
        return holdUntil - System.nanoTime() > 0;
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }
}
