package io.efka.fleet.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fleet.FakeFleetBroker;
import io.efka.fleet.doctor.BrokerFacts.Publication;
import io.efka.mqtt.Message;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ProbeSessionTest {
    @Test
    void nothingStaysForLongerThanFiveMinutesIfTheProgramIsKilled() throws Exception {
        var probes = new ProbeSession(new FakeFleetBroker().connected());

        assertThat(probes.message("efka/x", new byte[1]).properties().expirySeconds())
                .hasValue(300);
        assertThat(probes.retained("efka/x", new byte[1], 1_000).properties().expirySeconds())
                .hasValue(300);
        assertThat(probes.retained("efka/x", new byte[1], 1).properties().expirySeconds())
                .hasValue(1);
    }

    @Test
    void whatTheBrokerRefusesIsNotAccepted() throws Exception {
        FakeFleetBroker broker = new FakeFleetBroker().refusingPublish(topic -> topic.compareTo("efka/x/150") >= 0);
        var probes = new ProbeSession(broker.connected());
        List<Message> messages = IntStream.range(100, 300)
                .mapToObj(i -> probes.retained("efka/x/" + i, new byte[1], 9))
                .toList();

        assertThat(probes.publish(messages, Duration.ofSeconds(5)))
                .isEqualTo(new Publication(200, 50, Optional.of("not authorised")));
        assertThat(probes.publish(messages.subList(0, 50), Duration.ofSeconds(5)))
                .isEqualTo(new Publication(50, 50, Optional.empty()));
    }
}
