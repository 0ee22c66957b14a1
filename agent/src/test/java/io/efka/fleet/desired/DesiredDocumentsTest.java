package io.efka.fleet.desired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.fleet.FakeFleetBroker;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.mqtt.Message;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DesiredDocumentsTest {
    private static final DocumentId ID = DocumentId.parse("dev1/base");
    private static final String TOPIC = "efka/dev1/desired/base";

    private final FakeFleetBroker broker = new FakeFleetBroker();

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void oneTakesThePlaceOfAnother() throws Exception {
        broker.retain(TOPIC, "1");
        var documents = new DesiredDocuments(broker.connected());
        Optional<byte[]> before = documents.follow(ID);

        documents.replace(ID, before, bytes("2"));

        assertThat(documents.present(ID)).contains(bytes("2"));
    }

    @Test
    void whatSomebodyElseHasPublishedMeanwhileStays() throws Exception {
        broker.retain(TOPIC, "1");
        FleetSession session = broker.connected();
        var documents = new DesiredDocuments(session);
        Optional<byte[]> before = documents.follow(ID);
        broker.retain(TOPIC, "theirs");
        session.await(() -> false, Duration.ofSeconds(1)); // as while the operator is asked

        assertThatThrownBy(() -> documents.replace(ID, before, bytes("2")))
                .isInstanceOf(FleetException.class)
                .hasMessageStartingWith("nothing was changed: somebody else");
        assertThat(broker.commands()).extracting(Message::topic).doesNotContain(TOPIC);
    }

    @Test
    void theSecondOfTwoAtTheSameTimeIsTold() throws Exception {
        var documents = new DesiredDocuments(broker.connected());
        Optional<byte[]> before = documents.follow(ID);
        broker.retain(TOPIC, "theirs"); // on its way when this one publishes

        assertThatThrownBy(() -> documents.replace(ID, before, bytes("2")))
                .isInstanceOf(FleetException.class)
                .hasMessageContaining("somebody else has published another one at the same time");
    }

    @Test
    void whatComesAfterwardsIsNotHisProblem() throws Exception {
        var documents = new DesiredDocuments(broker.connected());
        Optional<byte[]> before = documents.follow(ID);
        broker.taking(message -> {
            if (message.topic().equals(TOPIC)) broker.retain(TOPIC, "theirs");
        });

        documents.replace(ID, before, bytes("2"));

        assertThat(broker.commands()).extracting(Message::topic).contains(TOPIC);
    }
}
