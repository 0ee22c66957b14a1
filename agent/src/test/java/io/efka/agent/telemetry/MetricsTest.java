package io.efka.agent.telemetry;

import static io.efka.agent.telemetry.FakeMeters.tree;
import static io.efka.agent.telemetry.Samples.CAMERA;
import static io.efka.agent.telemetry.Samples.RUN_1;
import static io.efka.agent.telemetry.Samples.RUN_2;
import static io.efka.agent.telemetry.Samples.TOPICS;
import static io.efka.agent.telemetry.Samples.alive;
import static io.efka.agent.telemetry.Samples.backoff;
import static io.efka.agent.telemetry.Samples.running;
import static io.efka.agent.telemetry.Samples.stopped;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.efka.agent.supervision.FakeTimers;
import io.efka.mqtt.FakeLink;
import io.efka.mqtt.MqttLink.Lane;
import io.efka.protocol.ServiceStatus.HealthState;
import io.efka.protocol.ServiceStatus.State;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class MetricsTest {
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private final FakeTimers timers = new FakeTimers();
    private final FakeLink link = FakeLink.connected();
    private final FakeMeters meters = new FakeMeters();
    private final RecordedEvents events = new RecordedEvents();
    private final Measurements measurements = new Measurements(meters, timers, timers::nanos);

    private MetricsPublisher publisher(Duration interval) {
        return new MetricsPublisher(measurements, TOPICS, link, timers, Runnable::run, interval);
    }

    private JsonObject camera() {
        return measurements.servicesNow().get(0).document();
    }

    private double camera(String key) {
        return camera().get(key).getAsDouble();
    }

    private void pass(long seconds) {
        timers.advance(Duration.ofSeconds(seconds));
    }

    @Nested
    final class Documents {
        @Test
        void ofTheDevice() {
            measurements.deviceNow();
            pass(10);
            meters.ticks = new Meters.Ticks(1250, 11_000);

            assertThat(measurements.deviceNow()).isEqualTo(JsonParser.parseString("""
                    {"v":1,"at":"2026-11-22T20:15:10.123Z","cpu_percent":25.0,"load1":0.5,
                     "memory":{"available":400,"total":1000},
                     "disk":{"available":5242880000,"total":10485760000},
                     "network":{"eth0":{"received":70,"sent":30}},"temperature":null,"uptime_ms":3600000}
                    """));
        }

        @Test
        void ofARunningService() {
            measurements.changed(running(CAMERA, RUN_1));
            meters.trees.put(RUN_1, tree(500));
            camera();
            pass(10);
            meters.trees.put(RUN_1, tree(3000));

            assertThat(camera()).isEqualTo(JsonParser.parseString("""
                    {"v":1,"at":"2026-11-22T20:15:10.123Z","service":"camera","state":"running",
                     "run":"01JDA000000000000000000001","cpu_percent":25.0,"cpu_ms":3000,"rss":4096,"processes":2,
                     "threads":3,"fds":12,"read_bytes":100,"written_bytes":null,"uptime_ms":10000,"restarts":0,
                     "seconds_desired":10.0,"seconds_as_desired":10.0}
                    """));
        }

        @Test
        void ofAServiceWithoutAProcess() {
            measurements.changed(stopped(CAMERA));
            pass(10);

            assertThat(camera()).isEqualTo(JsonParser.parseString("""
                    {"v":1,"at":"2026-11-22T20:15:10.123Z","service":"camera","state":"stopped","run":null,
                     "cpu_percent":null,"cpu_ms":null,"rss":null,"processes":null,"threads":null,"fds":null,
                     "read_bytes":null,"written_bytes":null,"uptime_ms":null,"restarts":0,
                     "seconds_desired":0.0,"seconds_as_desired":0.0}
                    """));
        }
    }

    @Nested
    final class CpuPercent {
        private JsonElement cpu(long millis) {
            meters.trees.put(RUN_1, tree(millis));
            return camera().get("cpu_percent");
        }

        @Test
        void isUnknownAtTheFirstLook() {
            measurements.changed(running(CAMERA, RUN_1));

            assertThat(cpu(5000).isJsonNull()).isTrue();
        }

        @Test
        void isNotDisturbedByWhoAsksBetweenTwoTicks() {
            measurements.changed(running(CAMERA, RUN_1));
            cpu(0);
            pass(10);
            assertThat(cpu(20_000).getAsDouble()).isEqualTo(200);
            timers.advance(Duration.ofMillis(3));
            assertThat(cpu(20_003).getAsDouble()).isEqualTo(200);
            pass(10);
            assertThat(cpu(20_010).getAsDouble()).isEqualTo(0.1);
        }

        @Test
        void isNotNegativeWhenAProcessOfTheTreeEnded() {
            measurements.changed(running(CAMERA, RUN_1));
            cpu(9000);
            pass(10);

            assertThat(cpu(100).getAsDouble()).isZero();
        }

        @Test
        void startsAnewWithANewRun() {
            measurements.changed(running(CAMERA, RUN_1));
            cpu(9000);
            pass(10);
            measurements.changed(running(CAMERA, RUN_2));
            meters.trees.put(RUN_2, tree(50));

            assertThat(camera().get("cpu_percent").isJsonNull()).isTrue();
            pass(10);
            meters.trees.put(RUN_2, tree(1050));
            assertThat(camera("cpu_percent")).isEqualTo(10);
        }
    }

    @Nested
    final class Availability {
        @Test
        void countsWhatWasDesiredAndWhatWasDone() {
            measurements.changed(stopped(CAMERA));
            pass(100);
            measurements.changed(alive(CAMERA, RUN_1, State.STARTING, false, HealthState.UNKNOWN));
            pass(2);
            measurements.changed(alive(CAMERA, RUN_1, State.RUNNING, false, HealthState.UNKNOWN));
            pass(3);
            measurements.changed(running(CAMERA, RUN_1));
            pass(50);
            measurements.changed(backoff(CAMERA, 1));
            pass(5);
            measurements.changed(running(CAMERA, RUN_2));
            timers.advance(Duration.ofMillis(1500));

            assertThat(camera("seconds_desired")).isEqualTo(61.5);
            assertThat(camera("seconds_as_desired")).isEqualTo(51.5);
        }

        @Test
        void isNotTouchedByAClockThatIsSet() {
            measurements.changed(running(CAMERA, RUN_1));
            pass(10);
            timers.setClock(Duration.ofDays(365));
            pass(10);
            timers.setClock(Duration.ofDays(-500));

            assertThat(camera("seconds_desired")).isEqualTo(20);
            assertThat(camera("seconds_as_desired")).isEqualTo(20);
        }

        @Test
        void uptimeOfAnAdoptedRunIsThatOfTheRun() {
            meters.trees.put(RUN_1, tree(0));
            pass(60);
            measurements.changed(running(CAMERA, RUN_1));
            pass(5);

            assertThat(camera("uptime_ms")).isEqualTo(65_000);
            assertThat(camera("seconds_desired")).isEqualTo(5);
        }

        @Test
        void uptimeIsUnknownUntilTheNewRunIsRunning() {
            measurements.changed(running(CAMERA, RUN_1));
            pass(5);
            measurements.changed(alive(CAMERA, RUN_2, State.STARTING, false, HealthState.UNKNOWN));
            meters.trees.put(RUN_2, tree(0));

            assertThat(camera().get("uptime_ms").isJsonNull()).isTrue();
        }

        @Test
        void endsWithTheService() {
            measurements.changed(running(CAMERA, RUN_1));
            measurements.removed(CAMERA);

            assertThat(measurements.servicesNow()).isEmpty();
        }
    }

    @Nested
    final class Publishing {
        @Test
        void deviceAndServicesAtEveryInterval() {
            measurements.changed(running(CAMERA, RUN_1));
            publisher(INTERVAL).start();
            timers.advance(INTERVAL.multipliedBy(2));

            assertThat(link.published())
                    .extracting(FakeLink.Sent::topic)
                    .containsExactly(
                            "efka/dev1/metrics",
                            "efka/dev1/svc/camera/metrics",
                            "efka/dev1/metrics",
                            "efka/dev1/svc/camera/metrics");
            assertThat(link.published()).allSatisfy(sent -> {
                assertThat(sent.message().qos()).isZero();
                assertThat(sent.message().retain()).isFalse();
                assertThat(sent.lane()).isEqualTo(Lane.BULK);
            });
        }

        @Test
        void anIntervalOfZeroMeansNever() {
            publisher(Duration.ZERO).start();

            assertThat(timers.pending()).isZero();
        }

        @Test
        void aNegativeIntervalIsRefused() {
            assertThatThrownBy(() -> publisher(Duration.ofSeconds(-1))).hasMessageContaining("0 or more");
        }

        @Test
        void nothingWhileTheLinkIsDown() {
            link.goDown();
            publisher(INTERVAL).start();
            timers.advance(INTERVAL);
            link.goUp(true);
            timers.advance(INTERVAL);

            assertThat(link.published()).hasSize(1);
        }

        @Test
        void goesOnAfterARoundThatFailed() {
            publisher(INTERVAL).start();
            meters.broken = true;
            timers.advance(INTERVAL);
            meters.broken = false;
            timers.advance(INTERVAL);

            assertThat(link.published()).hasSize(1);
        }

        @Test
        void goesOnAfterAnExecutorThatWasBusy() {
            Executor busyAtFirst = task -> {
                if (timers.nanos() < INTERVAL.toNanos() * 2) throw new RejectedExecutionException("full");
                task.run();
            };
            new MetricsPublisher(measurements, TOPICS, link, timers, busyAtFirst, INTERVAL).start();
            timers.advance(INTERVAL.multipliedBy(2));

            assertThat(link.published()).hasSize(1);
        }

        @Test
        void endsWithClose() {
            MetricsPublisher publisher = publisher(INTERVAL);
            publisher.start();
            publisher.close();
            publisher.close();
            timers.advance(INTERVAL.multipliedBy(3));

            assertThat(link.published()).isEmpty();
            assertThat(timers.pending()).isZero();
        }
    }

    @Nested
    final class DiskRunningFull {
        private void look(long availableMegabytes) {
            meters.disk = new Meters.Disk(10_000L << 20, availableMegabytes << 20);
            timers.advance(DiskWatch.INTERVAL);
        }

        private DiskWatch watch() {
            return new DiskWatch(meters, events, timers, Runnable::run);
        }

        @Test
        void isToldOnceAndAgainOnlyAfterThereWasRoom() {
            watch().start();
            look(501);
            assertThat(events.names).isEmpty();
            look(499);
            look(300);
            look(600);
            look(499);
            assertThat(events.names).containsExactly("disk_low");
            assertThat(events.last())
                    .isEqualTo(java.util.Map.of(
                            "resource", "bytes", "available", 499L << 20, "total", 10_000L << 20, "limit", 500L << 20));
            look(751);
            look(10);

            assertThat(events.names).containsExactly("disk_low", "disk_ok", "disk_low");
        }

        private void inodes(long total, long available) {
            meters.inodes = Optional.of(new Meters.Inodes(total, available));
            timers.advance(DiskWatch.INTERVAL.multipliedBy(DiskWatch.CHECKS_PER_INODE_COUNT));
        }

        @Test
        void isToldOfInodesToo() {
            watch().start();
            inodes(1000, 50);
            assertThat(events.names).isEmpty();
            inodes(1000, 49);
            inodes(1000, 74);
            assertThat(events.names).containsExactly("disk_low");
            assertThat(events.last())
                    .isEqualTo(java.util.Map.of("resource", "inodes", "available", 49L, "total", 1000L, "limit", 50L));
            inodes(1000, 75);
            assertThat(events.names).containsExactly("disk_low", "disk_ok");
        }

        @Test
        void isNotToldOfInodesThatAreMadeAsTheyAreNeeded() {
            watch().start();
            inodes(0, 0);
            assertThat(events.names).isEmpty();
        }

        @Test
        void isNotToldAfterTheEnd() {
            DiskWatch watch = watch();
            watch.start();
            watch.close();
            look(10);

            assertThat(events.names).isEmpty();
            assertThat(timers.pending()).isZero();
        }
    }
}
