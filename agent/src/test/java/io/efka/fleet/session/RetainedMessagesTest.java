package io.efka.fleet.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fleet.FakeFleetBroker;
import io.efka.mqtt.Message;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class RetainedMessagesTest {
    /** More than a stock Mosquitto queues. */
    private static final int MANY = 3000;

    private final FakeFleetBroker broker = new FakeFleetBroker();

    @Test
    void allOfOneWildcardCome() throws Exception {
        for (int i = 0; i < MANY; i++) broker.retain("efka/dev" + i + "/desired/base", "{}");
        broker.retain("efka/dev1/status", "{}");

        var messages = new RetainedMessages(broker.connected());

        assertThat(messages.read(List.of("efka/+/desired/+"))).hasSize(MANY);
    }

    @Test
    void oneThatIsFollowedChangesAndGoes() throws Exception {
        broker.retain("efka/dev1/desired/base", "{}");
        FleetSession session = broker.connected();
        var messages = new RetainedMessages(session);
        assertThat(messages.follow(List.of("efka/dev1/desired/base"))).hasSize(1);

        broker.send(new Message("efka/dev1/desired/base", new byte[0], 1, false, Message.Properties.NONE));
        session.await(() -> messages.payloads().isEmpty(), Duration.ofSeconds(1));

        assertThat(messages.payloads()).isEmpty();
    }

    @Test
    void oneThatIsFollowedIsSoAfterALostConnection() throws Exception {
        broker.retain("efka/dev1/desired/base", "1");
        broker.retain("efka/dev1/desired/old", "1");
        FleetSession session = broker.connected();
        session.outlivesLosses();
        var messages = new RetainedMessages(session);
        messages.follow(List.of("efka/dev1/desired/base", "efka/dev1/desired/old"));

        broker.cut();
        broker.retain("efka/dev1/desired/base", "22");
        broker.retain("efka/dev1/desired/old", "");

        assertThat(session.await(() -> messages.payloads().size() == 1, Duration.ofSeconds(9)))
                .isTrue();
        assertThat(messages.payloads().get("efka/dev1/desired/base")).hasSize(2);
        broker.retain("efka/dev1/desired/base", "333");
        session.await(() -> false, Duration.ofSeconds(1));
        assertThat(messages.payloads().get("efka/dev1/desired/base")).hasSize(3);
    }

    @Test
    void oneThatIsReadAgainIsThereOnlyIfItStillIs() throws Exception {
        broker.retain("efka/dev1/desired/base", "1");
        broker.retain("efka/dev1/desired/old", "1");
        var messages = new RetainedMessages(broker.connected());
        assertThat(messages.read(List.of("efka/dev1/desired/+"))).hasSize(2);

        broker.retain("efka/dev1/desired/old", "");

        assertThat(messages.read(List.of("efka/+/desired/+"))).containsOnlyKeys("efka/dev1/desired/base");
        assertThat(messages.read(List.of("efka/dev2/desired/+"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "a/+/c, a/b/c, true",
        "a/+/c, a/b/d, false",
        "a/+/c, a/b/c/d, false",
        "a/b, a/b, true",
        "a/b, a/c, false",
        "a/+, a/, true"
    })
    void filters(String filter, String topic, boolean isMatch) {
        assertThat(RetainedMessages.matches(filter, topic)).isEqualTo(isMatch);
    }
}
