package io.efka.agent.app;

import static io.efka.agent.telemetry.Samples.CAMERA;
import static io.efka.agent.telemetry.Samples.stopped;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.command.handler.RetainedTopics.Cleared;
import io.efka.agent.session.BrokerSession;
import io.efka.agent.session.DevicePresence;
import io.efka.agent.session.DeviceStatusCodec;
import io.efka.agent.supervision.FakeTimers;
import io.efka.agent.telemetry.AgentInstance;
import io.efka.agent.telemetry.BrokerState;
import io.efka.agent.telemetry.MachineFacts;
import io.efka.agent.telemetry.RecordedEvents;
import io.efka.agent.telemetry.Samples;
import io.efka.agent.telemetry.Version;
import io.efka.mqtt.FakeLink;
import io.efka.mqtt.LinkException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class DepartureTest {
    private final FakeTimers timers = new FakeTimers();
    private final FakeLink link = new FakeLink();
    private final DevicePresence presence = new DevicePresence(
            Runnable::run,
            new DeviceStatusCodec(
                    new AgentInstance(17, "a1", new Version("0.1.0"), timers.now()),
                    new MachineFacts("gw", "Linux", "17", Optional.of(Instant.EPOCH)),
                    Samples.TOPICS),
            Samples.TOPICS,
            link,
            timers);
    private boolean isSilent;
    private final BrokerSession session = new BrokerSession(
            Runnable::run,
            presence,
            link,
            timers,
            new RecordedEvents(),
            new BrokerState(timers, Map::of),
            List.of(new BrokerSession.OnlineListener(kept -> isSilent = false, () -> isSilent = true)),
            command -> {},
            document -> {});
    private final List<String> topics = new ArrayList<>(List.of("efka/dev1/status", "efka/dev1/svc/camera/status"));
    private final Departure departure = new Departure(session, link, timers, () -> {
        assertThat(isSilent).isTrue();
        return topics;
    });

    @BeforeEach
    void connect() {
        link.open(presence::will, List.of(), session);
        link.goUp(false);
        timers.advance(Duration.ofSeconds(2));
        link.acknowledgeAll();
        link.forget();
    }

    @Test
    void everyTopicIsClearedAndNobodyPublishesAgain() {
        CompletableFuture<Cleared> clearing = departure.clear();
        link.acknowledgeAll();

        assertThat(clearing).isCompletedWithValue(new Cleared(2, Map.of()));
        assertThat(departure.isForgotten()).isTrue();
        assertThat(link.published()).extracting(FakeLink.Sent::topic).containsExactlyElementsOf(topics);
        assertThat(link.published())
                .allMatch(sent -> sent.message().retain() && sent.text().isEmpty());

        presence.changed(stopped(CAMERA));
        timers.advance(Duration.ofMinutes(1));
        departure.farewell();
        assertThat(link.published()).hasSize(2);
    }

    @Test
    void aConnectionThatComesBackMeanwhileAnnouncesNothing() {
        departure.clear();
        link.goDown();
        link.forget();

        link.goUp(true);
        timers.advance(Duration.ofMinutes(1));

        assertThat(link.published()).isEmpty();
    }

    @Test
    void aTopicThatTheBrokerDoesNotClearIsNamedWithTheReason() {
        CompletableFuture<Cleared> clearing = departure.clear();
        link.published().get(1).fail(LinkException.refused("not authorised"));
        link.acknowledgeAll();

        assertThat(clearing)
                .isCompletedWithValue(new Cleared(1, Map.of("efka/dev1/svc/camera/status", "not authorised")));
    }

    @Test
    void withoutAConnectionNothingIsClearedAndThatIsSaid() {
        link.goDown();

        assertThat(departure.clear().join().left()).containsOnlyKeys(topics);
    }

    @Test
    void aBrokerThatDoesNotAnswerIsNotWaitedForLong() {
        CompletableFuture<Cleared> clearing = departure.clear();
        timers.advance(Duration.ofSeconds(7));
        assertThat(clearing).isNotDone();

        timers.advance(Duration.ofSeconds(1));

        assertThat(clearing.join().left()).containsOnlyKeys(topics).containsValue("not acknowledged within 8 s");
    }

    @Test
    void manyTopicsAreClearedAFewAtATime() {
        topics.clear();
        IntStream.range(0, 500).forEach(i -> topics.add("efka/dev1/svc/camera/data/d" + i));
        CompletableFuture<Cleared> clearing = departure.clear();
        assertThat(link.unacknowledgedCount()).isEqualTo(32);

        link.acknowledgeAll();

        assertThat(clearing).isCompletedWithValue(new Cleared(500, Map.of()));
    }
}
