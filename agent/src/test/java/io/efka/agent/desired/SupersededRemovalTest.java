package io.efka.agent.desired;

import static io.efka.agent.desired.DesiredAgent.ALL;
import static io.efka.agent.desired.DesiredAgent.document;
import static io.efka.agent.desired.Samples.CAM;
import static io.efka.agent.desired.Samples.REC;
import static io.efka.agent.desired.Samples.services;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Of a revision that removes two services one is removed already when the next revision comes. */
final class SupersededRemovalTest {
    private final DesiredAgent agent = new DesiredAgent();

    private void publish(long revision, String rest) {
        agent.publish(ALL + "base", document(revision, rest));
    }

    @BeforeEach
    void camIsRemovedAndRecIsNot() {
        agent.goOnline();
        publish(1, services("1", CAM, REC));
        agent.device.hold();
        publish(2, "\"services\":{\"cam\":{\"absent\":true},\"rec\":{\"absent\":true}}");
        agent.device.letOneGo(0);
        assertThat(agent.device.installed()).containsExactly(REC);
    }

    @Test
    void whatIsAskedForAgainIsInstalledAgain() {
        publish(3, services("1", CAM, REC));
        agent.device.letGo();
        assertThat(agent.state("base")).isEqualTo("done");
        assertThat(agent.device.release(CAM)).contains("1");
        assertThat(agent.device.release(REC)).contains("1");
    }

    @Test
    void whatIsNotNamedStaysRemoved() {
        publish(3, services("2", REC));
        agent.device.letGo();
        assertThat(agent.state("base")).isEqualTo("done");
        assertThat(agent.device.installed()).containsExactly(REC);
        assertThat(agent.device.release(REC)).contains("2");
    }

    @Test
    void whatFailsInItsPlaceIsRemovedAgain() {
        publish(3, services("bad", CAM));
        agent.device.letGo();
        assertThat(agent.state("base")).isEqualTo("rolled_back");
        assertThat(agent.device.installed()).isEmpty();
        publish(4, services("1", CAM, REC));
        assertThat(agent.state("base")).isEqualTo("done");
        assertThat(agent.device.installed()).containsExactlyInAnyOrder(CAM, REC);
    }
}
