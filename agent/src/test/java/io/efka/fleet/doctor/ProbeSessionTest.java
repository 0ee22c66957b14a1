package io.efka.fleet.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fleet.FakeFleetBroker;
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
}
