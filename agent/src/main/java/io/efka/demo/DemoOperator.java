package io.efka.demo;

import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink;
import io.efka.mqtt.MqttLink.Inbound;
import io.efka.mqtt.MqttLink.Lane;
import io.efka.mqtt.MqttLink.Subscription;
import io.efka.protocol.DeviceId;
import io.efka.protocol.Topics;
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

/** Sends one command to the demo's agent as an operator would: through the broker, with a response topic. */
final class DemoOperator implements AutoCloseable {
    private static final String REPLIES = "efka-demo/replies";
    private static final Message WILL =
            new Message("efka-demo/operator", new byte[0], 0, false, Message.Properties.NONE);

    private final MqttLink link;
    private final Topics topics;
    private final CompletableFuture<Void> online = new CompletableFuture<>();
    private final CompletableFuture<String> reply = new CompletableFuture<>();

    /** Connects in the background with {@code link}, which it owns. */
    DemoOperator(MqttLink link, DeviceId device) {
        this.link = link;
        this.topics = new Topics("efka", device, List.of());
        var subscriptions = List.of(new Subscription(topics.device("status"), true), new Subscription(REPLIES, false));
        link.open(() -> WILL, subscriptions, new Ears());
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
        var properties = new Message.Properties(
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
