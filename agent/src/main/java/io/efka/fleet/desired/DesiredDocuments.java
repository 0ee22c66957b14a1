package io.efka.fleet.desired;

import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.session.RetainedMessages;
import io.efka.mqtt.Message;
import io.efka.protocol.FleetTopics;
import io.efka.protocol.Topics.GroupId;
import io.efka.threads.ExitCode;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The desired documents at the broker. Confined to the command's thread. */
public final class DesiredDocuments {
    private static final Duration BACK = Duration.ofSeconds(10);

    private final FleetSession session;
    private final FleetTopics topics;
    private final RetainedMessages messages;

    public DesiredDocuments(FleetSession session) {
        this.session = session;
        this.topics = new FleetTopics(session.prefix());
        this.messages = new RetainedMessages(session);
    }

    /** All documents, of devices and of groups. */
    public SortedMap<DocumentId, byte[]> all() throws FleetException, InterruptedException {
        return read(topics.device(FleetTopics.ANY, "desired/+"), topics.device("group", "+/desired/+"));
    }

    /**
     * The documents of groups.
     *
     * @param group empty: of any
     * @param name empty: any
     */
    public SortedMap<DocumentId, byte[]> ofGroups(Optional<GroupId> group, Optional<String> name)
            throws FleetException, InterruptedException {
        String leaf = "desired/" + name.orElse(FleetTopics.ANY);
        return read(group.map(one -> topics.group(one, leaf))
                .orElseGet(() -> topics.device("group", FleetTopics.ANY + "/" + leaf)));
    }

    private SortedMap<DocumentId, byte[]> read(String... filters) throws FleetException, InterruptedException {
        var found = new TreeMap<DocumentId, byte[]>();
        for (Map.Entry<String, byte[]> one : messages.read(List.of(filters)).entrySet()) {
            DocumentId.ofTopic(topics, one.getKey()).ifPresent(id -> found.put(id, one.getValue()));
        }
        return found;
    }

    /** One document; it is followed from then on. */
    public Optional<byte[]> follow(DocumentId id) throws FleetException, InterruptedException {
        messages.follow(List.of(id.topic(topics)));
        return present(id);
    }

    /** As it came last, of one that is followed. */
    public Optional<byte[]> present(DocumentId id) {
        return Optional.ofNullable(messages.payloads().get(id.topic(topics)));
    }

    /**
     * Publishes a document that is followed, and reads it back.
     *
     * @param payload empty: removes it from the broker
     * @throws FleetException if the broker refuses it, does not keep it, or somebody else has published another one
     */
    public void publish(DocumentId id, byte[] payload) throws FleetException, InterruptedException {
        String topic = id.topic(topics);
        var message = new Message(topic, payload, 1, true, Message.Properties.JSON);
        if (message.packetBytes() > session.maxPacket()) {
            throw new FleetException(
                    ExitCode.NOT_ALLOWED,
                    "the document has " + payload.length + " bytes, and the broker takes packets of "
                            + session.maxPacket() + ": bring files as an artifact");
        }
        session.deliver(message);
        boolean isBack = session.await(() -> isPresent(id, payload), BACK);
        if (isBack) return;
        if (session.isInterrupted()) throw new FleetException(ExitCode.INTERRUPTED, "interrupted");
        throw new FleetException(
                ExitCode.BUSY,
                "the broker has acknowledged " + id + ", but does not have it " + BACK.toSeconds()
                        + " s later: somebody else has published another one, or may this account not write " + topic
                        + "?");
    }

    private boolean isPresent(DocumentId id, byte[] payload) {
        return present(id).map(now -> Arrays.equals(now, payload)).orElse(payload.length == 0);
    }
}
