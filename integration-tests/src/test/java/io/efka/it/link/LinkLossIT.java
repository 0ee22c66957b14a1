package io.efka.it.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fixtures.Await;
import io.efka.it.Brokers;
import io.efka.it.FlakyProxy;
import io.efka.it.TestBroker;
import io.efka.mqtt.BrokerSettings;
import io.efka.mqtt.Message;
import io.efka.mqtt.MqttLink.Inbound;
import io.efka.mqtt.MqttLink.Lane;
import io.efka.mqtt.MqttLink.Subscription;
import io.efka.mqtt.Outbox;
import io.efka.mqtt.paho.PahoLink;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Nothing is lost on a line that is cut while it is busy. The broker has Mosquitto's defaults (10 topic aliases, a
 * window of 20, Nagle) but for {@code max_queued_messages 0}: without it the broker itself drops what it holds for a
 * subscriber beyond 1,000.
 */
class LinkLossIT {
    private static final int MESSAGES = 10_000;
    private static final int RESETS = 5;

    private final TestTimers timers = new TestTimers();
    private TestBroker broker;
    private FlakyProxy proxy;

    @BeforeEach
    void start() throws Exception {
        broker = Brokers.stock("max_queued_messages 0");
        proxy = new FlakyProxy(broker.port());
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        broker.close();
        timers.close();
    }

    @Test
    void tenThousandPublishesSurviveFiveResets() throws Exception {
        var observed = new RecordingListener(Inbound::acknowledge, () -> {});
        try (PahoLink observer = link(URI.create(broker.uri()), "observer");
                PahoLink link = link(proxy.uri(), "publisher")) {
            observer.open(() -> will("observer"), List.of(new Subscription("loss/#", true)), observed);
            Await.until("observer is up", Duration.ofSeconds(10), observer::isUp);
            var outbox = new Outbox(link, timers, MESSAGES, 64 << 20);
            var heard = new RecordingListener(message -> {}, outbox::connected);
            link.open(() -> will("publisher"), List.of(), heard);
            Await.until("publisher is up", Duration.ofSeconds(10), link::isUp);

            int cut = 0;
            for (int i = 0; i < MESSAGES; i++) {
                var sent = outbox.send(message("loss/" + i % 7, Integer.toString(i)));
                // Full speed would be over before the first cut: wait for the middle of every stretch, and cut there.
                if (cut < RESETS && i == (cut + 1) * MESSAGES / (RESETS + 1)) {
                    Await.until("connected again", Duration.ofSeconds(60), link::isUp);
                    // Cut twice before anything is acknowledged, a topic is suspected of causing it and sent last.
                    int waiting = outbox.size();
                    Await.until(
                            "acknowledgements of every topic",
                            Duration.ofSeconds(60),
                            () -> waiting < 100 || outbox.size() < waiting - 50 || !link.isUp());
                    assertThat(proxy.reset()).as("live connections cut").isEqualTo(1);
                    cut++;
                }
                if (i % 100 == 99 && link.isUp())
                    Await.until("some progress", Duration.ofSeconds(60), () -> sent.isDone() || !link.isUp());
            }
            Await.until("all acknowledged", Duration.ofMinutes(2), () -> outbox.size() == 0);
            Await.until(
                    "all observed",
                    Duration.ofSeconds(20),
                    () -> distinct(observed).size() == MESSAGES);

            List<String> texts = texts(observed);
            System.out.printf(
                    "loss suite: %d publishes, %d resets, %d connects, %d lost, %d duplicates%n",
                    MESSAGES,
                    cut,
                    heard.connects.size(),
                    MESSAGES - distinct(observed).size(),
                    texts.size() - MESSAGES);
            assertThat(List.copyOf(distinct(observed))).isEqualTo(numbers(MESSAGES));
            assertThat(heard.losses).hasSize(RESETS);
            assertThat(outbox.dropped()).isZero();
        }
    }

    @Test
    void commandsQueuedWhileAwayArriveAndComeAgainUntilAcknowledged() throws Exception {
        var first = new RecordingListener();
        try (PahoLink device = link(proxy.uri(), "device");
                PahoLink operator = link(URI.create(broker.uri()), "operator")) {
            operator.open(() -> will("operator"), List.of(), new RecordingListener());
            Await.until("operator is up", Duration.ofSeconds(10), operator::isUp);
            device.open(() -> will("device"), List.of(new Subscription("cmd/#", false)), first);
            Await.until("device is up", Duration.ofSeconds(10), device::isUp);

            device.holdOff(Duration.ofSeconds(2));
            Await.until("device is away", Duration.ofSeconds(5), () -> !first.losses.isEmpty());
            for (int i = 0; i < 300; i++) {
                operator.publish(message("cmd/x", Integer.toString(i)), Lane.BULK)
                        .join();
            }
            Await.until("some have come", Duration.ofSeconds(20), () -> first.messages.size() >= 20);
            assertThat(first.connects).containsExactly(false, true);

            proxy.reset();
            Await.until("the reset is noticed", Duration.ofSeconds(20), () -> first.losses.size() == 2);
            int before = first.messages.size();
            Await.until("they come again", Duration.ofSeconds(20), () -> first.messages.size() >= before + 20);
            assertThat(texts(first).subList(before, before + 20)).isEqualTo(numbers(20));

            // Of a connection that is gone: must do no harm.
            List.copyOf(first.messages).subList(0, before).forEach(Inbound::acknowledge);
            acknowledgeFrom(first, before);
            assertThat(texts(first).subList(before, before + 300)).isEqualTo(numbers(300));
            assertThat(first.connects).hasSize(3);
        }
    }

    private static void acknowledgeFrom(RecordingListener ear, int start) throws InterruptedException {
        int done = start;
        while (done < start + 300) {
            int next = done;
            Await.until("message " + next, Duration.ofSeconds(10), () -> ear.messages.size() > next);
            ear.messages.get(done++).acknowledge();
        }
    }

    private PahoLink link(URI uri, String clientId) {
        var settings = new BrokerSettings(
                List.of(uri),
                clientId,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return new PahoLink(settings, timers, new Random(7));
    }

    private static Set<String> distinct(RecordingListener ear) {
        return new LinkedHashSet<>(texts(ear));
    }

    private static List<String> texts(RecordingListener ear) {
        return ear.messages.stream()
                .map(m -> new String(m.message().payload(), UTF_8))
                .toList();
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }

    private static Message message(String topic, String text) {
        return new Message(topic, text.getBytes(UTF_8), 1, false, Message.Properties.NONE);
    }

    private static Message will(String clientId) {
        return message("will/" + clientId, "gone");
    }
}
