package io.efka.mqtt.paho;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.mqtt.BrokerSettings;
import io.efka.mqtt.LinkException;
import io.efka.mqtt.MqttLink;
import io.efka.threads.Timers;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class VisitorRequestsTest {
    private static final long LIMIT_S = 15;

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private Optional<ScriptedBroker> broker = Optional.empty();
    private Optional<PahoLink> link = Optional.empty();

    @AfterEach
    void close() throws Exception {
        link.ifPresent(PahoLink::close);
        if (broker.isPresent()) broker.get().close();
    }

    private PahoLink visiting(ScriptedBroker at) throws Exception {
        broker = Optional.of(at);
        var settings = new BrokerSettings(
                List.of(at.uri()),
                "cli1",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        var visitor = new PahoLink(settings, new NoTimers(), new Random(1), Times.DEFAULT);
        link = Optional.of(visitor);
        visitor.visit(List.of(), new Heard());
        assertThat(next()).isEqualTo("connected");
        return visitor;
    }

    private String next() throws InterruptedException {
        String one = heard.poll(LIMIT_S, TimeUnit.SECONDS);
        return one == null ? "nothing" : one;
    }

    private static Throwable failure(CompletableFuture<?> request) throws Exception {
        try {
            request.get(LIMIT_S, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            return Objects.requireNonNull(e.getCause());
        }
        throw new AssertionError("was answered");
    }

    @Test
    void filtersThatAreRefusedAreToldWithTheReason() throws Exception {
        PahoLink visitor = visiting(ScriptedBroker.granting().subscribing((number, filters) -> new int[] {1, 0x87}));

        Map<String, String> refused =
                visitor.subscribe(List.of("efka/a", "efka/b"), 1, true).get(LIMIT_S, TimeUnit.SECONDS);

        assertThat(refused).containsOnlyKeys("efka/b");
        assertThat(refused.get("efka/b")).contains("not authorised");
    }

    @Test
    void retainedMessagesAreAskedForOrNot() throws Exception {
        PahoLink visitor = visiting(ScriptedBroker.granting());
        visitor.subscribe(List.of("efka/a"), 0, true).get(LIMIT_S, TimeUnit.SECONDS);
        visitor.subscribe(List.of("efka/a"), 1, false).get(LIMIT_S, TimeUnit.SECONDS);

        List<ScriptedBroker.Packet> asked = broker.orElseThrow().received(ScriptedBroker.SUBSCRIBE);
        assertThat(options(asked.get(0)) & 0x33).as("QoS 0, retain handling 0").isZero();
        assertThat(options(asked.get(1)) & 0x33).as("QoS 1, retain handling 2").isEqualTo(0x21);
    }

    private static int options(ScriptedBroker.Packet subscribe) {
        return subscribe.body()[subscribe.body().length - 1];
    }

    @Test
    void whatIsNotAnsweredFailsWhenTheConnectionIsLost() throws Exception {
        var asked = new CompletableFuture<Boolean>();
        PahoLink visitor = visiting(ScriptedBroker.granting().subscribing((number, filters) -> {
            asked.complete(true);
            return new int[0];
        }));

        CompletableFuture<Map<String, String>> request = visitor.subscribe(List.of("efka/a"), 1, true);
        asked.get(LIMIT_S, TimeUnit.SECONDS);
        assertThat(request).isNotDone();
        broker.orElseThrow().cut();

        assertThat(LinkException.kindOf(failure(request))).isEqualTo(LinkException.Kind.LOST);
        assertThat(next()).isEqualTo("disconnected");
        assertThat(next()).isEqualTo("connected");
    }

    @Test
    void theNextConnectionKnowsNothingOfWhatWasAskedForBefore() throws Exception {
        PahoLink visitor = visiting(ScriptedBroker.granting());
        visitor.subscribe(List.of("efka/a"), 1, true).get(LIMIT_S, TimeUnit.SECONDS);

        broker.orElseThrow().cut();
        assertThat(next()).isEqualTo("disconnected");
        assertThat(next()).isEqualTo("connected");
        visitor.subscribe(List.of("efka/b"), 1, true).get(LIMIT_S, TimeUnit.SECONDS);

        assertThat(broker.orElseThrow().received(ScriptedBroker.SUBSCRIBE))
                .extracting(ScriptedBroker.Packet::filters)
                .containsExactly(List.of("efka/a"), List.of("efka/b"));
    }

    @Test
    void withoutAConnectionTheyFailAtOnce() throws Exception {
        PahoLink visitor = visiting(ScriptedBroker.granting());
        broker.orElseThrow().close();
        assertThat(next()).isEqualTo("disconnected");

        assertThat(failure(visitor.subscribe(List.of("efka/a"), 1, true))).isInstanceOf(LinkException.class);
        assertThat(failure(visitor.unsubscribe(List.of("efka/a")))).isInstanceOf(LinkException.class);
    }

    @Test
    void afterItIsClosedTheyFailAtOnce() throws Exception {
        PahoLink visitor = visiting(ScriptedBroker.granting());
        visitor.close();

        assertThat(failure(visitor.subscribe(List.of("efka/a"), 1, true))).isInstanceOf(LinkException.class);
    }

    private final class Heard implements MqttLink.Listener {
        @Override
        public void connected(boolean sessionPresent) {
            heard.add("connected");
        }

        @Override
        public void disconnected(MqttLink.Loss loss) {
            heard.add("disconnected");
        }

        @Override
        public void received(MqttLink.Inbound message) {
            heard.add(new String(message.message().payload(), UTF_8));
        }

        @Override
        public void attemptFailed(URI broker, String reason, boolean isRefused) {
            // Of no interest.
        }
    }

    /** No test here lives long enough for a keep-alive. */
    private static final class NoTimers implements Timers {
        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            return () -> {};
        }
    }
}
