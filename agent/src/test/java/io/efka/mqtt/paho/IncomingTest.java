package io.efka.mqtt.paho;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.supervision.FakeTimers;
import io.efka.mqtt.BrokerSettings;
import io.efka.mqtt.MqttLink.Inbound;
import io.efka.mqtt.MqttLink.Listener;
import io.efka.mqtt.MqttLink.Loss;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class IncomingTest {
    private static final int BOUND = 1_000;

    private final ArrayDeque<Runnable> linkThread = new ArrayDeque<>();
    private final List<String> handed = new ArrayList<>();
    private Incoming incoming;

    @BeforeEach
    void create() throws Exception {
        URI uri = URI.create("tcp://localhost:1");
        var broker = new BrokerSettings(
                List.of(uri),
                "c",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        var client = new FreshClient(
                "c",
                Networks.to(uri, new Credentials(broker), Duration.ofSeconds(1), new PahoResponses()),
                new LinkPings(new FakeTimers(), linkThread::add),
                new PahoThreads(death -> {}));
        incoming = new Incoming(client, new Recorder(), linkThread::add, how -> {});
    }

    @Test
    void whatArrivesBeforeTheSubscriptionsIsBoundedAtQos0() {
        for (int i = 0; i < BOUND + 10; i++) {
            arrive(i, 0);
            runLinkThread();
        }
        arrive(BOUND + 10, 1);
        runLinkThread();
        assertThat(handed).isEmpty();

        incoming.open();

        assertThat(handed).hasSize(BOUND + 1).startsWith("0").endsWith(String.valueOf(BOUND + 10));
    }

    @Test
    void afterwardsThereIsRoomAgain() {
        for (int i = 0; i < BOUND; i++) arrive(i, 0);
        runLinkThread();
        incoming.open();
        handed.clear();

        for (int i = 0; i < 2 * BOUND; i++) {
            arrive(i, 0);
            runLinkThread();
        }

        assertThat(handed).hasSize(2 * BOUND);
    }

    private void arrive(int number, int qos) {
        var message = new MqttMessage(String.valueOf(number).getBytes(UTF_8), qos, false, new MqttProperties());
        incoming.messageArrived("efka/dev1/cmd/ping", message);
    }

    private void runLinkThread() {
        for (Runnable task = linkThread.poll(); task != null; task = linkThread.poll()) task.run();
    }

    private final class Recorder implements Listener {
        @Override
        public void connected(boolean sessionPresent) {}

        @Override
        public void disconnected(Loss loss) {}

        @Override
        public void received(Inbound message) {
            handed.add(new String(message.message().payload(), UTF_8));
        }
    }
}
