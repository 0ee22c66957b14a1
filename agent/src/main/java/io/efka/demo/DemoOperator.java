package io.efka.demo;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
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
import java.util.function.Consumer;

/** Sends commands to the demo's agent and watches its services as an operator would: through the broker. */
final class DemoOperator implements AutoCloseable {
    private static final String REPLIES = "efka-demo/replies";
    private static final Message WILL =
            new Message("efka-demo/operator", new byte[0], 0, false, Message.Properties.NONE);

    private final MqttLink link;
    private final Topics topics;
    private final Consumer<String> ready;
    private final CompletableFuture<Void> online = new CompletableFuture<>();
    private final CompletableFuture<String> reply = new CompletableFuture<>();

    /**
     * Connects in the background with {@code link}, which it owns.
     *
     * @param ready told the name of a service at each status in which it runs and is ready; on the link's thread
     */
    DemoOperator(MqttLink link, DeviceId device, Consumer<String> ready) {
        this.link = link;
        this.topics = new Topics("efka", device, List.of());
        this.ready = ready;
        var subscriptions = List.of(
                new Subscription(topics.device("status"), true),
                new Subscription(topics.device("svc/+/status"), true),
                new Subscription(REPLIES, false));
        link.open(() -> WILL, subscriptions, new Ears());
    }

    /** @throws CancellationException if this was closed meanwhile */
    void awaitOnline(Duration limit) throws InterruptedException, TimeoutException, ExecutionException {
        online.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Sends the device a command and waits for the reply.
     *
     * @return the reply's JSON text
     * @param limit for each of the two waits
     * @throws CancellationException if this was closed meanwhile
     */
    String command(String command, byte[] payload, Duration limit)
            throws InterruptedException, TimeoutException, ExecutionException {
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
            String text = new String(message.payload(), StandardCharsets.UTF_8);
            if (message.topic().equals(REPLIES)) {
                reply.complete(text);
            } else if (message.topic().equals(topics.device("status"))) {
                online.complete(null);
            } else if (!text.isEmpty()) {
                status(JsonParser.parseString(text).getAsJsonObject());
            }
            inbound.acknowledge();
        }

        private void status(JsonObject status) {
            JsonElement service = status.get("service");
            JsonElement isReady = status.get("ready");
            if (service != null && isReady != null && isReady.getAsBoolean()) ready.accept(service.getAsString());
        }
    }
}
