package io.efka.agent.artifact.mqtt;

import io.efka.mqtt.MqttLink;
import io.efka.mqtt.MqttLink.Inbound;
import io.efka.mqtt.MqttLink.Subscription;
import io.efka.protocol.Sha256;
import io.efka.protocol.Topics.GroupId;
import io.efka.protocol.artifact.ArtifactTopics;
import io.efka.protocol.artifact.ArtifactTopics.Parsed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Hands what arrives for one transfer to the thread of the download, which acknowledges it. The broker sends at most 16
 * messages before that, so nothing piles up here. Thread-safe; its callbacks never block.
 */
final class TransferInbox implements MqttLink.Listener {
    /** More than the broker may send unacknowledged: only messages at QoS 0, which nobody of Efka sends, exceed it. */
    private static final int MAX = 2 * MqttLink.VISITOR_MESSAGES;

    private final String prefix;
    private final Sha256 artifact;
    private final List<GroupId> groups;
    private final LinkedBlockingQueue<Item> items = new LinkedBlockingQueue<>();
    private volatile Map<String, String> refused = Map.of();

    /** What has happened: a message, a new connection, or nothing but a reason to look around. */
    sealed interface Item {
        record Received(Inbound inbound, Parsed topic) implements Item {}

        record Connected() implements Item {}

        record Woken() implements Item {}
    }

    TransferInbox(String prefix, Sha256 artifact, List<GroupId> groups) {
        this.prefix = prefix;
        this.artifact = artifact;
        this.groups = List.copyOf(groups);
    }

    List<GroupId> groups() {
        return groups;
    }

    ArtifactTopics topics(GroupId group) {
        return new ArtifactTopics(prefix, group, artifact);
    }

    List<Subscription> subscriptions() {
        var all = new ArrayList<Subscription>();
        for (GroupId group : groups) {
            all.add(new Subscription(topics(group).filter(), true));
            all.add(new Subscription(topics(group).chunkFilter(), false));
        }
        return all;
    }

    @Override
    public void connected(boolean sessionPresent) {
        items.add(new Item.Connected());
    }

    @Override
    public void disconnected(MqttLink.Loss loss) {
        // The link connects again.
    }

    @Override
    public void subscriptionsRefused(Map<String, String> filters) {
        refused = new LinkedHashMap<>(filters);
    }

    @Override
    public void received(Inbound inbound) {
        Optional<Parsed> topic = ArtifactTopics.parse(prefix, inbound.message().topic());
        boolean isOurs = topic.isPresent()
                && topic.get().of().artifact().equals(artifact)
                && groups.contains(topic.get().of().group());
        if (isOurs && items.size() < MAX) items.add(new Item.Received(inbound, topic.get()));
        else inbound.acknowledge();
    }

    /** Ends a {@link #take}. */
    void wake() {
        items.add(new Item.Woken());
    }

    /** Waits for the next thing that happens, but no longer than this. */
    Optional<Item> take(Duration limit) throws InterruptedException {
        return Optional.ofNullable(items.poll(limit.toNanos(), TimeUnit.NANOSECONDS));
    }

    /** In words, which subscriptions the broker has refused and why; empty if none. */
    Optional<String> refusal() {
        return refused.entrySet().stream()
                .findFirst()
                .map(one -> "the broker refuses the subscription to " + one.getKey() + ": " + one.getValue());
    }
}
