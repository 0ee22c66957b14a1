package io.efka.fleet.rollout;

import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.mqtt.Message;
import io.efka.protocol.FleetTopics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Waits until what is retained on some topics has come: a message to this client itself is sent behind the subscription, and comes back
 * behind it. Not more topics at once than a broker queues for a client. Confined to the command's thread.
 */
final class RetainedReader implements FleetSession.Listener {
    /** Half of what Mosquitto queues for a client. */
    static final int MAX_BATCH = 500;

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final FleetSession session;
    private final String markTopic;
    private int sent;
    private int back;

    RetainedReader(FleetSession session) {
        this.session = session;
        // Below a device that does not exist, because that is where operators may publish.
        this.markTopic = new FleetTopics(session.prefix()).device(session.name(), "cmd/mark");
        session.listen(this);
    }

    /** Subscribes to the topics, handles what comes, and ends the subscriptions. */
    void read(List<String> topics) throws FleetException, InterruptedException {
        for (int from = 0; from < topics.size(); from += MAX_BATCH) {
            readBatch(topics.subList(from, Math.min(from + MAX_BATCH, topics.size())));
        }
    }

    private void readBatch(List<String> topics) throws FleetException, InterruptedException {
        subscribe(topics);
        session.unsubscribe(List.copyOf(topics));
    }

    /** Subscribes for good, and handles what comes until all that is retained has come. */
    void subscribe(List<String> topics) throws FleetException, InterruptedException {
        if (sent == 0) session.subscribe(List.of(markTopic), 1, false);
        session.subscribe(new ArrayList<>(topics), 1, true);
        int wanted = ++sent;
        byte[] payload = Integer.toString(wanted).getBytes(StandardCharsets.UTF_8);
        session.deliver(new Message(markTopic, payload, 1, false, Message.Properties.NONE));
        // A broker that does not keep the order has sent by then what it has.
        session.await(() -> back >= wanted, LIMIT);
    }

    @Override
    public void received(Message message) {
        if (!message.topic().equals(markTopic)) return;
        try {
            back = Math.max(back, Integer.parseInt(new String(message.payload(), StandardCharsets.UTF_8)));
        } catch (NumberFormatException e) {
            // Somebody else's, and of no use.
            return;
        }
    }

    /** The session is another one: its subscriptions are gone. */
    @Override
    public void reconnected() {
        sent = 0;
        back = 0;
    }
}
