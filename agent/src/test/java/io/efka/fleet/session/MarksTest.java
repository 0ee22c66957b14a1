package io.efka.fleet.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fleet.FakeFleetBroker;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class MarksTest {
    private final FakeFleetBroker broker = new FakeFleetBroker();

    @Test
    void oneThatIsBackSaysNothingOfALaterOne() throws Exception {
        FleetSession session = broker.connected();
        Marks.Mark first = session.marks().next();
        session.deliver(first.message());
        assertThat(session.await(first::isBack, Duration.ofSeconds(1))).isTrue();

        Marks.Mark second = session.marks().next();

        assertThat(second.isBack()).isFalse();
        session.deliver(second.message());
        assertThat(session.await(second::isBack, Duration.ofSeconds(1))).isTrue();
    }

    @Test
    void theyAreHeardOfAfterALossAsWell() throws Exception {
        FleetSession session = broker.session();
        session.outlivesLosses();
        session.connect(Duration.ofSeconds(1));
        session.deliver(session.marks().next().message());
        broker.cut();
        session.await(() -> false, Duration.ofSeconds(2));

        Marks.Mark mark = session.marks().next();
        session.deliver(mark.message());

        assertThat(session.await(mark::isBack, Duration.ofSeconds(1))).isTrue();
        assertThat(broker.subscribed())
                .isEqualTo(List.of(List.of("efka/efka-cli-1/cmd/mark"), List.of("efka/efka-cli-1/cmd/mark")));
    }
}
