package io.efka.agent.desired;

import static io.efka.agent.desired.DesiredAgent.ALL;
import static io.efka.agent.desired.DesiredAgent.document;
import static io.efka.agent.desired.Samples.CAM;
import static io.efka.agent.desired.Samples.services;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A release that a revision may go back to must stay, however many revisions take each other's place meanwhile. */
final class NeededReleasesTest {
    private final DesiredAgent agent = new DesiredAgent();

    private void publish(long revision) {
        agent.publish(ALL + "base", document(revision, services(Long.toString(revision), CAM)));
    }

    @Test
    void areThoseFromBeforeAllThatIsUnderWay() {
        agent.goOnline();
        publish(1);
        assertThat(agent.needs(CAM, "1")).isFalse();
        agent.device.hold();
        for (int revision = 2; revision < 6; revision++) publish(revision);
        assertThat(agent.needs(CAM, "1")).isTrue();
        agent.restart();
        assertThat(agent.needs(CAM, "1")).isTrue();
        agent.goOnline();
        agent.device.letGo();
        assertThat(agent.state("base")).isEqualTo("done");
        assertThat(agent.needs(CAM, "1")).isFalse();
    }
}
