package io.efka.agent.artifact.mqtt;

import io.efka.agent.artifact.Cancellation;
import io.efka.agent.artifact.RateLimit;
import io.efka.agent.artifact.mqtt.ChunkFile.Layout;
import io.efka.agent.artifact.mqtt.TransferInbox.Item;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.mqtt.MqttLink.Lane;
import io.efka.protocol.DeviceId;
import io.efka.protocol.Topics.GroupId;
import io.efka.protocol.artifact.ArtifactInfo;
import io.efka.protocol.artifact.Holding;
import io.efka.protocol.artifact.Wish;
import io.efka.threads.AgentThread;
import io.efka.threads.FatalErrors;
import io.efka.threads.Timers;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One fetch of an artifact from the broker: does what {@link ChunkTransfer} decides. Confined to the download's thread. */
final class BrokerFetch {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerFetch.class);

    /** Between two reports of how much is here. */
    private static final Duration REPORT = Duration.ofSeconds(2);

    private static final Duration LAST_REPORT = Duration.ofSeconds(2);

    private final MqttLink link;
    private final TransferInbox inbox;
    private final ChunkTransfer transfer;
    private final ChunkFile file;
    private final DeviceId device;
    private final RateLimit rate;
    private final Timers timers;
    private final Optional<Layout> earlier;

    /** Groups in which somebody offers the artifact, in the order in which they did. */
    private final Set<GroupId> offering = new LinkedHashSet<>();

    /** Groups in which this device may not ask, and what the broker says. Written on any thread. */
    private final Map<GroupId, String> refusals = new ConcurrentSkipListMap<>(Comparator.comparing(GroupId::value));

    private long reportAt;
    private int reported = -1;
    private int unreadable;

    BrokerFetch(
            MqttLink link,
            TransferInbox inbox,
            ChunkTransfer transfer,
            ChunkFile file,
            DeviceId device,
            RateLimit rate,
            Timers timers)
            throws IOException {
        this.link = link;
        this.inbox = inbox;
        this.transfer = transfer;
        this.file = file;
        this.device = device;
        this.rate = rate;
        this.timers = timers;
        this.earlier = file.earlier();
        this.reportAt = timers.nanos();
    }

    /** Returns when all chunks are in the file. */
    void run(Cancellation cancellation) throws IOException {
        cancellation.onCancel(inbox::wake);
        Holding.State end = Holding.State.STOPPED;
        try {
            while (!transfer.isComplete()) {
                cancellation.check();
                long now = timers.nanos();
                if (refusals.keySet().containsAll(inbox.groups())) throw new IOException("mqtt: " + refusal());
                Optional<String> problem = transfer.problem(now);
                if (problem.isPresent()) throw new IOException("mqtt: " + reason(problem.get()));
                ask(now);
                report(now);
                await(now, cancellation);
            }
            // Chunks that are those of a forged info are not the artifact.
            if (file.isRightAsAWhole()) end = Holding.State.COMPLETE;
        } finally {
            cancellation.clear();
            reportEnd(end);
        }
    }

    private String reason(String problem) {
        if (!link.isUp()) return "there is no connection to the broker";
        String more = inbox.refusal().map(why -> "; " + why).orElse("");
        if (!refusals.isEmpty()) more += "; " + refusal();
        return problem + more + " in the groups " + inbox.groups();
    }

    private String refusal() {
        return "the broker refuses what this device asks for in " + refusals;
    }

    private void ask(long now) {
        Optional<Wish> wish = transfer.due(now);
        if (wish.isEmpty()) return;
        // Without an info nobody knows who has it. Otherwise the next group has its turn after each wish in vain.
        List<GroupId> candidates = offering.isEmpty() ? inbox.groups() : List.copyOf(offering);
        boolean isForAll = offering.isEmpty();
        int turn = transfer.unanswered() % candidates.size();
        for (GroupId group : isForAll ? candidates : List.of(candidates.get(turn))) {
            publish(inbox.topics(group).want(), wish.get().json())
                    .whenComplete(FatalErrors.top((done, problem) -> asked(group, problem)));
        }
    }

    /** On any thread. */
    private void asked(GroupId group, @Nullable Throwable problem) {
        if (!(problem instanceof LinkException failure) || !failure.isRefused()) return;
        refusals.put(group, String.valueOf(failure.getMessage()));
        inbox.wake();
    }

    private CompletableFuture<Void> publish(String topic, byte[] json) {
        return link.publish(new Message(topic, json, 1, false, Message.Properties.JSON), Lane.CONTROL);
    }

    private void await(long now, Cancellation cancellation) throws IOException {
        AgentThread.idle();
        try {
            long nanos = Math.min(transfer.untilDue(now), REPORT.toNanos());
            Optional<Item> item = inbox.take(Duration.ofNanos(nanos));
            AgentThread.step();
            if (item.isPresent()) handle(item.get(), cancellation);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    private void handle(Item item, Cancellation cancellation) throws IOException {
        // Until it is acknowledged the broker sends no more: it is slowed down.
        if (item instanceof Item.Received message) {
            rate.take(message.inbound().message().payload().length, cancellation);
        }
        long now = timers.nanos();
        if (item instanceof Item.Connected) transfer.connected(now);
        if (!(item instanceof Item.Received received)) return;
        try {
            take(received, now);
        } catch (IllegalArgumentException e) {
            if (unreadable++ == 0) {
                LOG.warn(
                        "a message on {} cannot be used: {}",
                        received.inbound().message().topic(),
                        e.getMessage());
            }
        } finally {
            received.inbound().acknowledge();
        }
    }

    private void take(Item.Received received, long now) throws IOException {
        byte[] payload = received.inbound().message().payload();
        switch (received.topic().kind()) {
            case INFO -> {
                if (payload.length > 0) offered(received.topic().of().group(), ArtifactInfo.parse(payload), now);
            }
            case PIECES -> {
                if (transfer.hashes(first(received.inbound().message()), payload, now)) begin();
            }
            case CHUNK -> chunk(Integer.parseInt(received.topic().detail()), payload, now);
            case WANT -> transfer.heard(Wish.parse(payload), now);
            case HAVE, ANSWER -> {}
        }
    }

    private void offered(GroupId group, ArtifactInfo info, long now) throws IOException {
        if (transfer.offered(info, now)) {
            LOG.info("artifact \"{}\" is offered in group {}: {} chunks", info.name(), group, info.chunks());
            if (earlier.filter(layout -> layout.info().isSameAs(info)).isPresent()) {
                Layout layout = earlier.get();
                transfer.resume(layout.info(), layout.hashes(), file.resume(layout), timers.nanos());
            }
        }
        if (transfer.info().filter(info::isSameAs).isPresent()) offering.add(group);
    }

    private void begin() throws IOException {
        var layout = new Layout(transfer.info().orElseThrow(), transfer.hashes().orElseThrow());
        transfer.found(file.begin(layout), timers.nanos());
    }

    private static int first(Message message) {
        return message.properties().user().stream()
                .filter(property -> property.name().equals("first"))
                .findFirst()
                .map(property -> Integer.parseInt(property.value()))
                .orElse(0);
    }

    private void chunk(int number, byte[] payload, long now) throws IOException {
        switch (transfer.chunk(number, payload, now)) {
            case STORE -> {
                file.store(number, payload);
                transfer.stored(number, now);
            }
            case BAD -> LOG.debug("chunk {} is not the one that was published", number);
            case IGNORE -> {}
        }
    }

    private void report(long now) {
        if (now - reportAt < 0 || transfer.have() == reported || transfer.info().isEmpty()) return;
        reported = transfer.have();
        reportAt = now + REPORT.toNanos();
        report(Holding.State.RECEIVING);
    }

    /** In every group in which it is offered: any of the publishers may be the one that is still there. */
    private CompletableFuture<Void> report(Holding.State state) {
        int of = transfer.info().map(ArtifactInfo::chunks).orElse(0);
        byte[] holding = new Holding(device, transfer.have(), of, state).json();
        return CompletableFuture.allOf(offering.stream()
                .map(group -> publish(inbox.topics(group).have(device), holding))
                .toArray(CompletableFuture<?>[]::new));
    }

    /** Gives the last report time to reach the broker: the connection ends after it. */
    private void reportEnd(Holding.State state) {
        if (transfer.info().isEmpty()) return;
        try {
            report(state).get(LAST_REPORT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("the last report of an artifact was not published", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
