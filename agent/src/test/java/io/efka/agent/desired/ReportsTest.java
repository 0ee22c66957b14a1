package io.efka.agent.desired;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.efka.agent.supervision.FakeTimers;
import io.efka.mqtt.FakeLink;
import io.efka.protocol.Topics;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept of reports that come and go. */
final class ReportsTest {
    private final FakeTimers timers = new FakeTimers();
    private final FakeLink link = FakeLink.connected();
    private final Reports reports = new Reports(new Topics("efka", Samples.DEVICE, List.of()), link, timers);

    private void update(String name, int revision) {
        var report = new JsonObject();
        report.addProperty("revision", revision);
        reports.update(name, report);
    }

    @Test
    void reportsThatAreClearedAreForgottenOnceTheBrokerHasClearedThem() {
        reports.online(true);
        for (int name = 0; name < 1_000; name++) {
            update("garbage" + name, 1);
            link.acknowledgeAll();
            reports.clear("garbage" + name);
            if (name > 0) link.acknowledgeAll();
        }
        assertThat(reports.size()).isZero();
    }

    @Test
    void aReportThatIsBackBeforeItWasClearedIsPublished() {
        reports.online(true);
        update("base", 1);
        link.acknowledgeAll();
        reports.clear("base");
        update("base", 2);
        link.acknowledgeAll();
        link.acknowledgeAll();
        assertThat(link.last().text()).isEqualTo("{\"revision\":2}");
        assertThat(reports.topics()).containsExactly("efka/dev1/reported/base");
    }

    @Test
    void reportsOfNobodyAreForgottenWhenTheyAreCleared() {
        reports.online(true);
        for (int name = 0; name < 100; name++) {
            reports.received(DesiredAgent.message("efka/dev1/reported/ghost" + name, "{}"));
        }
        timers.advance(Reports.PATIENCE);
        link.acknowledgeAll();
        assertThat(link.published()).hasSize(100);
        assertThat(reports.size()).isZero();
    }
}
