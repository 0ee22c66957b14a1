package io.efka.agent.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.service.ServiceId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DependencyCycleTest {
    private static List<ServiceId> ids(String... names) {
        return Stream.of(names).map(ServiceId::new).toList();
    }

    private static ServiceId id(String name) {
        return new ServiceId(name);
    }

    @Test
    void nothingHasNone() {
        assertThat(DependencyCycle.find(Map.of())).isEmpty();
    }

    @Test
    void aDiamondHasNone() {
        assertThat(DependencyCycle.find(
                        Map.of(id("a"), ids("b", "c"), id("b"), ids("d"), id("c"), ids("d"), id("d"), ids())))
                .isEmpty();
    }

    @Test
    void aServiceThatIsNotThereWaitsForNothing() {
        assertThat(DependencyCycle.find(Map.of(id("a"), ids("missing")))).isEmpty();
    }

    @Test
    void aRingIsFoundWithoutTheWayThatLeadsToIt() {
        assertThat(DependencyCycle.find(
                        Map.of(id("a"), ids("b"), id("b"), ids("x", "c"), id("c"), ids("d"), id("d"), ids("b"))))
                .contains(ids("b", "c", "d"));
    }

    @Test
    void aServiceAfterItselfIsOne() {
        assertThat(DependencyCycle.find(Map.of(id("a"), ids("a")))).contains(ids("a"));
    }

    @Test
    void aLongChainNeedsNoDeepStack() {
        var chain = new HashMap<ServiceId, List<ServiceId>>();
        for (int i = 0; i < 5_000; i++) chain.put(id("s" + i), ids("s" + (i + 1)));
        assertThat(DependencyCycle.find(chain)).isEmpty();
        chain.put(id("s5000"), ids("s0"));
        assertThat(DependencyCycle.find(chain).orElseThrow()).hasSize(5_001);
    }
}
