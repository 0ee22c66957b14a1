package io.efka.mqtt.paho;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.efka.mqtt.BrokerSettings;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.mqtt.VisitorLink;
import io.efka.mqtt.paho.ConnectionEnd.Kind;
import io.efka.threads.AgentThread;
import io.efka.threads.Timers;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The link over Paho's MQTT 5 client: one {@link Connection} after the other, with growing waits, to the brokers in
 * turn. A broker keeps the session for 24 h while the device is away, unless it is a visitor's. It publishes the will 5 s
 * after a connection is lost, so that a device that reconnects sooner is never seen as offline.
 */
public final class PahoLink implements VisitorLink {
    private static final Logger log = LoggerFactory.getLogger(PahoLink.class);
    // Paho logs to stderr what the link reports itself. A strong reference: java.util.logging keeps only weak ones.
    private static final java.util.logging.Logger PAHO_LOG =
            java.util.logging.Logger.getLogger("org.eclipse.paho.mqttv5.client");
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);
    // A broker that accepted a connection lately is running: after a few cuts a device does not wait for a minute.
    private static final Duration MAX_WAIT_AFTER_CUT = Duration.ofSeconds(8);
    private static final Duration LATELY = Duration.ofMinutes(1);
    // One may be chance. A second in a row is a queued message that would end every connection.
    private static final int UNREADABLE_LIMIT = 2;

    private final BrokerSettings broker;
    private final Timers timers;
    private final Times times;
    private final Backoff backoff;
    private final Backoff refusedBackoff;
    private final BrokerRefusals refusals = new BrokerRefusals();
    private final Outgoing outgoing = new Outgoing(System::nanoTime, refusals);
    private final RepeatedFailureLog failures;
    private final Map<URI, BrokerFeatures> features;
    private final Credentials credentials;
    private final CountDownLatch closed = new CountDownLatch(1);
    /** Ends a wait between two connections. */
    private final Semaphore hurry = new Semaphore(0);

    @GuardedBy("this") private Optional<Thread> thread = Optional.empty();

    @GuardedBy("this") private Optional<Connection> current = Optional.empty();

    @GuardedBy("this") private long holdUntil;

    // Confined to the link's thread.
    private int turn;
    private int unreadable;
    private int refused;
    private Optional<Long> acceptedAt = Optional.empty();

    /**
     * @param timers for keep-alives
     * @param chance spreads the reconnects of a fleet
     * @throws IllegalArgumentException when a broker's address has no known scheme or no host
     */
    public PahoLink(BrokerSettings broker, Timers timers, RandomGenerator chance) {
        this(broker, timers, chance, Times.DEFAULT);
    }

    PahoLink(BrokerSettings broker, Timers timers, RandomGenerator chance, Times times) {
        broker.uris().forEach(Networks.Scheme::of);
        this.broker = broker;
        this.credentials = new Credentials(broker);
        this.timers = timers;
        this.times = times;
        this.backoff = new Backoff(chance, times.firstWait(), times.maxWait());
        this.refusedBackoff = new Backoff(chance, times.firstRefusedWait(), times.maxRefusedWait());
        this.failures = new RepeatedFailureLog(broker.clientId());
        this.features = broker.uris().stream()
                .distinct()
                .collect(Collectors.toUnmodifiableMap(uri -> uri, BrokerFeatures::new));
        this.holdUntil = System.nanoTime();
        PAHO_LOG.setLevel(java.util.logging.Level.OFF);
    }

    @Override
    public void open(Supplier<Message> will, List<Subscription> subscriptions, Listener listener) {
        start("agent-mqtt", Optional.of(will), subscriptions, listener);
    }

    @Override
    public void visit(List<Subscription> subscriptions, Listener listener) {
        start("agent-mqtt-visit", Optional.empty(), subscriptions, listener);
    }

    private synchronized void start(
            String name, Optional<Supplier<Message>> will, List<Subscription> subscriptions, Listener listener) {
        if (thread.isPresent()) throw new IllegalStateException("a link can be opened only once");
        var config = new Config(broker, credentials, will, subscriptions, listener, refusals, times);
        Thread started = new AgentThread(name, () -> run(config));
        started.start();
        thread = Optional.of(started);
    }

    @Override
    public CompletableFuture<Void> publish(Message message, Lane lane) {
        try {
            return outgoing.offer(PendingPublish.of(message, lane));
        } catch (LinkException e) {
            refusals.messageRefused(message.topic(), e);
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletableFuture<Map<String, String>> subscribe(List<String> filters, int qos, boolean retained) {
        return visit(requests -> requests.subscribe(filters, qos, retained));
    }

    @Override
    public CompletableFuture<Void> unsubscribe(List<String> filters) {
        return visit(requests -> requests.unsubscribe(filters));
    }

    private synchronized <T> CompletableFuture<T> visit(Function<VisitorRequests, CompletableFuture<T>> ask) {
        return current.map(Connection::visitor)
                .map(ask)
                .orElseGet(() -> CompletableFuture.failedFuture(new LinkException("the link is down")));
    }

    @Override
    public boolean isUp() {
        return outgoing.isUp();
    }

    @Override
    public long maxPacket() {
        return outgoing.maxPacket();
    }

    @Override
    public Map<String, ?> describe() {
        var fields = new LinkedHashMap<String, Object>(outgoing.describe());
        fields.put("refused", refusals.describeMessages());
        fields.put("filters_refused", refusals.describeFilters());
        fields.put(
                "lacks",
                features.values().stream()
                        .flatMap(one -> one.describe().stream())
                        .distinct()
                        .toList());
        return fields;
    }

    @Override
    public Map<String, Long> granted() {
        return features.values().stream()
                .map(BrokerFeatures::granted)
                .filter(granted -> !granted.isEmpty())
                .findFirst()
                .orElse(Map.of());
    }

    @Override
    public void holdOff(Duration pause) {
        Optional<Connection> left;
        synchronized (this) {
            holdUntil = System.nanoTime() + pause.toNanos();
            left = current;
        }
        left.ifPresent(connection -> connection.leave("holding off for " + pause.toMillis() + " ms"));
    }

    @Override
    public List<String> reread() {
        List<Credentials.Outcome> files = credentials.reread();
        var words =
                new ArrayList<>(files.stream().map(Credentials.Outcome::words).toList());
        if (files.stream().anyMatch(Credentials.Outcome::isChanged)) {
            Optional<Connection> left;
            synchronized (this) {
                left = current;
            }
            left.ifPresent(connection -> connection.leave("its credentials have changed"));
            hurry.release();
            words.add("connecting with what has changed");
        } else if (!isUp()) {
            hurry.release();
            words.add("trying to connect at once");
        }
        return words;
    }

    @Override
    public void close() {
        Optional<Thread> running;
        Optional<Connection> left;
        synchronized (this) {
            closed.countDown();
            hurry.release();
            left = current;
            running = thread;
        }
        left.ifPresent(connection -> connection.leave("closed"));
        if (running.isEmpty() || running.get() == Thread.currentThread()) return;
        try {
            running.get().join(CLOSE_LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Config config) {
        try {
            while (!isClosed()) {
                URI uri = broker.uris().get(turn % broker.uris().size());
                ConnectionEnd ending = attempt(uri, config);
                if (isClosed()) return;
                if (ending.up().isEmpty() && ending.kind() != Kind.LEFT) {
                    boolean isRefused = ending.kind() == Kind.CREDENTIALS;
                    config.listener().attemptFailed(uri, ending.loss().reason(), isRefused);
                }
                pause(uri, ending);
            }
        } catch (InterruptedException e) {
            log.warn("the link's thread was interrupted, so the link is closed");
        }
    }

    private ConnectionEnd attempt(URI uri, Config config) throws InterruptedException {
        AgentThread.step();
        Connection connection;
        try {
            boolean cleanStart = unreadable >= UNREADABLE_LIMIT;
            if (cleanStart)
                log.error("broker={} a queued message cannot be read: dropping all that it has queued", uri);
            connection = new Connection(uri, config, featuresOf(uri), outgoing, timers, cleanStart);
        } catch (LinkException | IllegalArgumentException e) {
            return ConnectionEnd.failed(String.valueOf(e.getMessage()), e);
        }
        synchronized (this) {
            current = Optional.of(connection);
        }
        if (isClosed()) connection.leave("closed");
        try {
            return connection.run();
        } finally {
            synchronized (this) {
                current = Optional.empty();
            }
        }
    }

    private void pause(URI uri, ConnectionEnd ending) throws InterruptedException {
        if (ending.up().filter(lived -> lived.compareTo(times.lasting()) >= 0).isPresent()) {
            backoff.reset();
            failures.reset();
        }
        unreadable = ending.kind() == Kind.UNREADABLE ? unreadable + 1 : 0;
        if (ending.kind() == Kind.LEFT || isHeldOff()) {
            log.info("broker={} disconnected: {}", uri, ending.loss().reason());
        } else {
            failures.report(uri, ending, System.nanoTime());
        }
        // A broker that worked is tried again first; the others only after it has failed.
        if (ending.up().isEmpty()) turn++;
        long wake = System.nanoTime() + delay(uri, ending).toNanos();
        AgentThread.idle();
        for (long left = remaining(wake); left > 0; left = remaining(wake)) {
            if (!hurry.tryAcquire(left, TimeUnit.NANOSECONDS)) continue;
            if (isClosed()) return;
            hurry.drainPermits();
            wake = System.nanoTime();
        }
    }

    /** Credentials that every broker has refused stay refused until a person changes something. */
    private Duration delay(URI uri, ConnectionEnd ending) {
        if (ending.kind() != Kind.CREDENTIALS) {
            refused = 0;
            if (ending.up().isPresent()) refusedBackoff.reset();
            if (ending.kind() == Kind.CUT) acceptedAt = Optional.of(System.nanoTime());
            return wasAcceptedLately() ? backoff.nextUpTo(MAX_WAIT_AFTER_CUT) : backoff.next();
        }
        if (++refused % broker.uris().size() > 0) return backoff.next();
        Duration wait = refusedBackoff.nextLong();
        log.warn(
                "broker={} refuses client \"{}\"; the next attempt, with the password file read again, is in {} s",
                uri,
                broker.clientId(),
                wait.toSeconds());
        return wait;
    }

    private boolean wasAcceptedLately() {
        return acceptedAt
                .filter(at -> System.nanoTime() - at < LATELY.toNanos())
                .isPresent();
    }

    private BrokerFeatures featuresOf(URI uri) {
        return Objects.requireNonNull(features.get(uri));
    }

    private synchronized long remaining(long wake) {
        long now = System.nanoTime();
        return Math.max(wake - now, holdUntil - now);
    }

    private synchronized boolean isHeldOff() {
        return holdUntil - System.nanoTime() > 0;
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    /**
     * What all connections of a link share.
     *
     * @param will empty: the client is a visitor
     */
    record Config(
            BrokerSettings broker,
            Credentials credentials,
            Optional<Supplier<Message>> will,
            List<Subscription> subscriptions,
            Listener listener,
            BrokerRefusals refusals,
            Times times) {
        Config {
            subscriptions = List.copyOf(subscriptions);
        }
    }
}
