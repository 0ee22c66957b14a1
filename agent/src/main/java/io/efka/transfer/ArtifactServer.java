package io.efka.transfer;

import io.efka.mqtt.LinkException;
import io.efka.mqtt.MqttLink;
import io.efka.mqtt.MqttLink.Inbound;
import io.efka.mqtt.MqttLink.Subscription;
import io.efka.protocol.artifact.Answer;
import io.efka.protocol.artifact.ArtifactTopics;
import io.efka.protocol.artifact.ArtifactTopics.Parsed;
import io.efka.protocol.artifact.Holding;
import io.efka.protocol.artifact.Wish;
import io.efka.threads.AgentThread;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers what devices ask for, on the thread that calls {@link #run}. The link's callbacks only enqueue; the broker sends
 * at most 16 messages before one of them is handled and acknowledged.
 */
public final class ArtifactServer implements MqttLink.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(ArtifactServer.class);

    /** Between two looks at the time. */
    private static final Duration LOOK = Duration.ofMillis(250);

    /** An artifact that nobody asks for is forgotten after this time. */
    private static final Duration IDLE = Duration.ofMinutes(2);

    /** The same if others wait. Longer than a device waits before it asks again. */
    private static final Duration UNUSED = Duration.ofSeconds(10);

    /** Artifacts that are sent at once. What is asked for beyond is asked for again. */
    private static final int MAX_SENDERS = 8;

    private final SenderId self;
    private final String prefix;
    private final Library library;
    private final MqttLink link;
    private final Pace pace;
    private final LongSupplier clock;
    private final RandomGenerator chance;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Map<ArtifactTopics, ArtifactSender> senders = new LinkedHashMap<>();
    private long sentBefore;
    private volatile boolean isClosed;

    /** What can be sent. Called on the server's thread. */
    public interface Library {
        /** How to read an artifact; empty if it is not there. */
        Optional<ArtifactSender.Loader> find(ArtifactTopics topics);

        /** It cannot be sent: it has changed, or the broker refuses it. */
        void failed(ArtifactTopics topics, IOException problem) throws IOException;

        /** It is not sent any more, for now. */
        void released(ArtifactTopics topics);
    }

    /** Who watches what happens. Called on the server's thread. */
    public interface Watcher {
        /** The connection is up, for the first time or again. */
        void connected() throws IOException;

        /** A device says how much it has. */
        void holds(Holding holding);

        /** A device asks for something. */
        void wishes(Wish wish);

        /** The broker has refused these subscriptions, each with the reason in words; one is enough to end the server. */
        default void refused(Map<String, String> filters) throws IOException {
            for (Map.Entry<String, String> one : filters.entrySet()) {
                String words = "the broker refuses the subscription to " + one.getKey() + ": " + one.getValue();
                throw new IOException(words, LinkException.refused(words));
            }
        }

        /** Called several times a second. @return whether the server should end */
        boolean isOver(long now) throws IOException;
    }

    private interface Event {
        void handle(long now, Watcher watcher) throws IOException;
    }

    /** @param clock monotonic nanoseconds */
    public ArtifactServer(
            SenderId self,
            String prefix,
            Library library,
            MqttLink link,
            long rate,
            LongSupplier clock,
            RandomGenerator chance) {
        this.self = self;
        this.prefix = prefix;
        this.library = library;
        this.link = link;
        this.pace = new Pace(rate, clock.getAsLong());
        this.clock = clock;
        this.chance = chance;
    }

    /**
     * Opens the link, and answers until the watcher says that it is over, or {@link #close}.
     *
     * @throws IOException if the library says that a failure ends it
     */
    public void run(List<Subscription> subscriptions, Watcher watcher) throws IOException, InterruptedException {
        link.visit(subscriptions, this);
        while (!isClosed) {
            AgentThread.step();
            long now = clock.getAsLong();
            if (watcher.isOver(now)) return;
            long wait = pump(now);
            AgentThread.idle();
            Event event = events.poll(wait, TimeUnit.NANOSECONDS);
            if (event != null) event.handle(clock.getAsLong(), watcher);
        }
    }

    private long pump(long now) throws IOException {
        long wait = LOOK.toNanos();
        for (ArtifactTopics topics : List.copyOf(senders.keySet())) {
            ArtifactSender sender = senders.get(topics);
            if (sender == null) continue;
            try {
                wait = Math.min(wait, sender.pump(now));
                if (sender.isIdle() && now - sender.usedAt() > IDLE.toNanos()) release(topics);
            } catch (IOException e) {
                failed(topics, e);
            }
        }
        return wait;
    }

    private void failed(ArtifactTopics topics, IOException problem) throws IOException {
        release(topics);
        library.failed(topics, problem);
    }

    private void release(ArtifactTopics topics) {
        ArtifactSender sender = senders.remove(topics);
        if (sender == null) return;
        sentBefore += sender.sentBytes();
        library.released(topics);
    }

    /** Publishes the info of an artifact of the library. On the server's thread. */
    public void offer(ArtifactTopics topics) throws IOException {
        Optional<ArtifactSender> sender = sender(topics);
        if (sender.isPresent()) sender.get().offer(clock.getAsLong());
    }

    private Optional<ArtifactSender> sender(ArtifactTopics topics) {
        ArtifactSender known = senders.get(topics);
        if (known != null) return Optional.of(known);
        if (senders.size() == MAX_SENDERS && !releasesOne()) return Optional.empty();
        Optional<ArtifactSender> added = library.find(topics)
                .map(loader -> new ArtifactSender(self, loader, link, pace, this::wake, chance, clock.getAsLong()));
        added.ifPresent(sender -> senders.put(topics, sender));
        return added;
    }

    /** The one that was used least recently, if nobody asks for it just now. */
    private boolean releasesOne() {
        long now = clock.getAsLong();
        Optional<ArtifactTopics> oldest = senders.entrySet().stream()
                .filter(one -> one.getValue().isIdle() && now - one.getValue().usedAt() > UNUSED.toNanos())
                .max(Comparator.comparingLong(one -> now - one.getValue().usedAt()))
                .map(Map.Entry::getKey);
        oldest.ifPresent(this::release);
        return oldest.isPresent();
    }

    /** Bytes of chunks that were sent, of all artifacts. On the server's thread. */
    public long sentBytes() {
        return sentBefore
                + senders.values().stream().mapToLong(ArtifactSender::sentBytes).sum();
    }

    /** Whether there is nothing to send now. On the server's thread. */
    public boolean isIdle() {
        return senders.values().stream().allMatch(ArtifactSender::isIdle);
    }

    private void wake() {
        events.add((now, watcher) -> {});
    }

    @Override
    public void connected(boolean sessionPresent) {
        events.add((now, watcher) -> watcher.connected());
    }

    @Override
    public void disconnected(MqttLink.Loss loss) {
        // The link connects again; what it had not published is published then.
    }

    @Override
    public void subscriptionsRefused(Map<String, String> refused) {
        events.add((now, watcher) -> watcher.refused(refused));
    }

    @Override
    public void received(Inbound inbound) {
        Optional<Parsed> topic = ArtifactTopics.parse(prefix, inbound.message().topic());
        if (topic.isEmpty() || inbound.message().qos() == 0) {
            inbound.acknowledge();
            return;
        }
        events.add((now, watcher) -> {
            try {
                handle(topic.get(), inbound.message().payload(), now, watcher);
            } catch (IllegalArgumentException e) {
                LOG.debug(
                        "a message on {} cannot be used: {}", inbound.message().topic(), e.getMessage());
            } finally {
                inbound.acknowledge();
            }
        });
    }

    private void handle(Parsed topic, byte[] payload, long now, Watcher watcher) throws IOException {
        switch (topic.kind()) {
            case WANT -> {
                Wish wish = Wish.parse(payload);
                watcher.wishes(wish);
                wished(topic.of(), wish, now);
            }
            case ANSWER -> {
                ArtifactSender sender = senders.get(topic.of());
                if (sender != null) sender.answered(Answer.parse(payload), now);
            }
            case HAVE -> watcher.holds(Holding.parse(payload));
            case INFO, PIECES, CHUNK -> {}
        }
    }

    private void wished(ArtifactTopics topics, Wish wish, long now) throws IOException {
        try {
            Optional<ArtifactSender> sender = sender(topics);
            if (sender.isPresent()) sender.get().wished(wish, now);
        } catch (IOException e) {
            failed(topics, e);
        }
    }

    /** Ends {@link #run}. From any thread. */
    public void close() {
        isClosed = true;
        wake();
    }
}
