package io.efka.agent.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Two agents with one device id, for hours, on brokers of every kind. */
final class TakeoverSimulationTest {

    static Stream<Arguments> brokers() {
        return LongStream.range(0, 5)
                .boxed()
                .flatMap(seed -> Stream.of(
                        Arguments.of("mosquitto, one client id", true, false, seed),
                        Arguments.of("by the book, one client id", true, true, seed),
                        Arguments.of("client ids of their own", false, false, seed)));
    }

    private static void hours(FakeBroker broker, int hours) {
        broker.timers.advance(Duration.ofHours(hours));
    }

    @ParameterizedTest(name = "{0}, seed {3}")
    @MethodSource("brokers")
    void theNewcomerHasTheDeviceAndTheOtherKeepsAway(String kind, boolean shared, boolean wills, long seed) {
        var broker = new FakeBroker(shared, wills, seed);
        FakeBroker.Agent first = broker.agent(17, "a1", "gw").connect();
        broker.timers.advance(Duration.ofSeconds(30));
        FakeBroker.Agent second = broker.agent(3, "b1", "other").connect();
        hours(broker, 6);

        assertThat(first.saysItIsTheDevice()).isFalse();
        assertThat(second.saysItIsTheDevice()).isTrue();
        assertThat(broker.holders).containsExactly(first, second);
        assertThat(first.events.names).containsOnly("session_taken_over").hasSizeLessThanOrEqualTo(2);
        // After 1, 2, 4 and 8 minutes, then every ten: 39 visits, each of which may cost the other a connection.
        assertThat(first.heard.stream().filter(word -> word.startsWith("hold off")))
                .hasSizeBetween(30, 42);
        assertThat(second.births).isLessThan(130);
    }

    @ParameterizedTest(name = "{0}, seed {3}")
    @MethodSource("brokers")
    void theOtherHasItAgainWhenTheNewcomerIsGone(String kind, boolean shared, boolean wills, long seed) {
        var broker = new FakeBroker(shared, wills, seed);
        FakeBroker.Agent first = broker.agent(17, "a1", "gw").connect();
        broker.timers.advance(Duration.ofSeconds(30));
        FakeBroker.Agent second = broker.agent(3, "b1", "other").connect();
        hours(broker, 1);
        second.kill(seed % 2 == 0);
        broker.timers.advance(Duration.ofMinutes(11));

        assertThat(first.saysItIsTheDevice()).isTrue();
        assertThat(broker.holders).containsExactly(first, second, first);
    }

    @ParameterizedTest(name = "{0}, seed {3}")
    @MethodSource("brokers")
    void twoThatStartTogetherSettle(String kind, boolean shared, boolean wills, long seed) {
        var broker = new FakeBroker(shared, wills, seed);
        List<FakeBroker.Agent> both = List.of(broker.agent(1, "a1", "gw"), broker.agent(1, "b1", "other"));
        both.get(0).connect();
        broker.timers.advance(Duration.ofMillis(seed));
        both.get(1).connect();
        broker.timers.advance(Duration.ofMinutes(2));
        int changes = broker.holders.size();
        hours(broker, 3);

        assertThat(both.stream().filter(FakeBroker.Agent::saysItIsTheDevice)).hasSize(1);
        assertThat(broker.holders).hasSizeLessThanOrEqualTo(4).hasSize(changes);
    }

    @ParameterizedTest(name = "{0}, seed {3}")
    @MethodSource("brokers")
    void lostConnectionsOfTheOneThatHasTheDeviceDoNotCostItTheDevice(
            String kind, boolean shared, boolean wills, long seed) {
        var broker = new FakeBroker(shared, wills, seed);
        FakeBroker.Agent agent = broker.agent(17, "a1", "gw").connect();
        for (int i = 0; i < 50; i++) {
            broker.timers.advance(Duration.ofSeconds(20));
            agent.lose();
        }
        broker.timers.advance(Duration.ofSeconds(2));

        assertThat(agent.saysItIsTheDevice()).isTrue();
        assertThat(agent.events.names).isEmpty();
    }
}
