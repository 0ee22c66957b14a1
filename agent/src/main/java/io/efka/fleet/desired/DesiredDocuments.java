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
     * @param before what it takes the place of; if there is something else by now, nothing is published
     * @param payload empty: removes it from the broker
     * @throws FleetException if the broker refuses it, does not keep it, or somebody else has published another one
     */
    public void replace(DocumentId id, Optional<byte[]> before, byte[] payload)
            throws FleetException, InterruptedException {
        String topic = id.topic(topics);
        if (!isSame(present(id), before)) {
            throw new FleetException(
                    ExitCode.BUSY,
                    "nothing was changed: somebody else has published another " + id
                            + " meanwhile. See efka desired get " + id + ", and do it again");
        }
        var message = new Message(topic, payload, 1, true, Message.Properties.JSON);
        if (message.packetBytes() > session.maxPacket()) {
            throw new FleetException(
                    ExitCode.NOT_ALLOWED,
                    "the document has " + payload.length + " bytes, and the broker takes packets of "
                            + session.maxPacket() + ": bring files as an artifact");
        }
        var echo = new Echo(topic, payload);
        session.listen(echo);
        session.deliver(message);
        session.await(() -> echo.isBack, BACK);
        if (echo.isBack && !echo.isSecond) return;
        if (session.isInterrupted()) throw new FleetException(ExitCode.INTERRUPTED, "interrupted");
        if (echo.isBack) {
            throw new FleetException(
                    ExitCode.BUSY,
                    id + " was published, but somebody else has published another one at the same time. Devices refuse"
                            + " the second one if both have the same revision: see efka desired get " + id
                            + ", and put it again with a higher --revision");
        }
        throw new FleetException(
                ExitCode.BUSY,
                "the broker has acknowledged " + id + ", but does not have it " + BACK.toSeconds()
                        + " s later: may this account not write " + topic + "?");
    }

    private static boolean isSame(Optional<byte[]> one, Optional<byte[]> other) {
        return Arrays.equals(one.orElse(new byte[0]), other.orElse(new byte[0]));
    }

    /** Sees what was published come back, and whether somebody else was quicker. */
    private static final class Echo implements FleetSession.Listener {
        private final String topic;
        private final byte[] payload;
        private boolean isBack;
        private boolean isSecond;

        Echo(String topic, byte[] payload) {
            this.topic = topic;
            this.payload = payload;
        }

        @Override
        public void received(Message message) {
            if (isBack || !message.topic().equals(topic)) return;
            if (Arrays.equals(message.payload(), payload)) isBack = true;
            else isSecond = true;
        }
    }
}
