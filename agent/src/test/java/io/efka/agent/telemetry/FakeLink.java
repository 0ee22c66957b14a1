package io.efka.agent.telemetry;

import io.efka.agent.wire.LinkException;
import io.efka.agent.wire.Message;
import io.efka.agent.wire.MqttLink;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A link whose acknowledgements the test gives. */
final class FakeLink implements MqttLink {
    final List<Sent> sent = new ArrayList<>();
    boolean up = true;

    record Sent(Message message, Lane lane, CompletableFuture<Void> done) {
        String topic() {
            return message.topic();
        }

        String text() {
            return new String(message.payload(), StandardCharsets.UTF_8);
        }

        void acknowledge() {
            done.complete(null);
        }

        void fail() {
            done.completeExceptionally(new LinkException("the connection was lost"));
        }
    }

    @Override
    public void open(Message will, List<Subscription> subscriptions, Listener listener) {}

    @Override
    public CompletableFuture<Void> publish(Message message, Lane lane) {
        var entry = new Sent(message, lane, new CompletableFuture<>());
        if (!up) entry.fail();
        else sent.add(entry);
        return entry.done;
    }

    @Override
    public void holdOff(Duration pause) {}

    @Override
    public boolean isUp() {
        return up;
    }

    @Override
    public void close() {}

    Sent last() {
        return sent.get(sent.size() - 1);
    }

    /** The link goes down: what was not acknowledged fails. */
    void drop() {
        up = false;
        List.copyOf(sent).forEach(Sent::fail);
    }
}
