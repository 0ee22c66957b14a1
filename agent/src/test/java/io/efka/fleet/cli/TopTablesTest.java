package io.efka.fleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fleet.FakeFleetBroker;
import io.efka.fleet.live.Cell;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.view.Document;
import io.efka.fleet.view.Snapshot;
import io.efka.fleet.view.Target;
import io.efka.mqtt.Message;
import io.efka.mqtt.Message.Properties;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TopTablesTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

    private final FakeFleetBroker broker = new FakeFleetBroker();

    @BeforeEach
    void publish() {
        broker.retain("efka/gate7/status", "{\"online\":true,\"groups\":[\"berlin\"],\"services\":{\"running\":2}}");
        broker.retain("efka/gate8/status", "{\"online\":false,\"reason\":\"lost\"}");
        broker.retain("efka/gate7/svc/cam/status", running("A"));
        broker.retain("efka/gate7/svc/door/status", "{\"state\":\"backoff\",\"crash_loop\":true}");
        broker.retain("efka/gate8/svc/cam/status", running("C"));
    }

    private static String running(String run) {
        return "{\"state\":\"running\",\"ready\":true,\"pid\":47,\"run\":\"" + run
                + "\",\"since\":\"2026-11-27T11:59:00Z\"}";
    }

    private void measure(String source, String text) {
        broker.send(new Message(
                "efka/" + source + "/metrics", text.getBytes(StandardCharsets.UTF_8), 0, false, Properties.NONE));
    }

    /** What {@code top} reads and hears of a target. */
    private final class Top {
        private final FleetSession session = broker.connected();
        private final TopFeed feed;
        private final TopTables tables;

        Top(String... targets) throws Exception {
            List<Target> wanted = targets.length == 0
                    ? List.of(Target.ALL)
                    : List.of(targets).stream().map(Target::parse).toList();
            var snapshot = new Snapshot(session, wanted);
            feed = new TopFeed(session, wanted, snapshot);
            tables = new TopTables(feed, wanted);
            feed.follow();
            snapshot.read(true);
        }

        /** The rows of the services, as words. */
        List<String> rows() throws Exception {
            session.await(() -> false, Duration.ofMillis(100));
            tables.refresh(NOW);
            return tables.tabs(false).get(0).table().rows().stream()
                    .map(TopTablesTest::words)
                    .toList();
        }

        List<String> devices() throws Exception {
            rows();
            return tables.tabs(true).get(0).table().rows().stream()
                    .map(TopTablesTest::words)
                    .toList();
        }

        String summary() {
            return tables.summary().stream().map(Cell::text).collect(Collectors.joining(", "));
        }
    }

    private static String words(List<Cell> row) {
        return row.stream()
                .map(cell -> cell.shown(NOW))
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(" "));
    }

    @Test
    void eachServiceHasARowAndOfAnOfflineDeviceOnlyWhatWasLastKnown() throws Exception {
        var top = new Top();

        assertThat(top.rows())
                .containsExactly(
                        "gate7 cam running 60s 47",
                        "gate7 door backoff crash loop",
                        "gate8 cam (running) the device is offline");
        assertThat(top.summary()).isEqualTo("1 of 2 devices online, 1 crash loop, 1 backoff, 1 running, 1 unknown");
    }

    @Test
    void metricsOfThisRunAreShownAndOthersAreNot() throws Exception {
        var top = new Top("gate7/cam", "gate8/cam");
        measure("gate7/svc/cam", "{\"run\":\"A\",\"cpu_percent\":12.34,\"rss\":22020096}");
        measure("gate8/svc/cam", "{\"run\":\"C\",\"cpu_percent\":50,\"rss\":22020096}");
        assertThat(top.rows())
                .containsExactly("gate7 cam running 12.3 21M 60s 47", "gate8 cam (running) the device is offline");

        broker.retain("efka/gate7/svc/cam/status", running("B"));

        assertThat(top.rows()).first().isEqualTo("gate7 cam running 60s 47");
    }

    @Test
    void metricsOfWhatNobodyKnowsAreNotKept() throws Exception {
        var top = new Top();
        measure("gate7/svc/unknown", "{\"run\":\"A\",\"cpu_percent\":99}");
        measure("nobody", "{\"cpu_percent\":99}");

        assertThat(top.rows()).hasSize(3);
        assertThat(top.feed.metrics("gate7/unknown")).isEqualTo(Document.EMPTY);
        assertThat(top.feed.metrics("nobody")).isEqualTo(Document.EMPTY);
    }

    @Test
    void theSummaryIsMadeAnewOnceASecondAndNotWithoutAChange() throws Exception {
        var top = new Top();
        top.rows();
        long second = Duration.ofSeconds(1).toNanos();
        assertThat(top.tables.takeSummary(0)).isPresent();
        assertThat(top.tables.takeSummary(2 * second)).isEmpty();
        broker.retain("efka/gate7/svc/door/status", "");
        top.rows();
        assertThat(top.tables.takeSummary(second / 2)).isEmpty();

        assertThat(top.tables.takeSummary(second)).isPresent();
    }

    @Test
    void hostileMetricsAreNoNumbers() throws Exception {
        var top = new Top("gate7/cam");
        for (String text : List.of(
                "{\"run\":\"A\",\"cpu_percent\":\"\\u001b[2J\",\"rss\":{}}",
                "[]",
                "{\"run\":\"A\",\"cpu_percent\":1e999}")) {
            measure("gate7/svc/cam", text);
            assertThat(top.rows()).containsExactly("gate7 cam running 60s 47");
        }
        measure("gate7/svc/cam", "{\"run\":\"A\",\"cpu_percent\":-1e300,\"rss\":-9223372036854775808}");
        assertThat(top.rows()).hasSize(1);
    }

    @Test
    void whatGoesOfflineIsNotKnownAnyMoreAndWhatIsRemovedGoes() throws Exception {
        var top = new Top();
        top.rows();
        broker.retain("efka/gate7/status", "{\"online\":false,\"reason\":\"lost\"}");
        broker.retain("efka/gate7/svc/door/status", "");

        assertThat(top.rows())
                .containsExactly(
                        "gate7 cam (running) the device is offline", "gate8 cam (running) the device is offline");
        assertThat(top.devices()).first().asString().startsWith("gate7 offline").endsWith("lost");
    }

    @Test
    void aDeviceThatLeavesTheGroupLeavesTheTable() throws Exception {
        var top = new Top("@berlin");
        assertThat(top.rows()).hasSize(2);

        broker.retain("efka/gate7/status", "{\"online\":true,\"groups\":[\"rome\"],\"services\":{\"running\":2}}");

        assertThat(top.rows()).isEmpty();
        assertThat(top.devices()).isEmpty();
    }

    @Test
    void devicesHaveWhatTheMachineIsMeasuredTo() throws Exception {
        var top = new Top("gate7");
        measure(
                "gate7",
                "{\"cpu_percent\":12.2,\"load1\":0.24,\"memory\":{\"available\":1073741824,\"total\":4294967296},"
                        + "\"disk\":{\"available\":5,\"total\":100},\"temperature\":48.5}");

        assertThat(top.devices()).containsExactly("gate7 online 12.2 0.24 3.0G 75 95 48.5 1/2");
    }

    @Test
    void whatWasDeletedDuringALostConnectionIsGone() throws Exception {
        var top = new Top();
        top.session.outlivesLosses();
        assertThat(top.rows()).hasSize(3);

        broker.cut();
        broker.retain("efka/gate8/status", "");
        broker.retain("efka/gate8/svc/cam/status", "");

        assertThat(top.session.await(() -> top.feed.view().device("gate8").isEmpty(), Duration.ofSeconds(10)))
                .isTrue();
        assertThat(top.rows()).hasSize(2).allMatch(row -> row.startsWith("gate7 "));
        assertThat(top.devices()).hasSize(1).first().asString().startsWith("gate7");
    }

    @Test
    void metricsComeAgainAfterALostConnection() throws Exception {
        var top = new Top("gate7/cam");
        top.session.outlivesLosses();
        broker.cut();
        top.session.await(() -> false, Duration.ofSeconds(3));

        measure("gate7/svc/cam", "{\"run\":\"A\",\"cpu_percent\":5,\"rss\":1024}");

        assertThat(top.rows()).containsExactly("gate7 cam running 5.0 1.0K 60s 47");
    }

    @Test
    void bytesHaveThreeDigitsAtMost() {
        assertThat(List.of(0L, 999L, 1_000L, 10_240L, 1_048_576L, 1_023L * 1_048_576, Long.MAX_VALUE).stream()
                        .map(TopRows::bytes))
                .containsExactly("0B", "999B", "1.0K", "10K", "1.0M", "1.0G", "8.0E");
    }
}
