package io.efka.agent.demo;

import io.efka.agent.wire.DeviceId;
import io.efka.agent.wire.Message;
import io.efka.agent.wire.MqttLink;
import io.efka.agent.wire.MqttLink.Inbound;
import io.efka.agent.wire.MqttLink.Lane;
import io.efka.agent.wire.MqttLink.Subscription;
import io.efka.agent.wire.Properties;
import io.efka.agent.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Commands the demo's agent as anybody would: through the broker, with a response topic. For one command. */
final class Operator implements AutoCloseable {
    private static final String REPLIES = "efka-demo/replies";
    private static final Message WILL = new Message("efka-demo/operator", new byte[0], 0, false, Properties.NONE);

    private final MqttLink link;
    private final Topics topics;
    private final CompletableFuture<Void> online = new CompletableFuture<>();
    private final CompletableFuture<String> reply = new CompletableFuture<>();

    /** Connects in the background with {@code link}, which it owns. */
    Operator(MqttLink link, DeviceId device) {
        this.link = link;
        this.topics = new Topics("efka", device, List.of());
        var subscriptions = List.of(new Subscription(topics.device("status"), true), new Subscription(REPLIES, false));
        link.open(WILL, subscriptions, new Ears());
    }

    /**
     * Waits until the device is online, sends it a command and waits for the reply.
     *
     * @return the reply's JSON text
     * @param limit for each of the three waits
     * @throws CancellationException if this was closed meanwhile
     */
    String command(String command, byte[] payload, Duration limit)
            throws InterruptedException, TimeoutException, ExecutionException {
        online.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        var properties = new Properties(
                Optional.of("application/json"),
                Optional.of(REPLIES),
                Optional.empty(), // no id: the ledger of an earlier demo must not answer for this one
                OptionalLong.empty(),
                List.of());
        link.publish(new Message(topics.device("cmd/" + command), payload, 1, false, properties), Lane.CONTROL)
                .get(limit.toMillis(), TimeUnit.MILLISECONDS);
        return reply.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        online.cancel(false);
        reply.cancel(false);
        link.close();
    }

    private final class Ears implements MqttLink.Listener {
        @Override
        public void connected(boolean sessionPresent) {}

        @Override
        public void disconnected(MqttLink.Loss loss) {}

        @Override
        public void received(Inbound inbound) {
            Message message = inbound.message();
            if (message.topic().equals(REPLIES)) {
                reply.complete(new String(message.payload(), StandardCharsets.UTF_8));
            } else {
                online.complete(null);
            }
            inbound.acknowledge();
        }
    }
}
