package io.efka.fleet.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fleet.FakeFleetBroker;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.view.Target;
import io.efka.mqtt.Message;
import io.efka.mqtt.Message.Properties;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FleetFeedTest {
    private static final String CAMERA = "{device=\"gate7\",service=\"camera\"}";

    private final FakeFleetBroker broker = new FakeFleetBroker();

    @BeforeEach
    void publish() {
        broker.retain("efka/gate7/status", birth("1.2"));
        broker.retain(
                "efka/gate8/status",
                "{\"online\":false,\"reason\":\"lost\",\"connected_at\":\"2026-11-22T10:00:00Z\"}");
        broker.retain("efka/gate7/svc/camera/status", camera("running"));
        broker.retain(
                "efka/gate8/svc/door/status", "{\"state\":\"backoff\",\"desired\":\"running\",\"crash_loop\":true}");
    }

    private static String birth(String version) {
        return "{\"online\":true,\"version\":\"" + version + "\",\"host\":\"h\",\"os\":\"Linux\",\"java\":\"17\","
                + "\"groups\":[\"all\",\"berlin\",\"all\"],\"services\":{\"running\":1},"
                + "\"started_at\":\"2026-11-22T10:00:00Z\",\"at\":\"2026-11-22T10:00:01.500Z\"}";
    }

    private static String camera(String state) {
        return "{\"state\":\"" + state
                + "\",\"desired\":\"running\",\"ready\":true,\"health\":\"unhealthy\",\"run\":\"A\","
                + "\"restarts\":3,\"crash_loop\":false,\"since\":\"2026-11-22T10:00:00Z\",\"release\":\"2.0-1f\","
                + "\"deploy\":{\"release\":\"2.1-aa\",\"state\":\"rolled_back\",\"since\":\"2026-11-22T09:00:00Z\"}}";
    }

    private void send(String topic, String text) {
        broker.send(new Message("efka/" + topic, text.getBytes(StandardCharsets.UTF_8), 0, false, Properties.NONE));
    }

    /** The exporter, without its server. */
    private final class Exporter {
        private final FleetSession session;
        private final FleetFeed feed;

        Exporter(int maxSeries, String... targets) throws Exception {
            session = broker.connected();
            session.outlivesLosses();
            List<Target> wanted = targets.length == 0
                    ? List.of(Target.ALL)
                    : Stream.of(targets).map(Target::parse).toList();
            feed = new FleetFeed(session, wanted, maxSeries);
        }

        Exporter read() throws Exception {
            feed.read();
            return this;
        }

        /** What a scrape has by now, without comments. */
        List<String> lines() throws Exception {
            goOn(Duration.ofMillis(100));
            var out = new ByteArrayOutputStream();
            PrometheusTextFormatWriter.create().write(out, feed.samples().snapshots());
            return out.toString(StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }

        void goOn(Duration time) throws Exception {
            session.await(() -> false, time);
        }
    }

    private Exporter exporter() throws Exception {
        return new Exporter(1_000).read();
    }

    @Test
    void documentsBecomeSeriesInBaseUnits() throws Exception {
        Exporter exporter = exporter();
        send(
                "gate7/metrics",
                "{\"at\":\"2026-11-22T10:01:00Z\",\"cpu_percent\":12.5,\"load1\":0.5,\"memory\":{\"available\":5,\"total\":9},"
                        + "\"disk\":{\"available\":3,\"total\":4},\"network\":{\"eth0\":{\"received\":70,\"sent\":80}},"
                        + "\"temperature\":null,\"uptime_ms\":4500}");
        send(
                "gate7/svc/camera/metrics",
                "{\"run\":\"A\",\"cpu_percent\":150.0,\"rss\":4096,\"threads\":2,\"fds\":7,\"processes\":1,"
                        + "\"uptime_ms\":1500,\"seconds_desired\":30.5,\"seconds_as_desired\":29.25}");
        assertThat(exporter.lines())
                .contains(
                        "efka_device_online{device=\"gate7\"} 1.0",
                        "efka_device_info{device=\"gate7\",host=\"h\",java=\"17\",os=\"Linux\",version=\"1.2\"} 1",
                        "efka_device_group_info{device=\"gate7\",group=\"berlin\"} 1",
                        "efka_device_last_seen_timestamp_seconds{device=\"gate7\"} 1.79534166E9",
                        "efka_agent_start_time_seconds{device=\"gate7\"} 1.7953416E9",
                        "system_cpu_utilization_ratio{device=\"gate7\"} 0.125",
                        "system_cpu_load_average_1m{device=\"gate7\"} 0.5",
                        "system_memory_limit_bytes{device=\"gate7\"} 9.0",
                        "system_linux_memory_available_bytes{device=\"gate7\"} 5.0",
                        "system_filesystem_limit_bytes{device=\"gate7\"} 4.0",
                        "efka_device_filesystem_available_bytes{device=\"gate7\"} 3.0",
                        "system_network_io_bytes_total{device=\"gate7\",network_interface_name=\"eth0\","
                                + "network_io_direction=\"transmit\"} 80.0",
                        "system_uptime_seconds{device=\"gate7\"} 4.5")
                .contains(
                        "efka_service_state{device=\"gate7\",service=\"camera\",state=\"running\"} 1.0",
                        "efka_service_state{device=\"gate7\",service=\"camera\",state=\"failed\"} 0.0",
                        "efka_service_desired_running" + CAMERA + " 1.0",
                        "efka_service_ready" + CAMERA + " 1.0",
                        "efka_service_healthy" + CAMERA + " 0.0",
                        "efka_service_crash_loop" + CAMERA + " 0.0",
                        "efka_service_restarts_total" + CAMERA + " 3.0",
                        "efka_service_info{device=\"gate7\",release=\"2.0-1f\",service=\"camera\"} 1",
                        "efka_service_deploy_info{device=\"gate7\",release=\"2.1-aa\",service=\"camera\",state=\"rolled_back\"} 1",
                        "efka_service_cpu_usage" + CAMERA + " 1.5",
                        "process_memory_usage_bytes" + CAMERA + " 4096.0",
                        "efka_service_threads" + CAMERA + " 2.0",
                        "efka_service_open_file_descriptors" + CAMERA + " 7.0",
                        "process_uptime_seconds" + CAMERA + " 1.5",
                        "efka_service_desired_seconds_total" + CAMERA + " 30.5",
                        "efka_service_as_desired_seconds_total" + CAMERA + " 29.25")
                .contains(
                        "efka_exporter_connected 1.0",
                        "efka_exporter_snapshot_complete 1.0",
                        "efka_exporter_devices 2.0",
                        "efka_exporter_services_expected 2.0")
                .noneMatch(line -> line.startsWith("hw_temperature"));
    }

    @Nested
    class WhatIsNotKnownIsAbsent {
        @Test
        void stateAndUseOfAnOfflineDevicesServices() throws Exception {
            Exporter exporter = exporter();
            assertThat(exporter.lines())
                    .contains(
                            "efka_device_online{device=\"gate8\"} 0.0",
                            "efka_service_desired_running{device=\"gate8\",service=\"door\"} 1.0")
                    .noneMatch(line -> line.startsWith("efka_service_crash_loop{device=\"gate8\"")
                            || line.startsWith("efka_service_state{device=\"gate8\""));
            send("gate7/metrics", "{\"cpu_percent\":12.5}");
            send("gate7/svc/camera/metrics", "{\"run\":\"A\",\"rss\":4096}");
            assertThat(exporter.lines()).anyMatch(line -> line.startsWith("system_cpu_utilization_ratio"));
            broker.retain("efka/gate7/status", "{\"online\":false,\"reason\":\"shutdown\"}");
            assertThat(exporter.lines())
                    .contains("efka_device_online{device=\"gate7\"} 0.0")
                    .noneMatch(line -> line.startsWith("system_") || line.startsWith("process_"));
        }

        @Test
        void useOfARunThatHasEnded() throws Exception {
            Exporter exporter = exporter();
            send("gate7/svc/camera/metrics", "{\"run\":\"A\",\"rss\":4096}");
            assertThat(exporter.lines()).contains("process_memory_usage_bytes" + CAMERA + " 4096.0");
            broker.retain("efka/gate7/svc/camera/status", "{\"state\":\"stopped\",\"run\":null}");
            assertThat(exporter.lines()).noneMatch(line -> line.startsWith("process_"));
        }

        @Test
        void metricsThatAreOverdue() throws Exception {
            Exporter exporter = exporter();
            send("gate7/metrics", "{\"load1\":0.5}");
            exporter.goOn(Duration.ofMinutes(4));
            assertThat(exporter.lines()).anyMatch(line -> line.startsWith("system_cpu_load"));
            exporter.goOn(Duration.ofMinutes(2));
            assertThat(exporter.lines()).noneMatch(line -> line.startsWith("system_cpu_load"));
        }

        @Test
        void whatWasRemoved() throws Exception {
            Exporter exporter = exporter();
            send("gate7/svc/camera/event", "{\"event\":\"output_dropped\",\"stream\":\"stdout\",\"bytes\":7}");
            assertThat(exporter.lines()).anyMatch(line -> line.contains("output_dropped"));
            broker.retain("efka/gate7/svc/camera/status", "");
            assertThat(exporter.lines()).noneMatch(line -> line.contains("service=\"camera\""));
            broker.retain("efka/gate7/status", "");
            assertThat(exporter.lines()).noneMatch(line -> line.contains("gate7"));
        }
    }

    @Nested
    class AfterALostConnection {
        @Test
        void thereIsNothingOfTheFleetUntilItIsReadAgain() throws Exception {
            Exporter exporter = exporter();
            broker.setReachable(false);
            assertThat(exporter.lines())
                    .contains("efka_exporter_connected 0.0", "efka_exporter_snapshot_complete 0.0")
                    .allMatch(line -> line.startsWith("efka_exporter_"));
            broker.setReachable(true);
            exporter.goOn(Duration.ofSeconds(10));
            assertThat(exporter.lines())
                    .contains(
                            "efka_device_online{device=\"gate7\"} 1.0",
                            "efka_exporter_connected 1.0",
                            "efka_exporter_connections_lost_total 1.0");
        }

        @Test
        void whatWasDeletedMeanwhileIsGone() throws Exception {
            Exporter exporter = exporter();
            broker.setReachable(false);
            exporter.lines();
            broker.retain("efka/gate8/status", "");
            broker.retain("efka/gate8/svc/door/status", "");
            broker.setReachable(true);
            exporter.goOn(Duration.ofSeconds(10));
            assertThat(exporter.lines())
                    .contains("efka_device_online{device=\"gate7\"} 1.0", "efka_exporter_devices 1.0")
                    .noneMatch(line -> line.contains("gate8"));
        }

        @Test
        void whatIsNotSentAgainIsThereAndTheSnapshotIsNotComplete() throws Exception {
            Exporter exporter = exporter();
            broker.cut();
            broker.stall(Duration.ofMinutes(5));
            exporter.goOn(Duration.ofMinutes(1));
            assertThat(exporter.lines())
                    .contains(
                            "efka_device_online{device=\"gate8\"} 0.0",
                            "efka_service_ready" + CAMERA + " 1.0",
                            "efka_exporter_snapshot_complete 0.0");
        }
    }

    @Test
    void hostileTextIsEscapedAndCut() throws Exception {
        broker.retain("efka/gate7/status", birth("a\\\"b\\\\c\\nefka_device_online 7" + "x".repeat(500)));
        assertThat(exporter().lines())
                .anyMatch(line -> line.contains("version=\"a\\\"b\\\\c\\nefka_device_online 7xxx"))
                .noneMatch(line -> line.startsWith("efka_device_online 7"))
                .allMatch(line -> line.length() < 300);
    }

    @Test
    void nonsenseInDocumentsCostsItsOwnSeriesOnly() throws Exception {
        broker.retain(
                "efka/gate7/svc/camera/status",
                "{\"state\":\"no such\",\"restarts\":-5,\"since\":\"soon\",\"deploy\":{\"state\":[1]},\"holds\":7}");
        Exporter exporter = exporter();
        send("gate7/metrics", "{\"cpu_percent\":\"x\",\"network\":{\"eth0\":7},\"memory\":[]}");
        send("gate7/svc/camera/metrics", "not JSON");
        assertThat(exporter.lines())
                .contains(
                        "efka_service_restarts_total" + CAMERA + " 0.0",
                        "efka_service_state{device=\"gate7\",service=\"camera\",state=\"running\"} 0.0",
                        "efka_exporter_messages_unreadable_total 1.0");
    }

    @Test
    void listsOfDevicesAreCut() throws Exception {
        String groups = IntStream.range(0, 5_000)
                .mapToObj(i -> "\"g" + i + "\"")
                .reduce((a, b) -> a + "," + b)
                .orElseThrow();
        broker.retain(
                "efka/gate7/status", "{\"online\":true,\"services\":{\"running\":1},\"groups\":[" + groups + "]}");
        assertThat(exporter().lines().stream()
                        .filter(line -> line.startsWith("efka_device_group_info{device=\"gate7\"")))
                .hasSize(DeviceSamples.MAX_LIST);
    }

    @Test
    void beyondTheLimitWholeSetsAreLeftOutAndCounted() throws Exception {
        List<String> lines = new Exporter(20).read().lines();
        assertThat(lines)
                .anyMatch(line -> line.startsWith("efka_service_info{device=\"gate8\""))
                .noneMatch(line -> line.contains("service=\"camera\""))
                .contains("efka_exporter_series_left_out 18.0");
        assertThat(lines.stream().filter(line -> !line.startsWith("efka_exporter")))
                .hasSizeLessThanOrEqualTo(20);
    }

    @Test
    void targetsNarrowIt() throws Exception {
        assertThat(new Exporter(1_000, "gate7/camera").read().lines())
                .anyMatch(line -> line.contains("service=\"camera\""))
                .noneMatch(line -> line.contains("gate8"));
    }

    @Test
    void whatDevicesDroppedIsCounted() throws Exception {
        Exporter exporter = exporter();
        for (int i = 0; i < 2; i++) {
            send("gate7/svc/camera/event", "{\"event\":\"output_dropped\",\"stream\":\"stderr\",\"bytes\":7}");
            send("gate7/svc/camera/event", "{\"event\":\"output_dropped\",\"stream\":\"" + i + "\",\"bytes\":7}");
            send("gate7/event", "{\"event\":\"events_dropped\",\"count\":2}");
        }
        send("unknown/event", "{\"event\":\"events_dropped\",\"count\":2}");
        assertThat(exporter.lines())
                .contains(
                        "efka_service_output_dropped_bytes_total{device=\"gate7\",service=\"camera\",stream=\"stderr\"} 14.0",
                        "efka_device_events_dropped_total{device=\"gate7\"} 4.0")
                .noneMatch(line -> line.contains("unknown") || line.contains("stream=\"0\""));
    }

    @Test
    void everyFamilyHasALegalName() {
        for (Family family : Family.values()) {
            var samples = new SampleSet(10);
            String[] labels = family.labels().stream().map(label -> "x").toArray(String[]::new);
            samples.addAll(List.of(Sample.of(family, 1, labels)));
            assertThat(samples.snapshots().size()).as(family.exposed()).isEqualTo(1);
        }
    }
}
