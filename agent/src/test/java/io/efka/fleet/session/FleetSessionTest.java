package io.efka.fleet.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.fleet.FakeFleetBroker;
import io.efka.mqtt.Message;
import io.efka.threads.ExitCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FleetSessionTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final FakeFleetBroker broker = new FakeFleetBroker();

    private static ExitCode codeOf(Throwable problem) {
        return ((FleetException) problem).code();
    }

    @Test
    void aBrokerThatDoesNotAnswerIsSaid() {
        broker.setReachable(false);

        assertThatThrownBy(() -> broker.session().connect(Duration.ofSeconds(15)))
                .hasMessage("no broker has answered within 15 s")
                .satisfies(problem -> assertThat(codeOf(problem)).isEqualTo(ExitCode.UNAVAILABLE));
    }

    @Test
    void anInterruptEndsTheAttemptToConnect() {
        broker.setReachable(false);
        FleetSession session = broker.session();
        session.interrupt();

        assertThatThrownBy(() -> session.connect(Duration.ofSeconds(15)))
                .satisfies(problem -> assertThat(codeOf(problem)).isEqualTo(ExitCode.INTERRUPTED));
    }

    @Test
    void nothingIsAskedOfTheBrokerAfterAnInterrupt() throws Exception {
        FleetSession session = broker.connected();
        session.interrupt();

        assertThat(session.await(() -> false, SOON)).isFalse();
        assertThatThrownBy(() -> session.subscribe(List.of("efka/+/status"), 1, true))
                .satisfies(problem -> assertThat(codeOf(problem)).isEqualTo(ExitCode.INTERRUPTED));
        assertThat(broker.subscribed()).isEmpty();
    }

    @Test
    void aSubscriptionWithoutAConnectionWaitsForOne() throws Exception {
        FleetSession session = broker.connected();
        session.outlivesLosses();
        broker.setReachable(false);
        broker.after(Duration.ofSeconds(20), () -> broker.setReachable(true));

        session.subscribe(List.of("efka/x"), 1, false);

        assertThat(broker.subscribed()).containsExactly(List.of("efka/x"));
    }

    @Test
    void listenersThatAreCutOffWhileTheySetThemselvesUpAreToldAgain() throws Exception {
        FleetSession session = broker.connected();
        session.outlivesLosses();
        var told = new ArrayList<String>();
        session.listen(new FleetSession.Listener() {
            @Override
            public void received(Message message) {
                // Of no interest.
            }

            @Override
            public void reconnected() throws FleetException, InterruptedException {
                told.add("begun");
                if (told.size() < 40) broker.cut();
                session.subscribe(List.of("efka/x"), 1, false);
                told.add("done");
            }
        });

        broker.cut();

        assertThat(session.await(() -> told.contains("done"), SOON)).isTrue();
        assertThat(told).hasSize(41).endsWith("begun", "done");
    }
}
