package io.efka.agent.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.protocol.Fault;
import io.efka.protocol.ServiceId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DependenciesTest {
    private final Dependencies dependencies = new Dependencies();

    private void after(String id, String... others) {
        dependencies.put(
                new ServiceId(id), Stream.of(others).map(ServiceId::new).toList());
    }

    private Optional<String> cycle(String id) {
        return dependencies.fault(new ServiceId(id)).map(Fault::value);
    }

    @Test
    void nothingHasNone() {
        assertThat(cycle("a")).isEmpty();
    }

    @Test
    void aDiamondHasNone() {
        after("a", "b", "c");
        after("b", "d");
        after("c", "d");
        after("d");
        assertThat(List.of(cycle("a"), cycle("b"), cycle("c"), cycle("d"))).containsOnly(Optional.empty());
    }

    @Test
    void aServiceThatIsNotThereWaitsForNothing() {
        after("a", "missing");
        assertThat(cycle("a")).isEmpty();
    }

    @Test
    void aRingIsTheFaultOfThoseInItAndNotOfTheOneThatLeadsToIt() {
        after("a", "b");
        after("b", "x", "c");
        after("c", "d");
        after("d", "b");
        assertThat(cycle("a")).isEmpty();
        assertThat(cycle("b")).contains("b -> c -> d -> b");
        assertThat(cycle("d")).contains("d -> b -> c -> d");
    }

    @Test
    void theShortestOfTwoRingsIsTold() {
        after("a", "b", "c");
        after("b", "c");
        after("c", "a");
        assertThat(cycle("a")).contains("a -> c -> a");
    }

    @Test
    void aServiceAfterItselfIsOne() {
        after("a", "a");
        assertThat(cycle("a")).contains("a -> a");
    }

    @Test
    void oneThatWasTakenOutBreaksTheRing() {
        after("a", "b");
        after("b", "a");
        dependencies.remove(new ServiceId("b"));
        assertThat(cycle("a")).isEmpty();
    }

    @Test
    void aLongChainNeedsNoDeepStack() {
        for (int i = 0; i < 5_000; i++) after("s" + i, "s" + (i + 1));
        assertThat(cycle("s0")).isEmpty();
        after("s5000", "s0");
        assertThat(cycle("s0").orElseThrow().split(" -> ")).hasSize(5_002);
    }
}
