package io.efka.fleet.session;

import io.efka.mqtt.Message;
import io.efka.protocol.FleetTopics;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Messages of a session to itself. A mark that is published behind a subscription comes back behind what is retained there, at
 * a broker that keeps the order. All of a session's marks are numbered together: whoever waits for one is not misled by that of
 * another. Used by the session's thread.
 */
public final class Marks implements FleetSession.Listener {
    private final FleetSession session;
    private final String topic;
    private int last;
    private int back;
    private boolean isSubscribed;

    Marks(FleetSession session) {
        this.session = session;
        // Below a device that does not exist, because that is where operators may publish.
        this.topic = new FleetTopics(session.prefix()).device(session.name(), "cmd/mark");
    }

    /** A mark that is to be published. */
    public final class Mark {
        private final int number = ++last;

        private Mark() {}

        /** What to publish. */
        public Message message() {
            byte[] payload = Integer.toString(number).getBytes(StandardCharsets.UTF_8);
            return new Message(topic, payload, 1, false, Message.Properties.NONE);
        }

        /** Whether it has come back, or a later one has. */
        public boolean isBack() {
            return back >= number;
        }
    }

    /** Subscribes to the marks, if this connection has not yet. */
    public void subscribe() throws FleetException, InterruptedException {
        if (isSubscribed) return;
        session.subscribe(List.of(topic), 1, false);
        isSubscribed = true;
    }

    /** A new mark, which will be heard of when it comes back. */
    public Mark next() throws FleetException, InterruptedException {
        subscribe();
        return new Mark();
    }

    @Override
    public void received(Message message) {
        if (message.topic().equals(topic)) back = Math.max(back, number(message));
    }

    /** Anybody may publish there: what is no number is no mark. */
    private static int number(Message message) {
        try {
            return Integer.parseInt(new String(message.payload(), StandardCharsets.UTF_8));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    @Override
    public void reconnected() {
        isSubscribed = false;
    }
}
