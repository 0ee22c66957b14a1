package io.efka.agent.desired;

import static io.efka.agent.desired.DesiredAgent.ALL;
import static io.efka.agent.desired.DesiredAgent.OWN;
import static io.efka.agent.desired.DesiredAgent.document;
import static io.efka.agent.desired.Samples.CAM;
import static io.efka.agent.desired.Samples.REC;
import static io.efka.agent.desired.Samples.services;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Of a document that took everything away, and is not even published any more, nothing is left to report. */
final class WithdrawnDocumentTest {
    private final DesiredAgent agent = new DesiredAgent();

    private void publish(long revision, String rest) {
        agent.publish(ALL + "base", document(revision, rest));
    }

    private void withdraw() {
        agent.goOnline();
        publish(1, services("1", CAM));
        publish(2, "\"removed\":true");
        agent.publish(ALL + "base", "");
        assertThat(agent.state("base")).isEmpty();
    }

    @Test
    void doesNotReportAgainWhenAnotherDocumentTakesServices() {
        withdraw();
        agent.publish(OWN + "other", document(1, services("1", REC)));
        assertThat(agent.state("other")).isEqualTo("done");
        assertThat(agent.state("base")).isEmpty();
    }

    @Test
    void doesNotReportAgainAfterARestart() {
        withdraw();
        agent.restart();
        agent.goOnline();
        assertThat(agent.isReported("base")).isFalse();
    }

    @Test
    void thatIsClearedBeforeItsRemovalIsOverReportsNothingWhenItIs() {
        agent.goOnline();
        publish(1, services("1", CAM));
        agent.device.hold();
        publish(2, "\"removed\":true");
        agent.publish(ALL + "base", "");
        assertThat(agent.state("base")).isEqualTo("applying");
        agent.device.letGo();
        assertThat(agent.device.installed()).isEmpty();
        assertThat(agent.state("base")).isEmpty();
    }

    @Test
    void reportsAgainWhenItIsPublishedAgain() {
        withdraw();
        publish(2, "\"removed\":true");
        assertThat(agent.state("base")).isEqualTo("done");
        agent.publish(ALL + "base", "");
        publish(3, services("3", CAM));
        assertThat(agent.state("base")).isEqualTo("done");
        agent.restart();
        agent.goOnline();
        assertThat(agent.state("base")).isEqualTo("done");
    }
}
