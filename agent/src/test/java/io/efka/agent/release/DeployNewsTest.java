package io.efka.agent.release;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.release.Deploy.DeployRule;
import io.efka.agent.release.Preparing.Stage;
import io.efka.agent.release.Preparing.Transfer;
import io.efka.agent.telemetry.Events;
import io.efka.protocol.ServiceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class DeployNewsTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final List<String> said = new ArrayList<>();
    private final Events events = new Events() {
        @Override
        public void device(String kind, Map<String, ?> fields) {}

        @Override
        public void service(ServiceId id, String kind, Map<String, ?> fields) {
            said.add("event " + fields.get("percent"));
        }

        @Override
        public void progress(ServiceId id, String kind, Map<String, ?> fields) {
            said.add("progress " + fields.get("percent"));
        }
    };
    private final DeployNews news = new DeployNews(new ServiceId("camera"), events, id -> {});

    private static Deploy downloading(long bytes, Optional<String> waiting) {
        var state = new Preparing(Stage.DOWNLOADING, NOW, Optional.of(new Transfer(bytes, 100, waiting)));
        return new Deploy(
                Optional.empty(),
                false,
                new ReleaseId("2.0-00000002"),
                Optional.empty(),
                DeployRule.STANDARD,
                true,
                state);
    }

    /** Every two seconds: in the journal they would push out what matters. */
    @Test
    void howFarADownloadIsIsProgressAndWhatItWaitsForIsNot() {
        news.moved(downloading(0, Optional.empty()));
        news.told(downloading(50, Optional.empty()));
        news.told(downloading(60, Optional.of("no source answers")));

        assertThat(said).containsExactly("event 0", "progress 50", "event 60");
    }
}
